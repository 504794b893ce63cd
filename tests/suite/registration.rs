//! Clients for authorization servers that no manifest knows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails shall panic")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crate::support::{self, Home};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;

/// An authorization server that registers clients.
struct Server {
    origin: String,
    /// Whether it lists a registration endpoint.
    registers: bool,
    /// Whether it accepts client ID metadata documents.
    documents: bool,
    /// Requested redirect URIs of each registration.
    seen: Mutex<Vec<Value>>,
}

fn start(registers: bool, documents: bool) -> Arc<Server> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let origin = format!("http://{}", listener.local_addr().unwrap());
            let server = Arc::new(Server { origin, registers, documents, seen: Mutex::default() });
            let router = Router::new()
                .route("/.well-known/oauth-authorization-server", get(metadata))
                .route("/register", post(register))
                .route("/mcp", post(async || (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer scope=\"a\"")])))
                .with_state(Arc::clone(&server));
            sender.send(server).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

async fn metadata(State(server): State<Arc<Server>>) -> Json<Value> {
    let origin = &server.origin;
    let mut document = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "code_challenge_methods_supported": ["S256"],
        "client_id_metadata_document_supported": server.documents,
    });
    if server.registers {
        document["registration_endpoint"] = format!("{origin}/register").into();
    }
    Json(document)
}

async fn register(State(server): State<Arc<Server>>, Json(request): Json<Value>) -> (StatusCode, Json<Value>) {
    let mut seen = server.seen.lock().unwrap();
    seen.push(request["redirect_uris"].clone());
    (StatusCode::CREATED, Json(json!({ "client_id": format!("client-{}", seen.len()) })))
}

/// Runs `discover` with an option, on the server or on a client registration, and returns the records of the audit log.
pub(crate) fn discovered(option: &str) -> Vec<Value> {
    let server = start(true, false);
    let home = Home::new(&support::server());
    let place = if option == "--unregister" { "/register" } else { "" };
    let url = format!("{}{place}", server.origin);
    let mut command = home.tokscope(&["discover", &url, option]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"registration-token\n").unwrap();
    child.wait().unwrap();
    let listed = support::demand(&home.run(&["audit", "log", "--json"]), 0);
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Calls the MCP server until the sign-in begins or the program ends. Returns the authorization URL and what was said.
fn call(home: &Home, server: &Server, more: &[&str]) -> (Option<Url>, String) {
    let url = format!("{}/mcp", server.origin);
    let arguments =
        [&["call", "--mcp", &url, "tools/list", "--yes", "--trust-manifest", "--no-browser"], more].concat();
    let mut child = home.tokscope(&arguments).spawn().unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut sign_in = None;
    while sign_in.is_none() && lines.read_line(&mut said).unwrap() > 0 {
        let last = said.lines().last().unwrap_or_default();
        sign_in = last.strip_prefix("sign in at: ").map(|url| Url::parse(url).unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    (sign_in, said)
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned()
}

#[test]
fn a_client_is_registered_once_with_the_redirect_uri_that_is_bound() {
    let server = start(true, false);
    let home = Home::new(&support::server());
    let (url, said) = call(&home, &server, &[]);
    let url = url.unwrap_or_else(|| panic!("{said}"));
    assert!(said.contains("registered the client client-1"), "{said}");
    let redirect_uri = parameter(&url, "redirect_uri");
    assert_eq!(*server.seen.lock().unwrap(), [json!([redirect_uri])]);
    // a retry
    let (again, said) = call(&home, &server, &[]);
    assert!(said.contains("using the client client-1, registered earlier"), "{said}");
    assert_eq!(parameter(&again.unwrap(), "redirect_uri"), redirect_uri);
    assert_eq!(server.seen.lock().unwrap().len(), 1);
    // another program has the port, which the server may compare: another client is registered
    let port = Url::parse(&redirect_uri).unwrap().port().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (_, said) = call(&home, &server, &[]);
    assert!(said.contains("registered the client client-2"), "{said}");
    drop(taken);
}

#[test]
fn a_metadata_document_comes_before_a_registration() {
    const DOCUMENT: &str = "https://client.example.com/tokscope.json";
    for (registers, documents, is_used) in [(true, true, true), (false, true, true), (true, false, false)] {
        let server = start(registers, documents);
        let home = Home::new(&support::server());
        let (url, said) = call(&home, &server, &["--client-document", DOCUMENT]);
        let url = url.unwrap_or_else(|| panic!("{said}"));
        assert_eq!(parameter(&url, "client_id") == DOCUMENT, is_used, "{registers} {documents}: {said}");
        assert_eq!(server.seen.lock().unwrap().is_empty(), is_used);
    }
    let server = start(false, true);
    let (url, said) = call(&Home::new(&support::server()), &server, &[]);
    assert!(url.is_none() && said.contains("pass its `https` URL with `--client-document`"), "{said}");
}
