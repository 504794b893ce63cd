//! Hostile authorization servers and loopback clients, over real sockets.

mod hostile;
mod id_token;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use serde_json::{Map, Value, json};

use super::{AuthorizationRequest, ClientIdentity, Metadata, OAuthError, Party, Pending, begin};
use crate::manifest::Issuer;
use crate::net;
use crate::scope::ScopeSet;
use crate::secret::Secret;

const JSON: &str = "200 OK\r\nContent-Type: application/json";
const TOKEN: &str = r#"{"access_token":"t","token_type":"Bearer"}"#;

/// A server that sends the same response (status line with header fields, and body) to every request, and records
/// requests.
struct Server {
    base: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `response` gets the first line of the request and the server's base URL.
    async fn start(response: impl Fn(&str, &str) -> (String, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let server = Self { base: base.clone(), seen: Arc::clone(&seen) };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                let (head, body) = response(request.lines().next().unwrap_or_default(), &base);
                seen.lock().unwrap().push(request);
                let length = body.len();
                let response =
                    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                let _ = stream.write_all(response.as_bytes()).await;
            }
        });
        server
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    fn issuer(&self) -> Issuer {
        Issuer::parse(&self.base).unwrap()
    }

    fn metadata(&self) -> Metadata {
        self.metadata_with(json!({}))
    }

    fn metadata_with(&self, more: Value) -> Metadata {
        let mut document = json!({
            "authorization_endpoint": format!("{}/authorize", self.base),
            "token_endpoint": format!("{}/token", self.base),
            "code_challenge_methods_supported": ["S256"],
        });
        document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Metadata::read(document.as_object().unwrap(), &self.issuer()).unwrap()
    }
}

/// Reads one request with its body.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while stream.read_buf(&mut bytes).await.is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let Some(end) = text.find("\r\n\r\n") else { continue };
        let length = text.split_once("content-length: ").map_or(0, |(_, rest)| {
            rest.lines().next().and_then(|number| number.parse::<usize>().ok()).unwrap_or_default()
        });
        if bytes.len() >= end + 4 + length {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn http() -> net::Client {
    net::Client::new().unwrap()
}

fn client() -> ClientIdentity {
    ClientIdentity::new("c", Some(Secret::new("needle-client")))
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        scopes: ScopeSet::parse("a").unwrap(),
        parameters: Vec::new(),
        extra: Vec::new(),
        redirect_uri: None,
        pushed: false,
        paste: false,
        max_age: None,
        patience: Duration::from_secs(20),
    }
}

async fn pending(metadata: &Metadata) -> Pending {
    let (http, identity) = (http(), client());
    begin(Party { http: &http, metadata, identity: &identity }, request()).await.unwrap()
}

/// Host, path and state of a pending request.
fn way_back(pending: &Pending) -> (String, String, String) {
    let of = |wanted: &str| pending.url().query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
    let redirect = Url::parse(&of("redirect_uri")).unwrap();
    (format!("127.0.0.1:{}", redirect.port().unwrap()), redirect.path().to_owned(), of("state"))
}

async fn refresh(server: &Server, secret: &Secret) -> Result<super::TokenSet, OAuthError> {
    let (http, metadata, identity) = (http(), server.metadata(), client());
    Party { http: &http, metadata: &metadata, identity: &identity }
        .refresh(secret, None, &[], &std::collections::BTreeMap::new())
        .await
}

async fn client_credentials(server: &Server) -> Result<super::TokenSet, OAuthError> {
    let (http, metadata, identity) = (http(), server.metadata(), client());
    Party { http: &http, metadata: &metadata, identity: &identity }.client_credentials(&ScopeSet::new(), &[]).await
}

async fn visit(host: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut response = Vec::new();
    // the page ends with a full stop, and then the client closes
    while !response.ends_with(b".") && stream.read_buf(&mut response).await.is_ok_and(|count| count > 0) {}
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn a_page_for_every_path_does_not_hide_the_metadata() {
    let server = Server::start(|line, base| match line.contains("openid-configuration") {
        true => (JSON.to_owned(), format!(r#"{{"issuer":"{base}","token_endpoint":"{base}/token"}}"#)),
        false => ("200 OK\r\nContent-Type: text/html".to_owned(), "<!doctype html>".to_owned()),
    })
    .await;
    let found = super::discover(&http(), &server.issuer(), &Map::new()).await.unwrap().metadata;
    assert_eq!(found.token_endpoint.unwrap().as_str(), format!("{}/token", server.base));
}

#[tokio::test]
async fn a_manifest_can_not_disable_the_issuer_check() {
    let server = Server::start(|_, base| {
        let said = format!(r#""issuer":"{base}","token_endpoint":"{base}/token""#);
        (JSON.to_owned(), format!(r#"{{{said},"authorization_response_iss_parameter_supported":true}}"#))
    })
    .await;
    let known = json!({
        "authorization_response_iss_parameter_supported": false,
        "token_endpoint": format!("{}/other", server.base),
        "jwks_uri": format!("{}/keys", server.base),
    });
    let found = super::discover(&http(), &server.issuer(), known.as_object().unwrap()).await.unwrap().metadata;
    assert!(found.iss_parameter_supported);
    assert_eq!(found.token_endpoint.unwrap().path(), "/token");
    assert_eq!(found.jwks_uri.unwrap().path(), "/keys");
}

#[tokio::test]
async fn manifest_metadata_does_not_replace_an_unreachable_server() {
    let issuer = Issuer::parse("http://127.0.0.1:1").unwrap();
    let known = json!({"token_endpoint": "http://127.0.0.1:1/token"});
    let error = super::discover(&http(), &issuer, known.as_object().unwrap()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, OAuthError::Net(_)), "{error}");
}

#[tokio::test]
async fn another_issuer_is_an_error_of_bounded_length() {
    let server =
        Server::start(|_, _| (JSON.to_owned(), format!(r#"{{"issuer":"https://{}"}}"#, "a".repeat(900_000)))).await;
    let error = super::discover(&http(), &server.issuer(), &Map::new()).await.map(|_| ()).unwrap_err();
    assert!(matches!(error, OAuthError::Metadata { .. }) && error.to_string().len() < 500);
    assert_eq!(server.seen().len(), 2, "the other location may have the right document");
    // what the manifest knows does not make up for a document that contradicts it
    let known = json!({"token_endpoint": format!("{}/token", server.base)});
    assert!(super::discover(&http(), &server.issuer(), known.as_object().unwrap()).await.is_err());
}

#[tokio::test]
async fn a_redirect_from_the_token_endpoint_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let thief = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
        let target = format!("{status} Elsewhere\r\nLocation: {}/take", thief.base);
        let server = Server::start(move |_, _| (target.clone(), String::new())).await;
        let secret = Secret::new("needle-refresh");
        let result = refresh(&server, &secret).await;
        let error = result.map(|_| ()).unwrap_err();
        assert!(matches!(error, OAuthError::Unreadable { status: seen, .. } if seen == status), "{error}");
        assert_eq!((server.seen().len(), thief.seen().len()), (1, 0));
    }
}

#[tokio::test]
async fn secrets_repeated_by_a_server_are_redacted_in_errors() {
    let padding = "x".repeat(490);
    for body in [
        r#"{"error":"invalid_grant","error_description":"needle-refresh of needle-client is unknown"}"#.to_owned(),
        r#"{"error":"needle-refresh"}"#.to_owned(),
        // cut in the middle of the secret
        format!(r#"{{"error":"e","error_description":"{padding}needle-refresh"}}"#),
        r#"{"access_tokens":"needle-refresh"}"#.to_owned(),
        "needle-refresh".to_owned(),
    ] {
        for status in ["200 OK", "400 Bad Request", "502 Bad Gateway"] {
            let response = (format!("{status}\r\nContent-Type: application/json"), body.clone());
            let server = Server::start(move |_, _| response.clone()).await;
            let secret = Secret::new("needle-refresh");
            let result = refresh(&server, &secret).await;
            let error = result.map(|_| ()).unwrap_err();
            assert!(server.seen().concat().contains("needle-refresh"), "the needle was sent");
            assert!(!format!("{error} {error:?}").contains("needle"), "{status} {body}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_long_token_type_is_truncated_in_the_error() {
    let body = format!(r#"{{"access_token":"t","token_type":"{}"}}"#, "a".repeat(900_000));
    let server = Server::start(move |_, _| (JSON.to_owned(), body.clone())).await;
    let error = client_credentials(&server).await.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("`aaa") && error.len() < 250, "{error}");
}

#[tokio::test]
async fn the_issuer_is_checked_before_the_code_is_sent() {
    for (supported, query, fine) in [
        (false, "code=x", true),
        (false, "iss=ISSUER&code=x", true),
        // some repeat the granted scope, even twice, and have long codes
        (false, "scope=a&scope=a&session_state=x&code=LONG", true),
        (true, "iss=ISSUER&code=x", true),
        (true, "code=x", false),
        (false, "iss=https://evil.test&code=x", false),
        (false, "iss=ISSUER/&code=x", false),
        // a repeated parameter must not count as absent
        (false, "iss=https://evil.test&iss=https://evil.test&code=x", false),
        (false, "iss=ISSUER&iss=https://evil.test&code=x", false),
        (false, "error=access_denied&error=access_denied&code=x", false),
        (false, "code=x&code=y", false),
        (false, "error=access_denied&code=x", false),
        (false, "nothing=x", false),
    ] {
        let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
        let metadata = server.metadata_with(json!({"authorization_response_iss_parameter_supported": supported}));
        let pending = pending(&metadata).await;
        let (host, path, state) = way_back(&pending);
        let query = query.replace("ISSUER", &server.base).replace("LONG", &"c".repeat(2000));
        let target = format!("{path}?state={state}&{query}");
        let http = http();
        let (result, _) = tokio::join!(pending.finish(&http), visit(&host, &target));
        assert_eq!((result.is_ok(), server.seen().len()), (fine, usize::from(fine)), "{supported} {query}");
    }
}

#[tokio::test]
async fn a_pushed_request_leaves_only_its_reference_in_the_url() {
    let server = Server::start(|line, _| match line.contains("/par") {
        true => {
            let head = "201 Created\r\nContent-Type: application/json".to_owned();
            (head, r#"{"request_uri":"urn:r:1","expires_in":60}"#.to_owned())
        }
        false => (JSON.to_owned(), TOKEN.to_owned()),
    })
    .await;
    // the server requires it (RFC 9126 §5)
    let metadata = server.metadata_with(json!({
        "pushed_authorization_request_endpoint": format!("{}/par", server.base),
        "require_pushed_authorization_requests": true,
    }));
    let pending = pending(&metadata).await;
    let shown: Vec<_> = pending.url().query_pairs().into_owned().collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(shown, [pair("client_id", "c"), pair("request_uri", "urn:r:1")]);
    let pushed = server.seen();
    assert_eq!(pushed.len(), 1, "it is used once, and so it is pushed once");
    for (name, there) in
        [("code_challenge_method=S256", true), ("state=", true), ("scope=a", true), ("request_uri=", false)]
    {
        assert_eq!(pushed[0].contains(name), there, "{name}: {}", pushed[0]);
    }
    let refusing = server.metadata_with(json!({"require_pushed_authorization_requests": true}));
    let (http, identity) = (http(), client());
    let party = Party { http: &http, metadata: &refusing, identity: &identity };
    assert!(matches!(begin(party, request()).await, Err(OAuthError::Unsupported(_))));
}

#[tokio::test]
async fn the_port_is_closed_during_the_token_request() {
    // accepts the connection and never responds
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let token_endpoint = format!("http://{}/token", silent.local_addr().unwrap());
    let pending = pending(&server.metadata_with(json!({"token_endpoint": token_endpoint}))).await;
    let (host, path, state) = way_back(&pending);
    // spawned: a grant may move to another thread
    let grant = tokio::spawn(async move { pending.finish(&http()).await.map(|_| ()) });
    assert!(visit(&host, &format!("{path}?state={state}&code=x")).await.starts_with("HTTP/1.1 200"));
    let (_held, _) = silent.accept().await.unwrap();
    assert!(TcpStream::connect(&host).await.is_err(), "a second request is refused");
    assert!(!grant.is_finished());
    grant.abort();
}

#[tokio::test]
async fn idle_connections_do_not_block_others() {
    let server = Server::start(|_, _| (JSON.to_owned(), TOKEN.to_owned())).await;
    let pending = pending(&server.metadata()).await;
    let (host, path, state) = way_back(&pending);
    let visits = async {
        let mut idle = Vec::new();
        for _ in 0..100 {
            idle.push(TcpStream::connect(&host).await.unwrap());
        }
        // less than the time limit of an idle connection
        let target = format!("{path}?state={state}&code=x");
        tokio::time::timeout(Duration::from_secs(3), visit(&host, &target)).await.unwrap()
    };
    let http = http();
    let (result, response) = tokio::join!(pending.finish(&http), visits);
    assert!(result.is_ok() && response.starts_with("HTTP/1.1 200"), "{response}");
}
