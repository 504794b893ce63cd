//! An identity provider that vouches for its user at another authorization server: `identity_provider` of a client.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::support::{Behavior, Home, MockServer, demand, manifest, server, text};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const LOGIN: [&str; 6] = ["login", "--no-browser", "-e", "GET /orders", "--client", "chat"];
const TOKEN: [&str; 6] = ["token", "-e", "GET /orders", "--client", "chat", "--no-interact"];

/// Parameters of a request.
type Form = HashMap<String, String>;

struct Stage {
    /// Identity provider.
    sso: Arc<MockServer>,
    /// Authorization server of the API, which has no sign-in.
    chat: Arc<MockServer>,
    home: Home,
    /// What `trust` shows.
    trusted: String,
}

impl Stage {
    fn new(behavior: Behavior) -> Self {
        let (sso, chat) = (server(), server());
        sso.behave(behavior);
        let home = Home::new(&sso);
        let api = manifest(&chat.origin, &chat.origin);
        let api = api.replacen(
            &format!("issuer   = \"{}\"", chat.origin),
            &format!("issuer   = \"{}\"\naudience = \"https://chat.example.com/api\"", chat.origin),
            1,
        );
        let clients = format!(
            "\n[client.chat]\nissuer = \"{}\"\nclient_id = \"chat-id\"\ngrants = [\"jwt_bearer\"]\n\
             secret = {{ env = \"CLIENT_SECRET\" }}\nidentity_provider = \"sso\"\n\
             [client.sso]\nissuer = \"{}\"\nclient_id = \"sso-id\"\n",
            chat.origin, sso.origin
        );
        home.write("tokscope.toml", &(api + &clients));
        let output = home.run(&["trust", "--yes"]);
        let trusted = demand(&output, 0) + &text(&output.stderr);
        Self { sso, chat, home, trusted }
    }

    /// The token requests that the identity provider and the other server have received.
    fn requests(&self) -> (Vec<Form>, Vec<Form>) {
        (self.sso.token_requests(), self.chat.token_requests())
    }
}

fn claims(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[test]
fn a_login_at_the_identity_provider_becomes_a_token_of_the_other_server() {
    let stage = Stage::new(Behavior::new().identity_provider(3600));
    let output = stage.home.run_and_sign_in(&stage.sso, &LOGIN);
    demand(&output, 0);
    let said = text(&output.stderr);
    assert!(said.contains(&format!("signing in at the identity provider {} first", stage.sso.origin)), "{said}");
    assert_eq!(stage.sso.authorization_request()["scope"], "openid");
    let (sso, chat) = stage.requests();
    assert_eq!((sso.len(), chat.len()), (2, 1));
    let exchange = &sso[1];
    let sent = ["grant_type", "requested_token_type", "subject_token_type", "audience", "resource", "scope"];
    assert_eq!(
        sent.map(|name| exchange[name].as_str()),
        [EXCHANGE, ID_JAG, ID_TOKEN, &stage.chat.origin, "https://chat.example.com/api", "orders:read"]
    );
    assert_eq!(claims(&exchange["subject_token"])["aud"], "sso-id");
    let redeemed = &chat[0];
    assert_eq!(
        ["grant_type", "resource", "scope"].map(|name| redeemed[name].as_str()),
        [BEARER, "https://chat.example.com/api", "orders:read"]
    );
    assert_eq!(claims(&redeemed["assertion"])["aud"], stage.chat.origin);

    // the stored sign-in serves other endpoints without a browser, and the token is used by `call`
    let token = demand(&stage.home.run(&[&TOKEN[..], &["-e", "POST /orders"]].concat()), 0);
    assert!(token.starts_with(&stage.chat.needle), "{token}");
    let (sso, chat) = stage.requests();
    assert_eq!((sso.len(), chat.len()), (3, 2));
    assert_eq!(chat[1]["scope"], "orders:read orders:write");
    demand(&stage.home.run(&["call", "GET /orders", "--client", "chat", "--no-interact"]), 0);
    assert_eq!(stage.chat.take_authorization_headers().len(), 1);
}

#[test]
fn an_mcp_server_is_called_with_a_token_of_the_identity_provider() {
    let stage = Stage::new(Behavior::new().identity_provider(3600));
    let manifest = fs::read_to_string(stage.home.path().join("tokscope.toml")).unwrap();
    let url = format!("{}/mcp", stage.chat.origin);
    let api = format!(
        "[api.mcp]\nbase_url = \"{url}\"\nissuer = \"{}\"\naudience = \"{url}\"\n[api.mcp.scopes]\n\"files:read\" = {{}}\n\
         [api.mcp.endpoints]\n\"MCP tools/call search\" = \"files:read\"\n",
        stage.chat.origin
    );
    stage.home.write("tokscope.toml", &(manifest + &api));
    demand(&stage.home.run(&["trust", "--yes"]), 0);
    demand(
        &stage.home.run_and_sign_in(&stage.sso, &["login", "--no-browser", "--client", "sso", "--scope", "openid"]),
        0,
    );
    let call = ["call", "--mcp", &url, "tools/call", "search", "--data", "{}", "--yes", "--client", "chat"];
    demand(&stage.home.run(&call), 0);
    let (sso, chat) = stage.requests();
    assert_eq!((sso[1]["resource"].as_str(), sso[1]["scope"].as_str()), (url.as_str(), "files:read"));
    assert_eq!(chat[0]["grant_type"], BEARER);
    let expected = format!("Bearer {}-access-0", stage.chat.needle);
    assert_eq!(stage.chat.take_authorization_headers(), [expected]);
}

#[test]
fn an_expired_id_token_is_replaced_by_a_refresh_before_the_user_is_asked() {
    let stage = Stage::new(Behavior::new().identity_provider(-120));
    // a new ID token is used whatever the clocks say: the identity provider decides
    demand(&stage.home.run_and_sign_in(&stage.sso, &LOGIN), 0);
    stage.sso.behave(Behavior::new().identity_provider(3600));
    demand(&stage.home.run(&[&TOKEN[..], &["-e", "POST /orders"]].concat()), 0);
    assert_eq!(stage.sso.refreshes(), 1);
    let (sso, _) = stage.requests();
    let used = &sso.last().unwrap()["subject_token"];
    assert!(claims(used)["exp"].as_i64().unwrap() > jiff::Timestamp::now().as_second(), "{used}");
}

#[test]
fn a_missing_sign_in_names_the_client_of_the_identity_provider() {
    let stage = Stage::new(Behavior::new().identity_provider(3600));
    let output = stage.home.run(&TOKEN);
    demand(&output, 5);
    let said = text(&output.stderr);
    assert!(said.contains("tokscope login --client sso --scope openid"), "{said}");
    assert_eq!(stage.requests().0.len() + stage.requests().1.len(), 0);
    // the command that it names works, and is sufficient
    let login = ["login", "--no-browser", "--client", "sso", "--scope", "openid"];
    demand(&stage.home.run_and_sign_in(&stage.sso, &login), 0);
    demand(&stage.home.run(&TOKEN), 0);
}

#[test]
fn only_one_of_several_processes_signs_in_at_the_identity_provider() {
    let mut stage = Stage::new(Behavior::new().identity_provider(3600));
    let browser = stage.home.path().join("browser");
    fs::write(&browser, format!("#!/bin/sh\necho >> {}/opened\n", stage.home.path().display())).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    stage.home.variables.insert("BROWSER", browser.to_string_lossy().into_owned());
    let arguments = ["token", "-e", "GET /orders", "--client", "chat"];
    let first = stage.home.tokscope(&arguments).spawn().unwrap();
    let started = Instant::now();
    while !stage.home.path().join("opened").exists() {
        assert!(started.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(10));
    }
    let others: Vec<_> = (0..2).map(|_| stage.home.tokscope(&arguments).spawn().unwrap()).collect();
    demand(&Home::sign_in_to(&stage.sso, first), 0);
    for other in others {
        demand(&other.wait_with_output().unwrap(), 0);
    }
    assert_eq!(fs::read_to_string(stage.home.path().join("opened")).unwrap().lines().count(), 1);
}

#[test]
fn an_id_token_can_be_passed_as_the_subject() {
    let stage = Stage::new(Behavior::new().identity_provider(3600));
    stage.home.write_private("id", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2ln\n");
    demand(&stage.home.run(&[&TOKEN[..], &["--subject", "id"]].concat()), 0);
    let (sso, chat) = stage.requests();
    assert_eq!((sso.len(), chat.len()), (1, 1));
    assert_eq!(claims(&sso[0]["subject_token"])["sub"], "bob");
}

#[test]
fn the_policy_of_the_identity_provider_narrows_and_refuses() {
    let stage = Stage::new(Behavior::new().identity_provider(3600).allows_elsewhere("orders:read"));
    let both = [&LOGIN[..], &["-e", "POST /orders"]].concat();
    let output = stage.home.run_and_sign_in(&stage.sso, &both);
    demand(&output, 3);
    assert_eq!(stage.requests().1[0]["scope"], "orders:read");
    stage.sso.behave(Behavior::new().identity_provider(3600).allows_elsewhere(""));
    let output = stage.home.run(&[&LOGIN[..], &["--no-interact"]].concat());
    demand(&output, 5);
    let said = text(&output.stderr);
    for part in ["access_denied", "the policy denies this application", "an administrator of", &stage.chat.origin] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(stage.requests().1.len(), 1, "nothing was sent to the other server");
}

#[test]
fn the_identity_provider_must_be_a_client_that_signs_users_in() {
    let home = Home::new(&server());
    let client = |name: &str, more: &str| {
        format!("[client.{name}]\nissuer = \"https://{name}.example.com\"\nclient_id = \"{name}\"\n{more}\n")
    };
    let chat = client("chat", "grants = [\"jwt_bearer\"]\nidentity_provider = \"sso\"");
    for (manifest, code, said) in [
        (chat.clone() + &client("sso", ""), 0, ""),
        (chat.clone(), 2, "`sso` is not a client of this manifest"),
        (
            chat.clone() + &client("sso", "grants = [\"client_credentials\"]"),
            2,
            "client `sso` has no grant with a sign-in",
        ),
        (client("chat", "identity_provider = \"sso\"") + &client("sso", ""), 2, "`identity_provider` requires"),
        (
            client("chat", "grants = [\"jwt_bearer\"]"),
            2,
            "`jwt_bearer` requires `assertion`, `key` or `identity_provider`",
        ),
    ] {
        home.write("tokscope.toml", &manifest);
        let output = home.run(&["manifest", "lint", "--fail-on", "error"]);
        assert_eq!(output.status.code(), Some(code), "{manifest}: {}", text(&output.stderr));
        assert!((text(&output.stdout) + &text(&output.stderr)).contains(said), "{said}: {}", text(&output.stdout));
    }
}

#[test]
fn trust_shows_the_identity_provider() {
    let stage = Stage::new(Behavior::new().identity_provider(3600));
    let expected = format!("identity provider {} (client \"sso-id\") for client \"chat-id\"", stage.sso.origin);
    assert!(stage.trusted.contains(&expected), "{}", stage.trusted);
}
