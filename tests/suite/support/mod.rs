//! An authorization server with an API, a person in front of a browser, and tokscope as a process.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use tokscope::secret::Secret;
use tokscope::vault::{Keys, Vault};
use url::Url;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What the server saw, and how it behaves.
pub(crate) struct Behaviour {
    pub(crate) origin: String,
    /// Begins every token, code and refresh token: to be searched for.
    pub(crate) needle: String,
    pub(crate) requests: AtomicUsize,
    pub(crate) refreshes: AtomicUsize,
    /// `Authorization` of the calls to the API.
    pub(crate) called_with: Mutex<Vec<String>>,
    /// What the person consented to.
    pub(crate) consented: Mutex<String>,
    /// Scopes that are granted without having been asked for.
    pub(crate) more: Mutex<String>,
    /// A refresh gives what was consented to, whatever it asks for.
    pub(crate) keeps_breadth: AtomicBool,
    /// A refresh that asks for less takes the rest away for ever.
    pub(crate) narrows_for_ever: AtomicBool,
    /// Says that it has token exchange (RFC 8693), and has it.
    pub(crate) exchanges: AtomicBool,
    /// Has a revocation endpoint.
    pub(crate) revokes: AtomicBool,
    /// Has an introspection endpoint, which says this.
    pub(crate) says_active: Mutex<Option<bool>>,
    /// The hints of what was revoked, in their order.
    pub(crate) revoked: Mutex<Vec<String>>,
    /// What the token endpoint answers instead: status, content type and body.
    pub(crate) odd: Mutex<Option<(u16, &'static str, String)>>,
    /// The authorization details that it says it granted.
    pub(crate) details: Mutex<Option<Value>>,
    /// Where the API redirects to.
    pub(crate) redirects: Mutex<Option<String>>,
    /// The parameters of the last authorization request.
    pub(crate) authorized_with: Mutex<HashMap<String, String>>,
    /// The parameters of the token requests.
    pub(crate) token_requests: Mutex<Vec<HashMap<String, String>>>,
    issued: AtomicUsize,
}

/// Runs until the test's process ends.
pub(crate) fn server() -> Arc<Behaviour> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut random = [0; 8];
            aws_lc_rs::rand::fill(&mut random).unwrap();
            let behaviour = Arc::new(Behaviour {
                origin: format!("http://{}", listener.local_addr().unwrap()),
                needle: format!("needle{:016x}", u64::from_be_bytes(random)),
                requests: AtomicUsize::new(0),
                refreshes: AtomicUsize::new(0),
                called_with: Mutex::default(),
                consented: Mutex::default(),
                more: Mutex::default(),
                keeps_breadth: AtomicBool::new(false),
                narrows_for_ever: AtomicBool::new(false),
                exchanges: AtomicBool::new(false),
                revokes: AtomicBool::new(true),
                says_active: Mutex::default(),
                revoked: Mutex::default(),
                odd: Mutex::default(),
                details: Mutex::default(),
                redirects: Mutex::default(),
                authorized_with: Mutex::default(),
                token_requests: Mutex::default(),
                issued: AtomicUsize::new(0),
            });
            let router = Router::new()
                .route("/.well-known/oauth-authorization-server", get(metadata))
                .route("/token", post(token))
                .route("/revoke", post(revoke))
                .route("/introspect", post(introspect))
                .fallback(api)
                .with_state(Arc::clone(&behaviour));
            sender.send(behaviour).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

async fn metadata(State(server): State<Arc<Behaviour>>) -> Json<Value> {
    server.requests.fetch_add(1, Ordering::SeqCst);
    let origin = &server.origin;
    let mut document = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
    });
    if server.exchanges.load(Ordering::SeqCst) {
        document["grant_types_supported"] = json!(["authorization_code", "client_credentials", EXCHANGE]);
    }
    if server.revokes.load(Ordering::SeqCst) {
        document["revocation_endpoint"] = format!("{origin}/revoke").into();
    }
    if server.says_active.lock().unwrap().is_some() {
        document["introspection_endpoint"] = format!("{origin}/introspect").into();
    }
    Json(document)
}

async fn revoke(State(server): State<Arc<Behaviour>>, Form(form): Form<HashMap<String, String>>) -> StatusCode {
    server.requests.fetch_add(1, Ordering::SeqCst);
    server.revoked.lock().unwrap().push(form["token_type_hint"].clone());
    StatusCode::OK
}

async fn introspect(State(server): State<Arc<Behaviour>>) -> Json<Value> {
    Json(json!({ "active": server.says_active.lock().unwrap().unwrap_or_default() }))
}

async fn token(State(server): State<Arc<Behaviour>>, Form(form): Form<HashMap<String, String>>) -> Response {
    server.requests.fetch_add(1, Ordering::SeqCst);
    server.token_requests.lock().unwrap().push(form.clone());
    if let Some((status, kind, body)) = server.odd.lock().unwrap().clone() {
        return (StatusCode::from_u16(status).unwrap(), [("content-type", kind)], body).into_response();
    }
    let consented = server.consented.lock().unwrap().clone();
    let asked = form.get("scope").cloned();
    let scope = match form["grant_type"].as_str() {
        "authorization_code" => consented,
        EXCHANGE if server.exchanges.load(Ordering::SeqCst) => asked.unwrap_or_default(),
        "client_credentials" | "urn:ietf:params:oauth:grant-type:jwt-bearer" => asked.unwrap_or_default(),
        "refresh_token" => {
            server.refreshes.fetch_add(1, Ordering::SeqCst);
            // long enough for others to come by meanwhile
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            // RFC 6749 §6
            let known = |scope: &str| consented.split(' ').any(|granted| granted == scope);
            if !asked.iter().flat_map(|scopes| scopes.split(' ')).all(known) {
                return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_scope" }))).into_response();
            }
            let granted =
                if server.keeps_breadth.load(Ordering::SeqCst) { consented } else { asked.unwrap_or(consented) };
            if server.narrows_for_ever.load(Ordering::SeqCst) {
                server.consented.lock().unwrap().clone_from(&granted);
            }
            granted
        }
        other => {
            let error = json!({ "error": "unsupported_grant_type", "error_description": other });
            return Json(error).into_response();
        }
    };
    let number = server.issued.fetch_add(1, Ordering::SeqCst);
    let mut answer = json!({
        "access_token": format!("{}-access-{number}", server.needle),
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": scope_of_answer(&scope, &server.more.lock().unwrap()),
    });
    if let Some(details) = &*server.details.lock().unwrap() {
        answer["authorization_details"] = details.clone();
    }
    if ["authorization_code", "refresh_token"].contains(&form["grant_type"].as_str()) {
        answer["refresh_token"] = format!("{}-refresh-{number}", server.needle).into();
    }
    Json(answer).into_response()
}

/// What is for the server itself is not repeated, as at many servers.
fn scope_of_answer(scope: &str, more: &str) -> String {
    let words = scope.split(' ').chain(more.split(' '));
    let words: Vec<&str> = words.filter(|word| !["", "openid", "offline_access"].contains(word)).collect();
    words.join(" ")
}

async fn api(State(server): State<Arc<Behaviour>>, uri: Uri, headers: HeaderMap) -> Response {
    server.requests.fetch_add(1, Ordering::SeqCst);
    let sent = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    server.called_with.lock().unwrap().extend(sent);
    if let Some(target) = &*server.redirects.lock().unwrap() {
        return (StatusCode::TEMPORARY_REDIRECT, [("location", target.as_str())]).into_response();
    }
    // an API for which a password alone is not enough (RFC 9470 §3)
    let strongly = server.authorized_with.lock().unwrap().get("acr_values").is_some_and(|values| values == "mfa");
    if uri.path().ends_with("/payments") && !strongly {
        let challenge = "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa\", max_age=\"5\"";
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", challenge)]).into_response();
    }
    Json(json!({ "fine": true })).into_response()
}

/// A person's home with a project in it.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    pub(crate) variables: HashMap<&'static str, String>,
}

impl Home {
    /// The vault is locked by a passphrase, which needs no desktop.
    pub(crate) fn new(server: &Behaviour) -> Self {
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

    #[allow(dead_code, reason = "not every test looks at the vault's files")]
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

    /// Runs it, and does what a person does who is asked to sign in.
    #[allow(dead_code, reason = "not every test signs in")]
    pub(crate) fn run_and_sign_in(&self, server: &Behaviour, arguments: &[&str]) -> Output {
        Self::sign_in_to(server, self.tokscope(arguments).spawn().unwrap())
    }

    #[allow(dead_code, reason = "not every test signs in to this server")]
    pub(crate) fn sign_in_to(server: &Behaviour, mut child: Child) -> Output {
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

#[allow(dead_code, reason = "not every test signs in to this server")]
/// The browser comes back with a code for everything that was asked for.
fn consent(server: &Behaviour, url: &Url) {
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    *server.consented.lock().unwrap() = query.get("scope").cloned().unwrap_or_default();
    server.authorized_with.lock().unwrap().clone_from(&query);
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

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn accepted() -> (Arc<Behaviour>, Home) {
    let server = server();
    let home = Home::new(&server);
    demand(&home.run(&["trust", "--yes"]), 0);
    (server, home)
}

/// The same, where the client `dev` narrows by a refresh.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn narrowing_by_refresh() -> (Arc<Behaviour>, Home) {
    let (server, home) = accepted();
    let manifest = manifest(&server.origin, &server.origin);
    home.write("tokscope.toml", &manifest.replace("= \"dev\"\n", "= \"dev\"\nnarrow = \"refresh\"\n"));
    demand(&home.run(&["trust", "--yes"]), 0);
    (server, home)
}

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn vault(home: &Home) -> Vault {
    Vault::in_folder(&home.data(), Keys::Passphrase(Arc::new(|_| Ok(Secret::new("correct horse battery")))))
}

#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn ids(home: &Home) -> Vec<String> {
    vault(home).records().unwrap().iter().map(|record| record.id.to_string()).collect()
}
