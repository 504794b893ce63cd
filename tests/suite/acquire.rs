//! Acquiring a token through each front end, against authorization servers that grant more than was requested, and against
//! those that permanently narrow a grant (`docs/narrowing.md` lists real ones).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Output;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crate::support::{self, Home, demand, text, vault};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokscope::vault::Record;
use url::Url;

/// What a refresh that requests fewer scopes does to the grant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    /// The grant is permanently reduced.
    ForGood,
    /// Only the access token is narrower.
    ThisToken,
    /// Nothing: the access token is as broad as before.
    Ignored,
    /// The rest is given up, and the next refresh brings no refresh token.
    EndsRotation,
}

/// How an authorization server refreshes.
#[derive(Clone, Copy, Debug)]
struct Kind {
    effect: Effect,
    /// Whether token responses have `scope`.
    states: bool,
    /// Whether the refresh token is replaced, and the old one ends.
    rotates: bool,
    /// Whether a refresh ends the access tokens that came before.
    ends_access: bool,
}

/// The table of `docs/narrowing.md`, one server of each kind.
const KINDS: &[(&str, Kind)] = {
    use Effect::{EndsRotation, ForGood, Ignored, ThisToken};
    const fn kind(effect: Effect, states: bool, rotates: bool, ends_access: bool) -> Kind {
        Kind { effect, states, rotates, ends_access }
    }
    &[
        ("Doorkeeper, Authlib, django-allauth, django-oauth-toolkit", kind(ForGood, true, true, true)),
        ("@node-oauth/oauth2-server, FastMCP", kind(ForGood, true, true, false)),
        ("django-oidc-provider", kind(ForGood, false, true, false)),
        ("better-auth", kind(EndsRotation, true, true, false)),
        ("Glewlwyd", kind(Ignored, true, false, false)),
        ("oidc-provider", kind(ThisToken, true, true, false)),
        ("LemonLDAP::NG", kind(ThisToken, true, false, false)),
        ("silent, and harmless", kind(ThisToken, false, true, false)),
    ]
};

/// An authorization server with an API, whose `/a` needs the scope `a` and so on.
struct Server {
    origin: String,
    kind: Mutex<Kind>,
    /// Granted without being requested.
    more: Mutex<String>,
    /// Every request to the authorization server fails with this status and body.
    outage: Mutex<Option<(u16, &'static str)>>,
    /// Response of the token endpoint.
    refused: Mutex<Option<(u16, &'static str)>>,
    exchanges: Mutex<bool>,
    codes: Mutex<HashMap<String, String>>,
    refresh_tokens: Mutex<HashMap<String, String>>,
    access_tokens: Mutex<HashMap<String, String>>,
    revoked: Mutex<Vec<String>>,
    refreshes: Mutex<Vec<String>>,
    issued: Mutex<usize>,
}

fn server(kind: Kind) -> Arc<Server> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = Arc::new(Server {
                origin: format!("http://{}", listener.local_addr().unwrap()),
                kind: Mutex::new(kind),
                more: Mutex::default(),
                outage: Mutex::default(),
                refused: Mutex::default(),
                exchanges: Mutex::default(),
                codes: Mutex::default(),
                refresh_tokens: Mutex::default(),
                access_tokens: Mutex::default(),
                revoked: Mutex::default(),
                refreshes: Mutex::default(),
                issued: Mutex::default(),
            });
            let router = Router::new()
                .route("/.well-known/oauth-authorization-server", get(metadata))
                .route("/authorize", get(authorize))
                .route("/token", post(token))
                .route("/revoke", post(revoke))
                .fallback(api)
                .with_state(Arc::clone(&server));
            sender.send(server).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

fn outage(server: &Server) -> Option<Response> {
    let (status, body) = (*server.outage.lock().unwrap())?;
    Some((StatusCode::from_u16(status).unwrap(), [("retry-after", "30")], body).into_response())
}

async fn metadata(State(server): State<Arc<Server>>) -> Response {
    if let Some(outage) = outage(&server) {
        return outage;
    }
    let origin = &server.origin;
    let mut grants = vec!["authorization_code", "client_credentials", "refresh_token"];
    grants.extend(server.exchanges.lock().unwrap().then_some(EXCHANGE));
    Json(json!({
        "issuer": origin, "authorization_endpoint": format!("{origin}/authorize"), "token_endpoint": format!("{origin}/token"),
        "revocation_endpoint": format!("{origin}/revoke"), "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"], "grant_types_supported": grants,
    }))
    .into_response()
}

async fn authorize(State(server): State<Arc<Server>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let code = format!("code-{}", server.number());
    server.codes.lock().unwrap().insert(code.clone(), query.get("scope").cloned().unwrap_or_default());
    let mut redirect = Url::parse(&query["redirect_uri"]).unwrap();
    redirect.query_pairs_mut().append_pair("code", &code).append_pair("state", &query["state"]);
    (StatusCode::FOUND, [("location", redirect.as_str())]).into_response()
}

async fn revoke(State(server): State<Arc<Server>>, Form(form): Form<HashMap<String, String>>) -> StatusCode {
    server.revoked.lock().unwrap().push(form["token"].clone());
    StatusCode::OK
}

fn refusal(code: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": code }))).into_response()
}

fn within(scopes: &str, all: &str) -> bool {
    scopes.split_whitespace().all(|scope| all.split_whitespace().any(|known| known == scope))
}

impl Server {
    fn number(&self) -> usize {
        let mut issued = self.issued.lock().unwrap();
        *issued += 1;
        *issued
    }

    fn respond(&self, scope: &str, refresh_token: Option<String>) -> Response {
        let scope = format!("{scope} {}", self.more.lock().unwrap());
        let scope = scope.trim();
        let access_token = format!("access-token-{}", self.number());
        self.access_tokens.lock().unwrap().insert(access_token.clone(), scope.to_owned());
        let mut body = json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 3600 });
        if self.kind.lock().unwrap().states {
            body["scope"] = scope.into();
        }
        if let Some(token) = refresh_token {
            body["refresh_token"] = token.into();
        }
        Json(body).into_response()
    }

    fn refresh(&self, form: &HashMap<String, String>) -> Response {
        let kind = *self.kind.lock().unwrap();
        let asked = form.get("scope").cloned();
        self.refreshes.lock().unwrap().push(asked.clone().unwrap_or_default());
        let old = form["refresh_token"].clone();
        let Some(had) = self.refresh_tokens.lock().unwrap().get(&old).cloned() else { return refusal("invalid_grant") };
        let wants = asked.clone().unwrap_or_else(|| had.clone());
        if !within(&wants, &had) {
            return refusal("invalid_scope");
        }
        let reduced = had == "(no rotation)";
        let narrower = asked.is_some() && !within(&had, &wants);
        let left = match kind.effect {
            Effect::ForGood | Effect::EndsRotation => wants.clone(),
            Effect::ThisToken | Effect::Ignored => had.clone(),
        };
        let granted = if kind.effect == Effect::Ignored { had } else { wants };
        if kind.ends_access {
            self.access_tokens.lock().unwrap().clear();
        }
        if reduced || !kind.rotates {
            self.refresh_tokens.lock().unwrap().insert(old, left);
            return self.respond(&granted, None);
        }
        self.refresh_tokens.lock().unwrap().remove(&old);
        if kind.effect == Effect::EndsRotation && narrower {
            return self.respond(&granted, None);
        }
        let next = format!("refresh-token-{}", self.number());
        self.refresh_tokens.lock().unwrap().insert(next.clone(), left);
        self.respond(&granted, Some(next))
    }

    /// Whether the API of `/a` or `/b` takes this token.
    fn takes(&self, token: &str, scope: &str) -> bool {
        self.access_tokens.lock().unwrap().get(token.trim()).is_some_and(|granted| within(scope, granted))
    }
}

async fn token(State(server): State<Arc<Server>>, Form(form): Form<HashMap<String, String>>) -> Response {
    if let Some(outage) = outage(&server) {
        return outage;
    }
    if let Some((status, body)) = *server.refused.lock().unwrap() {
        return (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")], body).into_response();
    }
    let asked = form.get("scope").cloned().unwrap_or_default();
    match form["grant_type"].as_str() {
        "refresh_token" => server.refresh(&form),
        "client_credentials" | EXCHANGE => server.respond(&asked, None),
        _ => {
            let scope = server.codes.lock().unwrap().remove(&form["code"]).unwrap();
            let first = format!("refresh-token-{}", server.number());
            server.refresh_tokens.lock().unwrap().insert(first.clone(), scope.clone());
            server.respond(&scope, Some(first))
        }
    }
}

async fn api(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap) -> Response {
    let sent = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let Some(sent) = sent.strip_prefix("Bearer ") else { return StatusCode::UNAUTHORIZED.into_response() };
    // a request to an MCP server goes to its base URL
    let needed = uri.path().trim_start_matches('/').replace("mcp", "a");
    match server.takes(sent, &needed) {
        true => Json(json!({ "fine": true })).into_response(),
        false => (StatusCode::FORBIDDEN, Json(json!({ "error": "insufficient_scope" }))).into_response(),
    }
}

/// A home on this server. `keys`: of each client.
fn home(server: &Server, keys: &str) -> Home {
    let home = Home::new(&support::server());
    let origin = &server.origin;
    let manifest = format!(
        r#"[api.x]
base_url = "{origin}"
issuer   = "{origin}"
[api.x.scopes]
a = {{ risk = "low" }}
b = {{ risk = "high" }}
admin = {{ risk = "critical" }}
[api.x.endpoints]
"GET /a" = "a"
"GET /b" = "b"
"GET /admin" = "admin"
[api.m]
base_url = "{origin}/mcp"
issuer   = "{origin}"
[api.m.scopes]
a = {{}}
[api.m.endpoints]
"MCP tools/call tool" = "a"
[client.person]
issuer      = "{origin}"
client_id   = "person"
grants      = ["authorization_code", "refresh_token"]
may_request = ["a", "b"]
{keys}
[client.machine]
issuer      = "{origin}"
client_id   = "machine"
grants      = ["client_credentials"]
secret      = {{ env = "CLIENT_SECRET" }}
may_request = ["a", "b"]
{keys}
"#
    );
    home.write("tokscope.toml", &manifest);
    demand(&home.run(&["trust", "--yes"]), 0);
    home
}

/// Sends a request and gives where it is redirected to.
fn visit(url: &Url) -> Option<Url> {
    let authority = url.authority().to_owned();
    let mut stream = TcpStream::connect(&authority).unwrap();
    let target = &url[url::Position::BeforePath..];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = BufReader::new(stream).read_to_string(&mut answer);
    let location = answer.lines().find_map(|line| line.split_once(": ").filter(|(name, _)| *name == "location"));
    location.map(|(_, place)| Url::parse(place).unwrap())
}

/// Runs a command, and signs in as the user if required.
fn sign_in(home: &Home, arguments: &[&str]) -> Output {
    let mut child = home.tokscope(&[arguments, &["--no-browser"]].concat()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut shown = String::new();
    while said.read_line(&mut shown).unwrap() > 0 {
        if let Some(url) = shown.lines().last().and_then(|line| line.strip_prefix("sign in at: ")) {
            let back = visit(&Url::parse(url).unwrap()).unwrap();
            visit(&back);
            break;
        }
    }
    said.read_to_string(&mut shown).unwrap();
    let output = child.wait_with_output().unwrap();
    Output { stderr: shown.into_bytes(), ..output }
}

const BOTH: [&str; 7] = ["login", "--client", "person", "-e", "GET /a", "-e", "GET /b"];

fn records(home: &Home) -> Vec<Record> {
    vault(home).records().unwrap()
}

fn expire(home: &Home) {
    let expire =
        |records: &mut Vec<Record>| records.iter_mut().for_each(|record| record.expires = Some(Timestamp::now()));
    vault(home).update(expire).unwrap();
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&demand(output, 0)).unwrap()
}

const FOR_GOOD: Kind = Kind { effect: Effect::ForGood, states: true, rotates: true, ends_access: false };

/// The screen's part, through its real loop and jobs.
fn screen(home: &Home, keys: &str) -> String {
    demand(&home.run(&["--print=120x36", "--keys", keys]), 0)
}

#[test]
fn no_front_end_keeps_a_broader_token_silently() {
    let server = server(FOR_GOOD);
    let home = home(&server, "");
    *server.more.lock().unwrap() = "admin".to_owned();
    for arguments in [
        &["login", "-e", "GET /a", "--client", "machine"][..],
        &["token", "-e", "GET /a", "--client", "machine"],
        &["exec", "-e", "GET /a", "--client", "machine", "--", "true"],
        &["call", "GET /a", "--client", "machine"],
        &["call", "--mcp", &format!("{}/mcp", server.origin), "tools/call", "tool", "--client", "machine", "--yes"],
    ] {
        let output = home.run(arguments);
        assert_eq!(demand(&output, 5), "", "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains("granted more than requested: admin") && said.contains("was revoked"), "{said}");
    }
    let output = sign_in(&home, &["login", "-e", "GET /a", "--client", "person"]);
    demand(&output, 5);
    assert_eq!(server.revoked.lock().unwrap().len(), 6, "what is not kept is revoked");
    // the screen asks, and keeps nothing while it does; the machine is the second client
    let shown = screen(&home, "oc<enter><wait>");
    assert!(shown.contains("the token grants more than was requested") && shown.contains("admin"), "{shown}");
    assert!(records(&home).is_empty());
    let shown = screen(&home, "oc<enter><wait><enter><wait>");
    assert!(shown.contains("the token grants more than was requested"), "a key too many accepts nothing: {shown}");
    let shown = screen(&home, "oc<enter><wait>n<wait>");
    assert!(shown.contains("granted more than requested: admin") && shown.contains("was revoked"), "{shown}");
    assert!(records(&home).is_empty() && server.revoked.lock().unwrap().len() == 7);
    let shown = screen(&home, "oc<enter><wait>y<wait>");
    assert!(shown.contains("stored in the vault"), "{shown}");
    let kept = json(&home.run(&["tokens", "list", "--json"]));
    assert_eq!(kept["tokens"][0]["added"], json!([{ "scope": "admin", "reason": "confirmed" }]));
}

#[test]
fn a_refresh_adds_no_scope_without_being_asked() {
    let server = server(FOR_GOOD);
    let home = home(&server, "");
    demand(&sign_in(&home, &BOTH), 0);
    let id = records(&home)[0].id.to_string();
    *server.more.lock().unwrap() = "admin".to_owned();
    let broader = |home: &Home| records(home)[0].granted.contains("admin");
    let output = home.run(&["tokens", "refresh", &id]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("the refresh granted more than before: admin"), "{}", text(&output.stderr));
    assert!(!broader(&home));
    for arguments in [
        &["token", "-e", "GET /a", "--no-interact", "--client", "person"][..],
        &["exec", "-e", "GET /a", "--no-interact", "--client", "person", "--", "true"],
        &["call", "GET /a", "--no-interact", "--client", "person"],
        &["call", "GET /a", "--no-interact"],
        &["call", "GET /a"],
    ] {
        expire(&home);
        let output = home.run(arguments);
        demand(&output, 5);
        let said = text(&output.stderr);
        let error = format!("token `{id}` could not be refreshed: the refresh granted more than before: admin");
        assert!(said.contains(&format!("error: {error}")) && !said.contains("a login is needed"), "{said}");
        assert_eq!(said.matches(&error).count(), 1, "{said}");
        assert!(said.contains("hint: `--accept-more`") && said.contains("hint: `accept_granted`"), "{said}");
        assert!(!broader(&home), "{arguments:?}");
    }
    let shown = screen(&home, "t<wait>r<wait>");
    assert!(shown.contains("the token grants more than was requested"), "{shown}");
    assert!(!broader(&home));
    let shown = screen(&home, "t<wait>r<wait>n<wait>");
    assert!(shown.contains("the refresh granted more than before: admin"), "{shown}");
    assert!(!broader(&home));
    // no refusal costs the grant
    *server.more.lock().unwrap() = String::new();
    let token = demand(&home.run(&["token", "-e", "GET /a", "--no-interact"]), 0);
    assert!(server.takes(&token, "a"));
    *server.more.lock().unwrap() = "admin".to_owned();
    let refreshed = json(&home.run(&["tokens", "refresh", &id, "--accept-more", "--json"]));
    assert_eq!(refreshed["tokens"][0]["granted"], json!(["a", "admin", "b"]));
    assert_eq!(refreshed["tokens"][0]["added"], json!([{ "scope": "admin", "reason": "confirmed" }]));
}

#[test]
fn narrowing_costs_the_grant_at_no_server() {
    for (name, kind) in KINDS {
        let server = server(*kind);
        let home = home(&server, "");
        demand(&sign_in(&home, &BOTH), 0);
        demand(&home.run(&["call", "GET /b", "--no-interact"]), 0);
        let token = demand(&home.run(&["token", "-e", "GET /a", "--no-interact"]), 0);
        assert!(server.takes(&token, "a"), "{name}");
        // and again after it has expired
        expire(&home);
        for (endpoint, scope) in [("GET /b", "b"), ("GET /a", "a")] {
            let token = demand(&home.run(&["token", "-e", endpoint, "--no-interact"]), 0);
            assert!(server.takes(&token, scope), "{name}: {endpoint}");
        }
        assert!(
            server.refreshes.lock().unwrap().iter().all(String::is_empty),
            "{name}: it received a request for fewer scopes"
        );
    }
}

#[test]
fn every_front_end_reports_a_broader_token() {
    let server = server(FOR_GOOD);
    let home = home(&server, "");
    demand(&sign_in(&home, &BOTH), 0);
    let line = "the token has more scopes than needed: b (narrowing it could cost the grant)";
    let output = home.run(&["token", "-e", "GET /a", "--json"]);
    assert_eq!(json(&output)["beyond"], json!(["b"]));
    assert_eq!(text(&output.stderr).lines().collect::<Vec<_>>(), [line]);
    let output = home.run(&["call", "GET /a", "--json"]);
    assert_eq!(json(&output)["beyond"], json!(["b"]));
    for arguments in [
        &["exec", "-e", "GET /a", "--", "true"][..],
        &["call", "GET /a"],
        &["call", "GET /a", "--client", "person", "--no-interact"],
    ] {
        let output = home.run(arguments);
        demand(&output, 0);
        assert!(text(&output.stderr).contains(line), "{arguments:?}: {}", text(&output.stderr));
    }
    let shown = screen(&home, "o<wait>u<wait>");
    assert!(shown.contains("using a stored token; the token has more scopes than needed: b"), "{shown}");
    let token = demand(&home.run(&["token", "-e", "GET /b", "--no-interact"]), 0);
    assert!(server.takes(&token, "b"));
    assert!(server.refreshes.lock().unwrap().is_empty());
    assert_eq!(records(&home).len(), 1);
    // nothing is beyond what is needed when both are
    let output = home.run(&["token", "-e", "GET /a", "-e", "GET /b", "--json"]);
    assert_eq!((json(&output)["beyond"].clone(), text(&output.stderr).as_str()), (json!([]), ""));
}

#[test]
fn learn_narrowing_tests_the_revoked_grant() {
    for (name, kind) in KINDS {
        let server = server(*kind);
        let home = home(&server, "");
        demand(&sign_in(&home, &BOTH), 0);
        let id = records(&home)[0].id.to_string();
        let output = home.run(&["tokens", "revoke", &id, "--yes", "--learn-narrowing"]);
        demand(&output, 0);
        let expected = match kind.effect {
            Effect::ForGood | Effect::EndsRotation => "costs the grant",
            Effect::ThisToken => "does not cost the grant",
            Effect::Ignored => "does not narrow the token",
        };
        assert!(text(&output.stderr).contains(expected), "{name}: {}", text(&output.stderr));
        // the next grant is narrowed by a refresh, or left alone
        demand(&sign_in(&home, &BOTH), 0);
        let narrow = json(&home.run(&["token", "-e", "GET /a", "--no-interact", "--json"]));
        let narrows = kind.effect == Effect::ThisToken;
        assert_eq!(narrow["beyond"], if narrows { json!([]) } else { json!(["b"]) }, "{name}");
        let token = demand(&home.run(&["token", "-e", "GET /b", "-e", "GET /a", "--no-interact"]), 0);
        assert!(server.takes(&token, "a b"), "{name}");
    }
}

#[test]
fn token_exchange_narrows_and_keeps_the_broad_token() {
    let server = server(FOR_GOOD);
    *server.exchanges.lock().unwrap() = true;
    let home = home(&server, "");
    demand(&sign_in(&home, &BOTH), 0);
    for _ in 0..2 {
        let narrow = json(&home.run(&["token", "-e", "GET /a", "--json"]));
        assert_eq!((&narrow["granted"], &narrow["beyond"]), (&json!(["a"]), &json!([])));
    }
    assert_eq!(records(&home).len(), 2, "it is found again");
    let broad = json(&home.run(&["token", "-e", "GET /a", "-e", "GET /b", "--json"]));
    assert!(server.takes(broad["access_token"].as_str().unwrap(), "a b"));
    assert!(server.refreshes.lock().unwrap().is_empty());
}

#[test]
fn client_credentials_obtain_a_narrower_token() {
    let server = server(FOR_GOOD);
    let home = home(&server, "");
    demand(&home.run(&["token", "-e", "GET /a", "-e", "GET /b", "--client", "machine"]), 0);
    let narrow = json(&home.run(&["token", "-e", "GET /a", "--client", "machine", "--json"]));
    assert_eq!((&narrow["granted"], &narrow["beyond"]), (&json!(["a"]), &json!([])));
}

#[test]
fn the_manifest_allows_or_forbids_narrowing() {
    let server = server(KINDS.iter().find(|(name, _)| *name == "oidc-provider").unwrap().1);
    let permitted = home(&server, "narrow = \"refresh\"");
    demand(&sign_in(&permitted, &BOTH), 0);
    let narrow = json(&permitted.run(&["token", "-e", "GET /a", "--json"]));
    assert_eq!((&narrow["granted"], &narrow["beyond"]), (&json!(["a"]), &json!([])));
    assert_eq!(*server.refreshes.lock().unwrap(), ["a"]);
    for _ in 0..2 {
        let token = demand(&permitted.run(&["token", "-e", "GET /b", "-e", "GET /a", "--no-interact"]), 0);
        assert!(server.takes(&token, "a b"));
    }
    *server.exchanges.lock().unwrap() = true;
    let forbidden = home(&server, "narrow = false");
    demand(&sign_in(&forbidden, &BOTH), 0);
    let output = forbidden.run(&["token", "-e", "GET /a", "--json"]);
    assert_eq!(json(&output)["beyond"], json!(["b"]));
    assert!(text(&output.stderr).contains("`narrow` is false"), "{}", text(&output.stderr));
}

#[test]
fn invalid_scope_corrects_the_record_of_a_reduced_grant() {
    for states in [true, false] {
        let server = server(Kind { states, ..FOR_GOOD });
        // the manifest is wrong about this server
        let home = home(&server, "narrow = \"refresh\"");
        demand(&sign_in(&home, &BOTH), 0);
        demand(&home.run(&["token", "-e", "GET /b", "--no-interact"]), 0);
        for _ in 0..2 {
            let output = home.run(&["token", "-e", "GET /a", "--no-interact", "--client", "person"]);
            assert_eq!(demand(&output, 5), "", "states {states}");
        }
        let broad = records(&home).into_iter().find(|record| record.narrowed_from.is_none()).unwrap();
        assert_eq!(broad.granted.to_string(), "b", "states {states}");
        let token = demand(&home.run(&["token", "-e", "GET /b", "--no-interact"]), 0);
        assert!(server.takes(&token, "b"));
        // what was observed is remembered: the next grant is not narrowed by a refresh
        let asked = server.refreshes.lock().unwrap().len();
        demand(&sign_in(&home, &BOTH), 0);
        let token = demand(&home.run(&["token", "-e", "GET /a", "--no-interact"]), 0);
        assert!(server.takes(&token, "a"));
        assert_eq!(server.refreshes.lock().unwrap().len(), asked);
    }
}

#[test]
fn an_outage_during_a_refresh_does_not_start_a_sign_in() {
    let server = server(FOR_GOOD);
    let home = home(&server, "");
    demand(&sign_in(&home, &["login", "-e", "GET /a", "--client", "person"]), 0);
    let id = records(&home)[0].id.to_string();
    expire(&home);
    for (status, body) in [
        (503, "later"),
        (429, "later"),
        (500, "later"),
        (429, r#"{"error":"slow_down"}"#),
        (503, r#"{"error":"invalid_grant"}"#),
        (408, r#"{"error":"invalid_request"}"#),
    ] {
        *server.outage.lock().unwrap() = Some((status, body));
        for arguments in [
            &["token", "-e", "GET /a", "--client", "person", "--no-interact"][..],
            &["exec", "-e", "GET /a", "--client", "person", "--no-interact", "--", "true"],
            &["call", "GET /a"],
            &["call", "GET /a", "--client", "person", "--no-interact"],
            &["tokens", "refresh", &id],
        ] {
            let output = home.run(arguments);
            demand(&output, 1);
            let said = text(&output.stderr);
            assert!(
                said.contains("try again in 30 s") && !said.contains("a login is needed"),
                "{status} {arguments:?}: {said}"
            );
        }
        let shown = screen(&home, "t<wait>r<wait>");
        assert!(shown.contains("can't refresh the token") && shown.contains("try again in 30 s"), "{shown}");
    }
    *server.outage.lock().unwrap() = None;
    let token = demand(&home.run(&["token", "-e", "GET /a", "--no-interact"]), 0);
    assert!(server.takes(&token, "a"), "the grant is as it was");
}

#[test]
fn a_refused_refresh_is_reported_with_its_error_and_remedy() {
    let login = "hint: `tokscope login` obtains a new grant";
    for (status, body, message, hint) in [
        (400, r#"{"error":"invalid_grant"}"#, "the authorization server refused: `invalid_grant`", login),
        (
            401,
            r#"{"error":"invalid_client"}"#,
            "the authorization server refused: `invalid_client`",
            "check the client's",
        ),
        (400, r#"{"error":"unauthorized_client"}"#, "refused: `unauthorized_client`", "see `grants` in the manifest"),
        (404, "not here", "an unusable response (status 404)", "`tokscope discover` shows it"),
        (302, "", "an unusable response (status 302): it is a redirect", "`tokscope discover` shows it"),
    ] {
        let server = server(FOR_GOOD);
        let home = home(&server, "");
        demand(&sign_in(&home, &["login", "-e", "GET /a", "--client", "person"]), 0);
        *server.refused.lock().unwrap() = Some((status, body));
        for arguments in [
            &["token", "-e", "GET /a", "--client", "person", "--no-interact"][..],
            &["call", "GET /a", "--client", "person", "--no-interact"],
            &["call", "GET /a"],
        ] {
            expire(&home);
            let output = home.run(arguments);
            demand(&output, 5);
            let said = text(&output.stderr);
            let error = format!("could not be refreshed: {}", if status == 400 { "the authorization" } else { "" });
            assert!(said.contains("error: token `") && said.contains(&error), "{arguments:?}: {said}");
            assert!(said.contains(message) && said.contains(hint), "{status} {arguments:?}: {said}");
            assert_eq!(said.contains(login), body.contains("invalid_grant"), "{status} {said}");
            assert!(!said.contains("a login is needed"), "{said}");
        }
        // without a user, another grant is still possible
        demand(&home.run(&["token", "-e", "GET /a", "--client", "machine", "--no-interact"]), 5);
        *server.refused.lock().unwrap() = None;
        demand(&home.run(&["token", "-e", "GET /a", "--client", "machine", "--no-interact"]), 0);
    }
}

#[test]
fn scopes_of_openid_connect_are_kept_and_reported() {
    let server = server(FOR_GOOD);
    let home = home(&server, "");
    let google = "openid https://www.googleapis.com/auth/userinfo.email profile offline_access";
    *server.more.lock().unwrap() = google.to_owned();
    let output = sign_in(&home, &["login", "-e", "GET /a", "--client", "person"]);
    demand(&output, 0);
    let line = "granted without being requested: https://www.googleapis.com/auth/userinfo.email offline_access openid \
                profile (OpenID Connect)";
    assert!(text(&output.stderr).contains(line), "{}", text(&output.stderr));
    let added = json(&home.run(&["tokens", "list", "--json"]))["tokens"][0]["added"].clone();
    assert_eq!(added.as_array().unwrap().len(), 4);
    assert!(added.as_array().unwrap().iter().all(|one| one["reason"] == "openid-connect"), "{added}");
}

#[test]
fn accept_granted_scopes_are_stored_with_the_reason() {
    for (keys, more, code) in [
        ("accept_granted = [\"admin\"]", "admin", 0),
        ("accept_granted = [\"admin\"]", "admin other", 5),
        ("accept_granted = \"any\"", "admin other", 0),
        ("", "admin", 5),
    ] {
        let server = server(FOR_GOOD);
        let home = home(&server, keys);
        *server.more.lock().unwrap() = more.to_owned();
        let output = home.run(&["login", "-e", "GET /a", "--client", "machine"]);
        demand(&output, code);
        let added: Vec<String> =
            records(&home).iter().flat_map(|record| record.added.values()).map(ToString::to_string).collect();
        assert_eq!(added, vec!["manifest"; if code == 0 { more.split(' ').count() } else { 0 }], "{keys} {more}");
        assert_eq!(text(&output.stderr).contains("(accepted by the manifest)"), code == 0, "{}", text(&output.stderr));
    }
}
