//! An authorization server with an API, a user with a browser, and tokscope as a process.

mod server;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use tokscope::secret::Secret;
use tokscope::vault::{Keys, Vault};
use url::Url;

pub(crate) use self::server::{Behavior, MockServer, Refresh};

/// Starts a mock server that behaves as the RFCs say.
pub(crate) fn server() -> Arc<MockServer> {
    MockServer::start()
}

/// A home directory with a project.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    pub(crate) variables: HashMap<&'static str, String>,
}

impl Home {
    /// The vault is locked by a passphrase, which needs no desktop.
    pub(crate) fn new(server: &MockServer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let passphrase = folder.path().join("passphrase").to_string_lossy().into_owned();
        let variables = HashMap::from([
            ("TOKSCOPE_STORE", "passphrase".to_owned()),
            ("TOKSCOPE_PASSPHRASE_FILE", passphrase),
            ("CLIENT_SECRET", format!("{}-client-secret", server.needle)),
            ("RUST_LOG", "trace".to_owned()),
            ("RUST_BACKTRACE", "full".to_owned()),
        ]);
        let home = Self { folder, variables };
        home.write_private("passphrase", "correct horse battery\n");
        home.write("tokscope.toml", &manifest(&server.origin, &server.origin));
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data/tokscope")
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// A file that only its owner can read, as a secret has to be.
    pub(crate) fn write_private(&self, name: &str, content: &str) {
        self.write(name, content);
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(self.path().join(name), private).unwrap();
    }

    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path())
            .env("XDG_DATA_HOME", self.path().join("data"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn tokscope(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_tokscope"), arguments)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.tokscope(arguments).output().unwrap()
    }

    /// Runs it, and signs in as the user.
    pub(crate) fn run_and_sign_in(&self, server: &MockServer, arguments: &[&str]) -> Output {
        Self::sign_in_to(server, self.tokscope(arguments).spawn().unwrap())
    }

    pub(crate) fn sign_in_to(server: &MockServer, mut child: Child) -> Output {
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut shown = String::new();
        while said.read_line(&mut shown).unwrap() > 0 {
            if let Some(url) = shown.lines().last().and_then(|line| line.strip_prefix("sign in at: ")) {
                consent(server, &Url::parse(url).unwrap());
                break;
            }
        }
        said.read_to_string(&mut shown).unwrap();
        let output = child.wait_with_output().unwrap();
        Output { stderr: shown.into_bytes(), ..output }
    }
}

/// The browser comes back with a code for all requested scopes.
pub(crate) fn consent(server: &MockServer, url: &Url) {
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    server.consent(&query);
    let mut redirect = Url::parse(&query["redirect_uri"]).unwrap();
    redirect
        .query_pairs_mut()
        .append_pair("code", &format!("{}-code", server.needle))
        .append_pair("state", &query["state"])
        .append_pair("iss", &server.origin);
    let authority = redirect.authority().to_owned();
    let mut stream = TcpStream::connect(&authority).unwrap();
    let target = &redirect[url::Position::BeforePath..];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    // a browser that has its page hangs up
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

pub(crate) fn manifest(issuer: &str, api: &str) -> String {
    format!(
        r#"[api.orders]
base_url = "{api}/v1"
issuer   = "{issuer}"
[api.orders.scopes]
"orders:read"    = {{ risk = "low" }}
"orders:write"   = {{ risk = "high" }}
"orders:delete"  = {{ risk = "high" }}
[api.orders.endpoints]
"GET /orders"         = "orders:read"
"POST /orders"        = "orders:write"
"DELETE /orders/{{id}}" = ["orders:read", "orders:delete"]
"GET /payments"       = "orders:read"
"GET /health"         = []
[client.dev]
issuer      = "{issuer}"
client_id   = "dev"
grants      = ["authorization_code"]
[client.machine]
issuer      = "{issuer}"
client_id   = "machine"
grants      = ["client_credentials"]
secret      = {{ env = "CLIENT_SECRET" }}
may_request = ["orders:read"]
"#
    )
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// That it ended with this code; else what it said.
pub(crate) fn demand(output: &Output, code: i32) -> String {
    let said = format!("stdout: {}\nstderr: {}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    text(&output.stdout)
}

pub(crate) fn accepted() -> (Arc<MockServer>, Home) {
    let server = server();
    let home = Home::new(&server);
    demand(&home.run(&["trust", "--yes"]), 0);
    (server, home)
}

/// The same, where the client `dev` narrows by a refresh.
pub(crate) fn narrowing_by_refresh() -> (Arc<MockServer>, Home) {
    let (server, home) = accepted();
    let manifest = manifest(&server.origin, &server.origin);
    home.write("tokscope.toml", &manifest.replace("= \"dev\"\n", "= \"dev\"\nnarrow = \"refresh\"\n"));
    demand(&home.run(&["trust", "--yes"]), 0);
    (server, home)
}

pub(crate) fn vault(home: &Home) -> Vault {
    Vault::in_folder(&home.data(), Keys::Passphrase(Arc::new(|_| Ok(Secret::new("correct horse battery")))))
}

pub(crate) fn ids(home: &Home) -> Vec<String> {
    vault(home).records().unwrap().iter().map(|record| record.id.to_string()).collect()
}
