//! Every preset, from `init` to `call` and `tokens refresh`, against a mock that plays the provider's documented behavior
//! at its real URLs: `behavior.toml` has a row for each.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails shall panic")]

mod corpus;
mod pages;
mod proxy;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tokscope::manifest::providers;
use url::Url;

use self::proxy::{Answer, Proxy, Received};
use crate::support::{demand, text};

const BEHAVIOR: &str = include_str!("behavior.toml");

/// The documented behavior of a provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Behavior {
    /// Values of its variables.
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// Grant, if it is not the first one of the client.
    #[serde(default)]
    grant: Option<String>,
    /// Whether the client has a secret.
    #[serde(default)]
    secret: bool,
    /// Requested scopes.
    #[serde(default)]
    scopes: Vec<String>,
    /// Metadata documents, by URL.
    #[serde(default)]
    documents: BTreeMap<String, String>,
    /// Authorization or device endpoint, with parameters that must be sent, and some that must not.
    authorize: String,
    #[serde(default)]
    sent: BTreeMap<String, String>,
    #[serde(default)]
    not_sent: Vec<String>,
    /// Parameters of the redirect besides `code` and `state`.
    #[serde(default)]
    redirect: BTreeMap<String, String>,
    /// Response of the device authorization endpoint.
    #[serde(default)]
    device: String,
    token: Exchange,
    /// `granted` and `short` of `login --json`; without the former, the grant is not reported.
    #[serde(default)]
    granted: Option<Vec<String>>,
    #[serde(default)]
    short: Vec<String>,
    /// Facts that are stored with the token.
    #[serde(default)]
    facts: BTreeMap<String, String>,
    /// Lookups, by URL.
    #[serde(default)]
    lookups: BTreeMap<String, String>,
    #[serde(default)]
    call: Option<Call>,
    #[serde(default)]
    refresh: Option<Exchange>,
    /// Error of the token endpoint, and what tokscope has to say about it.
    error: Refusal,
}

/// A request to a token endpoint, and its response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    url: String,
    /// `basic`, `post` or `none`.
    authentication: String,
    #[serde(default)]
    json: bool,
    #[serde(default)]
    sent: BTreeMap<String, String>,
    #[serde(default)]
    not_sent: Vec<String>,
    response: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    request: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    status: u16,
    response: String,
    says: String,
}

/// A folder with a manifest, and a proxy that plays the provider.
struct Stage<'b> {
    name: &'static str,
    behavior: &'b Behavior,
    folder: tempfile::TempDir,
    proxy: Proxy,
}

const CLIENT_ID: &str = "client-1";
const SECRET: &str = "secret-of-the-client";

impl<'b> Stage<'b> {
    fn new(name: &'static str, behavior: &'b Behavior) -> Self {
        let stage = Self { name, behavior, folder: tempfile::tempdir().unwrap(), proxy: Proxy::start() };
        stage.private("passphrase", "correct horse battery\n");
        stage.private("ca.pem", &stage.proxy.authority);
        stage
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn private(&self, name: &str, content: &str) {
        std::fs::write(self.path().join(name), content).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(self.path().join(name), private).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokscope"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.path())
            .env("HTTPS_PROXY", &self.proxy.address)
            .env("TOKSCOPE_CA_FILE", self.path().join("ca.pem"))
            .env("TOKSCOPE_STORE", "passphrase")
            .env("TOKSCOPE_PASSPHRASE_FILE", self.path().join("passphrase"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.behavior.secret {
            command.env(format!("{}_CLIENT_SECRET", self.name.to_uppercase().replace('-', "_")), SECRET);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Answers token requests with this, and everything else as the provider does.
    fn answer(&self, token_url: &str, token: Answer) {
        let (behavior, token_url) = (self.behavior.clone(), token_url.to_owned());
        self.proxy.answer(move |request| {
            if let Some(document) = behavior.documents.get(&request.url).or_else(|| behavior.lookups.get(&request.url))
            {
                return Answer::json(document);
            }
            match request.url.as_str() {
                url if url == token_url => token.clone(),
                url if url == behavior.authorize => Answer::json(&behavior.device),
                url if request.method == "GET" && behavior.call.as_ref().is_some_and(|call| call.url == url) => {
                    Answer::json("{\"ok\": true}")
                }
                _ => Answer::missing(),
            }
        });
    }

    /// Signs in. Several presets have the same port in their redirect URI, so another test may hold it for a moment.
    fn login(&self, more: &[&str]) -> Output {
        loop {
            let output = self.login_once(more);
            if !text(&output.stderr).contains("in use by another program") {
                return output;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    fn login_once(&self, more: &[&str]) -> Output {
        let mut arguments = vec!["login", "--no-browser", "--json", "--client", self.name];
        if let Some(grant) = &self.behavior.grant {
            arguments.extend(["--grant", grant]);
        }
        arguments.extend(self.behavior.scopes.iter().flat_map(|scope| ["--scope", scope]));
        arguments.extend(more);
        let mut child = self.command(&arguments).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut shown = String::new();
        while said.read_line(&mut shown).unwrap() > 0 {
            if let Some(url) = shown.lines().last().and_then(|line| line.strip_prefix("sign in at: ")) {
                self.consent(&Url::parse(url).unwrap());
                break;
            }
        }
        said.read_to_string(&mut shown).unwrap();
        let output = child.wait_with_output().unwrap();
        Output { stderr: shown.into_bytes(), ..output }
    }

    /// The browser: checks the authorization request, and follows the redirect.
    fn consent(&self, url: &Url) {
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        self.check_authorization(&format!("{}{}", url.origin().ascii_serialization(), url.path()), &query);
        let mut redirect = Url::parse(&query["redirect_uri"]).unwrap();
        let mut pairs = redirect.query_pairs_mut();
        pairs.append_pair("code", "the-code").append_pair("state", &query["state"]);
        pairs.extend_pairs(&self.behavior.redirect);
        drop(pairs);
        let authority = redirect.authority().to_owned();
        let mut stream = TcpStream::connect(&authority).unwrap();
        let target = &redirect[url::Position::BeforePath..];
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200", "{}", self.name);
    }

    fn check_authorization(&self, url: &str, sent: &BTreeMap<String, String>) {
        assert_eq!(url, self.behavior.authorize, "{}", self.name);
        check(self.name, sent, &self.behavior.sent, &self.behavior.not_sent);
        assert_eq!(sent["client_id"], CLIENT_ID, "{}", self.name);
    }

    /// Checks a token request.
    fn check_exchange(&self, request: &Received, expected: &Exchange) {
        let name = self.name;
        let sent = request.parameters();
        check(name, &sent, &expected.sent, &expected.not_sent);
        let is_json = request.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        assert_eq!(is_json, expected.json, "{name}: format of the token request");
        let basic = request.headers.get("authorization").is_some_and(|value| value.starts_with("Basic "));
        let secret = sent.get("client_secret").map(String::as_str);
        let found = match (basic, secret) {
            (true, None) => "basic",
            (false, Some(SECRET)) => "post",
            (false, None) => "none",
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(found, expected.authentication, "{name}: client authentication");
    }
}

fn check(name: &str, sent: &BTreeMap<String, String>, expected: &BTreeMap<String, String>, absent: &[String]) {
    for (parameter, value) in expected {
        assert_eq!(sent.get(parameter), Some(value), "{name}: parameter `{parameter}` of {sent:#?}");
    }
    for parameter in absent {
        assert_eq!(sent.get(parameter), None, "{name}: parameter `{parameter}`");
    }
}

fn behaviors() -> BTreeMap<String, Behavior> {
    toml::from_str(BEHAVIOR).unwrap()
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
}

fn set(words: &[String]) -> BTreeSet<String> {
    words.iter().cloned().collect()
}

/// Plays one provider.
fn play(name: &'static str, behavior: &Behavior) {
    let stage = Stage::new(name, behavior);
    let variables: Vec<String> = behavior.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut init = vec!["init", "--provider", name, "--client-id", CLIENT_ID];
    init.extend(variables.iter().flat_map(|variable| ["--variable", variable]));
    let secret = format!("{}_CLIENT_SECRET", name.to_uppercase().replace('-', "_"));
    if behavior.secret {
        init.extend(["--secret-env", &secret]);
    }
    demand(&stage.run(&init), 0);
    demand(&stage.run(&["trust", "--yes"]), 0);
    assert_eq!(stage.proxy.take().len(), 0, "{name}: nothing is sent before the login");

    // an error is explained in the provider's terms
    let token = &behavior.token;
    let refusal = &behavior.error;
    let refused = Answer { status: refusal.status, ..Answer::json(&refusal.response) };
    stage.answer(&token.url, refused);
    let output = stage.login(&[]);
    assert_ne!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
    let said = text(&output.stderr);
    assert!(said.contains(&refusal.says), "{name}: `{}` is not in:\n{said}", refusal.says);

    // the login
    stage.proxy.take();
    stage.answer(&token.url, Answer::json(&token.response));
    let output = stage.login(&[]);
    let expected = if behavior.short.is_empty() { 0 } else { 3 };
    let login: Value = serde_json::from_str(&demand(&output, expected)).unwrap();
    match &behavior.granted {
        Some(granted) => assert_eq!(strings(&login["granted"]), set(granted), "{name}: {login:#}"),
        None => assert!(login["granted"].is_null(), "{name}: {login:#}"),
    }
    assert_eq!(strings(&login["short"]), set(&behavior.short), "{name}");
    let requests = stage.proxy.take();
    if !behavior.device.is_empty() {
        let device = requests.iter().find(|request| request.url == behavior.authorize).unwrap();
        stage.check_authorization(&device.url, &device.parameters());
    }
    let exchange = requests.iter().find(|request| request.url == token.url);
    stage.check_exchange(exchange.unwrap_or_else(|| panic!("{name}: no token request in {requests:#?}")), token);
    for url in behavior.lookups.keys() {
        let lookup = requests.iter().find(|request| request.url == *url).unwrap();
        assert!(lookup.headers["authorization"].starts_with("Bearer "), "{name}: {lookup:?}");
    }

    // what is stored
    let id = login["id"].as_str().unwrap();
    let shown = demand(&stage.run(&["tokens", "show", id]), 0);
    for (fact, value) in &behavior.facts {
        assert!(shown.contains(&format!("{fact} = {value}")), "{name}: {shown}");
    }

    if let Some(call) = &behavior.call {
        demand(&stage.run(&["call", &call.request, "--client", name, "--yes"]), 0);
        let requests = stage.proxy.take();
        let sent = requests.iter().find(|request| request.url == call.url);
        let sent = sent.unwrap_or_else(|| panic!("{name}: no call in {requests:#?}"));
        for (field, value) in &call.headers {
            assert_eq!(sent.headers.get(field), Some(value), "{name}: {sent:#?}");
        }
    }

    if let Some(refresh) = &behavior.refresh {
        stage.answer(&refresh.url, Answer::json(&refresh.response));
        demand(&stage.run(&["tokens", "refresh", id]), 0);
        let requests = stage.proxy.take();
        let sent = requests.iter().find(|request| request.url == refresh.url);
        stage.check_exchange(sent.unwrap_or_else(|| panic!("{name}: no refresh in {requests:#?}")), refresh);
    }
}

/// Plays every fourth provider.
fn play_part(part: usize) {
    let behaviors = behaviors();
    for provider in providers::all().iter().skip(part).step_by(4) {
        let behavior = behaviors.get(provider.name);
        play(provider.name, behavior.unwrap_or_else(|| panic!("`{}` has no behavior", provider.name)));
    }
}

#[test]
fn presets_work_from_init_to_refresh_part_1() {
    play_part(0);
}

#[test]
fn presets_work_from_init_to_refresh_part_2() {
    play_part(1);
}

#[test]
fn presets_work_from_init_to_refresh_part_3() {
    play_part(2);
}

#[test]
fn presets_work_from_init_to_refresh_part_4() {
    play_part(3);
}

/// The behavior of one provider.
fn behavior(name: &str) -> Behavior {
    behaviors().remove(name).unwrap()
}

#[test]
fn a_provider_needs_no_manifest() {
    let behavior = behavior("twitch");
    let stage = Stage::new("twitch", &behavior);
    stage.answer(&behavior.token.url, Answer::json(&behavior.token.response));
    let login = ["login", "--provider", "twitch", "--client-id", CLIENT_ID, "--scope", "user:read:email", "--json"];
    let login: Value = serde_json::from_str(&demand(&stage.run(&login), 0)).unwrap();
    assert_eq!(strings(&login["granted"]), BTreeSet::from(["user:read:email".to_owned()]));
    // without a client ID, the error says where to register one
    let output = stage.run(&["login", "--provider", "twitch", "--scope", "user:read:email"]);
    demand(&output, 2);
    assert!(text(&output.stderr).contains("tokscope init --provider twitch"), "{}", text(&output.stderr));
}

#[test]
fn an_issuer_needs_no_manifest() {
    let mut behavior = behavior("twitch");
    behavior.authorize = "https://login.example.com/device".to_owned();
    let metadata = r#"{"issuer": "https://login.example.com", "token_endpoint": "https://login.example.com/token",
        "device_authorization_endpoint": "https://login.example.com/device"}"#;
    let document = "https://login.example.com/.well-known/oauth-authorization-server";
    behavior.documents.insert(document.to_owned(), metadata.to_owned());
    let stage = Stage::new("twitch", &behavior);
    stage.answer("https://login.example.com/token", Answer::json(&behavior.token.response));
    let login = ["login", "--issuer", "https://login.example.com", "--client-id", CLIENT_ID, "--grant", "device_code"];
    let output = stage.run(&[&login[..], &["--scope", "user:read:email", "--json"]].concat());
    let login: Value = serde_json::from_str(&demand(&output, 0)).unwrap();
    assert_eq!(strings(&login["granted"]), BTreeSet::from(["user:read:email".to_owned()]));
}

#[test]
fn a_token_is_not_sent_to_an_api_outside_the_domains_of_the_provider() {
    let behavior = behavior("salesforce");
    let stage = Stage::new("salesforce", &behavior);
    demand(&stage.run(&["init", "--provider", "salesforce", "--client-id", CLIENT_ID]), 0);
    let trust = demand(&stage.run(&["trust", "--yes"]), 0);
    assert!(trust.contains("names in `instance_url`, if it belongs to salesforce.com, force.com"), "{trust}");
    for (base, why) in [
        ("https://acme.salesforce.com.example.net", "does not belong to `salesforce.com`"),
        ("http://acme.my.salesforce.com", "is not a valid `https` URL"),
    ] {
        let response = behavior.token.response.replace("https://acme.my.salesforce.com", base);
        stage.answer(&behavior.token.url, Answer::json(&response));
        let login: Value = serde_json::from_str(&demand(&stage.login(&[]), 0)).unwrap();
        stage.proxy.take();
        let output = stage.run(&["call", "GET /services/data", "--client", "salesforce", "--yes"]);
        assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(base) && text(&output.stderr).contains(why), "{}", text(&output.stderr));
        let requests = stage.proxy.take();
        let carries_token = requests.iter().any(|request| request.headers.contains_key("authorization"));
        assert!(!carries_token && requests.iter().all(|request| !request.url.starts_with(base)), "{requests:#?}");
        demand(&stage.run(&["tokens", "forget", login["id"].as_str().unwrap(), "--yes"]), 0);
    }
}

#[test]
fn a_server_that_accepts_json_receives_revocations_in_json() {
    let behavior = behavior("notion");
    let stage = Stage::new("notion", &behavior);
    let client = ["--client-id", CLIENT_ID, "--secret-env", "NOTION_CLIENT_SECRET"];
    demand(&stage.run(&[&["init", "--provider", "notion"][..], &client].concat()), 0);
    demand(&stage.run(&["trust", "--yes"]), 0);
    stage.answer(&behavior.token.url, Answer::json(&behavior.token.response));
    let login: Value = serde_json::from_str(&demand(&stage.login(&[]), 0)).unwrap();
    stage.proxy.take();
    stage.proxy.answer(|_| Answer::json(r#"{"request_id": "r-1"}"#));
    demand(&stage.run(&["tokens", "revoke", login["id"].as_str().unwrap(), "--yes"]), 0);
    let requests = stage.proxy.take();
    let sent = requests.iter().find(|request| request.url == "https://api.notion.com/v1/oauth/revoke").unwrap();
    assert_eq!(sent.headers["content-type"], "application/json");
    assert!(sent.headers["authorization"].starts_with("Basic "), "{sent:?}");
    assert!(sent.parameters().contains_key("token"), "{sent:?}");
}

#[test]
fn a_token_is_not_revoked_where_that_ends_more_than_the_token() {
    let mut behavior = behavior("google");
    behavior.token.response = behavior.token.response.replace("openid\"", "openid https://mail.google.com/\"");
    let stage = Stage::new("google", &behavior);
    let secret = ["--client-id", CLIENT_ID, "--secret-env", "GOOGLE_CLIENT_SECRET"];
    demand(&stage.run(&[&["init", "--provider", "google"][..], &secret].concat()), 0);
    demand(&stage.run(&["trust", "--yes"]), 0);
    stage.answer(&behavior.token.url, Answer::json(&behavior.token.response));
    let output = stage.login(&[]);
    demand(&output, 5);
    assert!(text(&output.stderr).contains("would end the client's other tokens too"), "{}", text(&output.stderr));
    assert!(stage.proxy.take().iter().all(|request| !request.url.contains("revoke")));
}

#[test]
fn every_behavior_has_a_preset() {
    for name in behaviors().keys() {
        assert!(providers::find(name).is_some(), "{name}");
    }
}
