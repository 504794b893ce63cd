//! `tokscope init` from an API, an issuer or an API description, in a terminal of its own.

#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, NativePtySystem, PtySize, PtySystem as _};
use url::Url;

use crate::support::{Home, MockServer, consent, demand, server, text};

const PATIENCE: Duration = Duration::from_mins(1);

/// A user at a terminal.
pub(crate) struct User {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn std::io::Write + Send>,
    output: Receiver<Vec<u8>>,
    said: String,
    /// End of what was already answered.
    read: usize,
}

impl User {
    pub(crate) fn runs(home: &Home, arguments: &[&str]) -> Self {
        Self::runs_at(200, home, arguments)
    }

    /// The same on a terminal with this number of columns.
    pub(crate) fn runs_at(columns: u16, home: &Home, arguments: &[&str]) -> Self {
        let size = PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).unwrap();
        let plain = home.tokscope(arguments);
        let mut command = CommandBuilder::new(plain.get_program());
        command.args(plain.get_args());
        command.cwd(home.path());
        command.env_clear();
        for (name, value) in plain.get_envs() {
            command.env(name, value.unwrap());
        }
        command.env("TERM", "dumb");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            // the terminal lives as long as its program
            let _master = pair.master;
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, output, said: String::new(), read: 0 }
    }

    /// Waits for a part of the output after what was already answered, and returns what comes before the end of its line.
    #[track_caller]
    fn sees(&mut self, part: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(start) = self.said.get(self.read..).unwrap().find(part) {
                let start = self.read + start;
                self.read = start + part.len();
                return self.said.get(start..).unwrap().lines().next().unwrap_or_default().to_owned();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.said.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("`{part}` did not come ({error}): {}", self.said),
            }
        }
    }

    /// Answers a question.
    #[track_caller]
    fn answers(&mut self, question: &str, answer: &str) {
        self.sees(question);
        self.keyboard.write_all(format!("{answer}\n").as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Signs in at the URL that is shown.
    #[track_caller]
    fn signs_in(&mut self, server: &MockServer) {
        self.sees("sign in at: ");
        self.sees("waiting for the browser");
        let url = self.said.rsplit("sign in at: ").next().unwrap().lines().next().unwrap();
        consent(server, &Url::parse(url.trim()).unwrap());
    }

    /// Waits for the end; returns the exit code, and everything that was shown.
    pub(crate) fn ends(mut self) -> (u32, String) {
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.said.push_str(&String::from_utf8_lossy(&bytes));
        }
        (self.child.wait().unwrap().exit_code(), self.said)
    }
}

/// A home directory without a manifest.
fn fresh(server: &MockServer) -> Home {
    let home = Home::new(server);
    std::fs::remove_file(home.path().join("tokscope.toml")).unwrap();
    home
}

fn written(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("tokscope.toml")).unwrap()
}

/// The manifest is formatted, has no findings, and is trusted; a token is stored.
fn demand_ready(home: &Home) {
    demand(&home.run(&["manifest", "fmt", "--check"]), 0);
    demand(&home.run(&["manifest", "lint", "--fail-on", "warning"]), 0);
    let trusted = home.run(&["trust"]);
    demand(&trusted, 0);
    assert!(text(&trusted.stderr).contains("already trusted"));
    assert!(!demand(&home.run(&["token", "-e", "GET /orders", "--no-interact"]), 0).is_empty());
}

#[test]
fn an_api_is_set_up_with_client_trust_and_first_login() {
    let server = server();
    let home = fresh(&server);
    let mut user = User::runs(&home, &["init", "--no-browser"]);
    let source = "URL of the API or of its issuer, or a file with an API description: ";
    user.answers(source, "api.example.com");
    user.sees("`api.example.com` is neither a file nor a URL");
    user.answers(source, "");
    user.sees("a value is required");
    user.answers(source, &format!("{}/v1", server.origin));
    let endpoint = "endpoint and its scopes";
    user.answers(endpoint, "GET orders");
    user.sees("a path template must start with `/`");
    user.answers(endpoint, "GET /orders orders:read");
    user.answers(endpoint, "");
    user.sees("with the redirect URI http://127.0.0.1/callback");
    user.answers("client ID (empty to add the client later): ", "cli");
    user.answers("environment variable with its secret", "not a name");
    user.sees("the answer is not the name of an environment variable");
    user.answers("environment variable with its secret", "");
    user.sees("created tokscope.toml");
    user.answers("trust these destinations from now on? [y/N] ", "y");
    user.answers("sign in now, for `GET /orders`? [y/N] ", "y");
    user.signs_in(&server);
    user.sees(": orders:read; expires in ");
    assert_eq!(user.ends().0, 0);
    let expected = format!(
        "[api.main]\nbase_url = \"{0}/v1\"\nissuer = \"{0}\"\n\n[api.main.scopes]\n\"orders:read\" = {{ risk = \"low\" }}\n\n\
         [api.main.endpoints]\n\"GET /orders\" = \"orders:read\"\n\n[client.dev]\nissuer = \"{0}\"\nclient_id = \"cli\"\n\
         grants = [\"authorization_code\"]\n",
        server.origin
    );
    let plain = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
    assert_eq!(written(&home).lines().map(plain).collect::<String>(), expected);
    demand_ready(&home);
}

#[test]
fn an_api_description_is_completed_with_base_url_and_issuer() {
    let server = server();
    let home = fresh(&server);
    home.write(
        "openapi.yaml",
        "openapi: 3.1.0\ninfo: {title: The Shop API, version: '1'}\ncomponents: {securitySchemes: {o: {type: oauth2, flows: \
         {clientCredentials: {tokenUrl: 'https://shop.example.com/t', scopes: {'orders:read': Read}}}}}}\n\
         paths: {/orders: {get: {security: [{o: ['orders:read']}]}}}\n",
    );
    let mut user = User::runs(&home, &["init", "openapi.yaml", "--client-id", "cli", "--no-browser"]);
    user.answers("base URL of the API", "shop");
    user.answers("base URL of the API", &format!("{}/v1", server.origin));
    let issuer = "issuer of its tokens";
    user.answers(issuer, "login");
    user.answers(issuer, &format!("{}/unknown", server.origin));
    user.answers(issuer, &format!("{}/", server.origin));
    user.sees("the issuer is `");
    user.answers(issuer, &server.origin);
    user.answers("trust these destinations from now on? [y/N] ", "y");
    user.answers("sign in now, for `GET /orders`? [y/N] ", "y");
    user.signs_in(&server);
    assert_eq!(user.ends().0, 0);
    assert!(written(&home).contains("[api.shop]"), "{}", written(&home));
    demand_ready(&home);
}

#[test]
fn a_client_of_an_issuer_needs_no_api() {
    let server = server();
    let home = fresh(&server);
    let mut user = User::runs(&home, &["init", &server.origin, "--client-id", "cli", "--no-browser"]);
    user.answers("base URL of an API that accepts its tokens", "");
    user.answers("trust these destinations from now on? [y/N] ", "y");
    user.answers("scopes to sign in for", "bad\"scope");
    user.answers("scopes to sign in for", "orders:read");
    user.signs_in(&server);
    assert_eq!(user.ends().0, 0);
    assert!(!written(&home).contains("[api"), "{}", written(&home));
    demand(&home.run(&["manifest", "fmt", "--check"]), 0);
}

#[test]
fn a_declined_question_leaves_a_valid_manifest_and_the_next_steps() {
    let server = server();
    let home = fresh(&server);
    let api = format!("{}/v1", server.origin);
    let mut user = User::runs(&home, &["init", &api, "--client-id", "cli"]);
    user.answers("endpoint and its scopes", "");
    user.answers("trust these destinations from now on? [y/N] ", "n");
    let (code, said) = user.ends();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("next:") && said.contains("  tokscope trust"), "{said}");
    demand(&home.run(&["manifest", "lint"]), 0);
}

#[test]
fn the_end_of_the_input_cancels_and_writes_nothing() {
    let server = server();
    let home = fresh(&server);
    let mut user = User::runs(&home, &["init", &format!("{}/v1", server.origin)]);
    user.answers("endpoint and its scopes", "GET /orders orders:read");
    user.sees("endpoint and its scopes");
    user.keyboard.write_all(b"\x04").unwrap();
    let (code, said) = user.ends();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("cancelled: end of stdin"), "{said}");
    assert!(!home.path().join("tokscope.toml").exists());
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let server = server();
    let home = fresh(&server);
    let api = format!("{}/v1", server.origin);
    demand(&home.run(&["init"]), 2);
    demand(&home.run(&["init", "missing.yaml"]), 2);
    assert!(text(&home.run(&["init", "github"]).stderr).contains("`tokscope init --provider github`"));
    assert!(text(&home.run(&["login"]).stderr).contains("`tokscope init` sets one up"));
    let output = home.run(&["init", &api, "--client-id", "cli", "--secret-env", "SHOP_SECRET", "--api", "Shop"]);
    let manifest = demand(&output, 0);
    assert_eq!(manifest, written(&home), "what is written is printed");
    assert!(manifest.contains("[api.shop]") && manifest.contains("SHOP_SECRET"), "{manifest}");
    let said = text(&output.stderr);
    assert!(said.contains("add the endpoints") && said.contains("tokscope login --scope SCOPE"), "{said}");
    // nothing is trusted, and an existing manifest is never changed
    demand(&home.run(&["trust"]), 2);
    demand(&home.run(&["init", &api]), 2);
    assert_eq!(written(&home), manifest);
    let document = demand(&home.run(&["init", &api, "--client-id", "cli", "--json", "--manifest", "other.toml"]), 0);
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["written"], "other.toml");
    assert_eq!(document["schema"], "tokscope.init/v1");
    let endpoints = ["-e", "GET /orders orders:read", "-e", "GET /health", "--manifest", "fourth.toml"];
    let manifest = demand(&home.run(&[&["init", &api, "--client-id", "cli"], &endpoints[..]].concat()), 0);
    assert!(manifest.contains("\"GET /orders\" = \"orders:read\"\n") && manifest.contains("= []\n"), "{manifest}");
    demand(&home.run(&["init", &api, "-e", "orders", "--manifest", "fifth.toml"]), 2);
    // a server without registration
    let output = home.run(&["init", &api, "--register", "--manifest", "third.toml"]);
    demand(&output, 5);
    assert!(!home.path().join("third.toml").exists());
}
