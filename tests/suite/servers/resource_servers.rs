//! Why a call failed, against resource servers made by others: the program calls, and the program reads a capture of the
//! same answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Output;
use std::sync::LazyLock;

use http::Method;
use serde_json::Value;
use tokscope::oauth::DpopKey;
use tokscope::secret::Secret;

use super::harness::{self, DOT, PROVIDER, PROVIDER_WITH_NONCES, Server};

static AUTH0: LazyLock<Server> =
    LazyLock::new(|| Server::start_with("resource-servers", &["rs-auth0.cjs", &PROVIDER.base, AUDIENCE], &[]));
static MCP: LazyLock<Server> =
    LazyLock::new(|| Server::start_with("resource-servers", &["rs-mcp.mjs", &PROVIDER.base, AUDIENCE], &[]));
/// With tokens that live for a second.
static DOT_SHORT: LazyLock<Server> =
    LazyLock::new(|| Server::start_with("django-oauth-toolkit", &[], &[("AT_TTL", "1")]));

const AUDIENCE: &str = "urn:api:jwt";

/// Beyond the tolerance of every one of these servers.
const PAST_EXPIRY: std::time::Duration = std::time::Duration::from_secs(9);

/// A manifest of a resource server, with the client that gets tokens for it.
fn manifest(base: &str, issuer: &str, audience: &str, client: &str, more: &str) -> String {
    format!(
        r#"
[api.a]
base_url = "{base}"
issuer = "{issuer}"
{audience}
[api.a.scopes]
"api:read" = {{}}
"api:write" = {{ risk = "high" }}
"api:admin" = {{ risk = "critical" }}
openid = {{}}
[api.a.endpoints]
"GET /read" = "api:read"
"GET /write" = "api:write"
"GET /both" = ["api:read", "api:write"]
"GET /any" = {{ any_of = ["api:write", "api:admin"] }}
"GET /fresh" = []
"GET /admin" = "api:admin"
"GET /me" = "openid"
"GET /api/read" = "api:read"
"GET /api/write" = "api:write"
"GET /api/write9728" = "api:write"
"MCP tools/call search" = "api:read"
"MCP tools/call save" = "api:write"
[client.c]
issuer = "{issuer}"
client_id = "{client}"
{more}
"#
    )
}

const MACHINE: &str = "grants = [\"client_credentials\"]\nsecret = { env = \"CLIENT_SECRET\" }";

fn jwt_manifest(base: &str, client: &str, more: &str) -> String {
    manifest(base, &PROVIDER.base, &format!("audience = \"{AUDIENCE}\""), client, &format!("{MACHINE}\n{more}"))
}

/// A token with what these endpoints need.
fn token(manifest: &str, secret: &str, endpoints: &[&str]) -> String {
    let mut arguments = vec!["token", "--client", "c"];
    arguments.extend(endpoints.iter().flat_map(|endpoint| ["-e", *endpoint]));
    let output = harness::cli(manifest, &arguments, &[("CLIENT_SECRET", secret)], "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Asks by hand and keeps the answer as it came: what `curl -i` would show.
fn capture(base: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let host = base.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in fields {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no document: {}", String::from_utf8_lossy(&output.stderr)))
}

/// `a b|c`
fn lists(missing: &Value) -> String {
    let one =
        |set: &Value| set.as_array().unwrap().iter().map(|scope| scope.as_str().unwrap()).collect::<Vec<_>>().join(" ");
    missing.as_array().unwrap().iter().map(one).collect::<Vec<_>>().join("|")
}

/// What is expected of one call: the exit code, the cause, what is missing, how sure.
struct Expected(i32, &'static str, &'static str, &'static str);

/// Calls, and reads a capture of the same answer with everything that is known and with nothing.
fn check(base: &str, manifest: &str, path: &str, token: Option<&str>, what: &str, expected: &Expected) {
    let endpoint = format!("GET {path}");
    let said = |found: &Value| {
        format!(
            "{} {} {}",
            found["cause"].as_str().unwrap(),
            lists(&found["missing"]),
            found["confidence"].as_str().unwrap()
        )
    };
    let Expected(code, cause, missing, confidence) = expected;
    let wanted = format!("{cause} {missing} {confidence}");

    // some of the tokens are meant for another API, which needs a confirmation
    let mut arguments = vec!["call", &endpoint, "--json", "--yes"];
    arguments.extend(token.iter().flat_map(|_| ["--token", "-"]));
    let output = harness::cli(manifest, &arguments, &[], token.unwrap_or_default());
    let called = document(&output);
    assert_eq!((said(&called["diagnosis"]), output.status.code()), (wanted.clone(), Some(*code)), "{what}: {called:#}");

    let bearer = token.map(|token| format!("Bearer {token}"));
    let fields: Vec<(&str, &str)> = bearer.iter().map(|value| ("Authorization", value.as_str())).collect();
    let answer = capture(base, path, &fields);
    // what was sent is in the capture too, as `curl -v` shows it
    let sent = bearer.map_or(String::new(), |value| format!("> Authorization: {value}\n"));
    let host = base.trim_start_matches("http://").split('/').next().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let received = head.replace("\r\n", "\n< ");
    let transcript = format!("> GET {path} HTTP/1.1\n> Host: {host}\n{sent}>\n< {received}\n<\n{body}");
    let output = harness::program(manifest, &["why", "--json"], &[], &transcript);
    let known = document(&output);
    assert_eq!((said(&known), output.status.code()), (wanted, Some(*code)), "{what}, captured: {known:#}");

    // the answer alone: no other cause than the call's, and no scope where there is none
    let output = harness::program("", &["why", "--json"], &[], &answer);
    let alone = document(&output);
    if *cause == "scope" {
        assert!(matches!(alone["cause"].as_str(), Some("scope" | "unknown")), "{what}, alone: {alone:#}");
    } else {
        assert_eq!(alone["missing"], serde_json::json!([]), "{what}, alone: {alone:#}");
    }
    for output in [&output.stdout, &output.stderr] {
        assert!(token.is_none_or(|token| !String::from_utf8_lossy(output).contains(token)), "{what}");
    }
}

/// The same token with another signature.
fn forged(token: &str) -> String {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (first, rest) = signature.split_at(1);
    format!("{message}.{}{rest}", if first == "A" { "B" } else { "A" })
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn auth0_and_mcp_resource_servers_and_every_way_to_be_refused() {
    let other = format!("{}/api", PROVIDER.base);
    let elsewhere = manifest(&PROVIDER.base, &PROVIDER.base, &format!("audience = \"{other}\""), "m2m", MACHINE);
    for server in [&*AUTH0, &*MCP] {
        let base = &server.base;
        let own = jwt_manifest(base, "m2m", "");
        let short = jwt_manifest(base, "m2m-short", "");
        let expired = token(&short, "m2m-short-secret", &["GET /read"]);
        let reads = token(&own, "m2m-secret", &["GET /read"]);
        let admin = token(&own, "m2m-secret", &["GET /admin"]);
        let both = token(&own, "m2m-secret", &["GET /both"]);
        let misplaced = token(&elsewhere, "m2m-secret", &["GET /read"]);
        let forged = forged(&reads);
        std::thread::sleep(PAST_EXPIRY);
        for (what, path, token, expected) in [
            ("allowed", "/read", Some(&reads), Expected(0, "none", "", "certain")),
            ("both at once", "/both", Some(&both), Expected(0, "none", "", "certain")),
            ("expired", "/read", Some(&expired), Expected(4, "token-expired", "", "certain")),
            ("bad signature", "/read", Some(&forged), Expected(4, "token-invalid", "", "certain")),
            ("wrong audience", "/read", Some(&misplaced), Expected(4, "audience", "", "certain")),
            ("missing scope", "/write", Some(&reads), Expected(3, "scope", "api:write", "certain")),
            ("one of two missing", "/both", Some(&reads), Expected(3, "scope", "api:write", "certain")),
            ("two missing", "/both", Some(&admin), Expected(3, "scope", "api:read api:write", "certain")),
        ] {
            check(base, &own, path, token.map(String::as_str), what, &expected);
        }
        // this one names the scope to whoever brings no token, as RFC 9728 likes it; the other says nothing
        let missing = if std::ptr::eq(server, &raw const *MCP) { "api:read" } else { "" };
        check(base, &own, "/read", None, "no token", &Expected(4, "token-invalid", missing, "certain"));
    }
    let own = jwt_manifest(&AUTH0.base, "m2m", "");
    let reads = token(&own, "m2m-secret", &["GET /read"]);
    for (what, path, expected) in [
        ("any of two", "/any", Expected(3, "scope", "api:write|api:admin", "certain")),
        ("step-up", "/fresh", Expected(5, "step-up", "", "certain")),
    ] {
        check(&AUTH0.base, &own, path, Some(&reads), what, &expected);
    }
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn django_and_every_way_to_be_refused() {
    let of = |server: &Server| {
        let base = server.base.trim_end_matches("/o");
        let more = format!("{MACHINE}\naudience_parameter = \"none\"");
        (base.to_owned(), manifest(base, &server.base, "", "m2m", &more))
    };
    let (base, own) = of(&DOT);
    let reads = token(&own, "m2m-secret", &["GET /api/read"]);
    let (short_base, short) = of(&DOT_SHORT);
    let expired = token(&short, "m2m-secret", &["GET /api/read"]);
    std::thread::sleep(std::time::Duration::from_secs(2));
    for (what, base, manifest, path, token, expected) in [
        ("allowed", &base, &own, "/api/read", Some(&reads), Expected(0, "none", "", "certain")),
        // its tokens are opaque: what the server says is all that there is
        ("expired", &short_base, &short, "/api/read", Some(&expired), Expected(4, "token-expired", "", "certain")),
        ("missing scope", &base, &own, "/api/write", Some(&reads), Expected(3, "scope", "api:write", "certain")),
        ("with metadata", &base, &own, "/api/write9728", Some(&reads), Expected(3, "scope", "api:write", "certain")),
        ("no token", &base, &own, "/api/read", None, Expected(4, "token-invalid", "", "certain")),
    ] {
        check(base, manifest, path, token.map(String::as_str), what, &expected);
    }
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn a_bound_token_is_called_with_its_proof_and_is_worth_nothing_without() {
    let bound = jwt_manifest(&AUTH0.base, "m2m", "dpop = true");
    let environment = [("CLIENT_SECRET", "m2m-secret")];
    let output = harness::cli(&bound, &["call", "GET /read", "--client", "c", "--json"], &environment, "");
    let called = document(&output);
    assert_eq!((output.status.code(), &called["status"]), (Some(0), &Value::from(200)), "{called:#}");
    let stolen = token(&bound, "m2m-secret", &["GET /read"]);
    let expected = Expected(4, "binding", "", "certain");
    check(&AUTH0.base, &jwt_manifest(&AUTH0.base, "m2m", ""), "/read", Some(&stolen), "no proof", &expected);
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn a_call_over_tls_says_what_it_took_to_connect_and_which_version_was_spoken() {
    let (host, port) = PROVIDER.base.rsplit_once(':').unwrap();
    let secure = format!("{}:{}", host.replace("http:", "https:"), port.parse::<u16>().unwrap() + 1);
    let own = manifest(&secure, &PROVIDER.base, "", "m2m", MACHINE);
    let output = harness::cli(&own, &["call", "GET /me", "--json", "--http1"], &[], "");
    let called = document(&output);
    assert_eq!((output.status.code(), &called["version"]), (Some(4), &Value::from("HTTP/1.1")), "{called:#}");
    let timing = &called["timing_ms"];
    assert!(timing["connect"].is_null() && timing["connect_tls"].as_f64() > Some(0.0), "{timing}");
    // this server has no HTTP/2
    let output = harness::cli(&own, &["call", "GET /me", "--http2"], &[], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("error: "), "{said}");
}

#[test]
#[ignore = "needs the servers of .ci/run"]
fn a_nonce_that_an_api_asks_for_is_fetched_by_the_program() {
    let base = &PROVIDER_WITH_NONCES.base;
    let more = "dpop = true\naudience_parameter = \"none\"";
    let own = manifest(base, base, "", "cli-dpop", more);
    let browser = harness::browser_script();
    let arguments = ["call", "GET /me", "--client", "c", "--json"];
    let output = harness::cli(&own, &arguments, &[("BROWSER", browser.as_str())], "");
    let called = document(&output);
    assert_eq!((output.status.code(), &called["status"]), (Some(0), &Value::from(200)), "{called:#}");
    // the refusal that asks for it, as it is captured elsewhere
    let url = url::Url::parse(&format!("{base}/me")).unwrap();
    let secret = Secret::new("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let proof = DpopKey::generate().unwrap().proof(&Method::GET, &url, Some(&secret)).unwrap();
    let authorization = format!("DPoP {}", secret.expose());
    let answer = capture(base, "/me", &[("Authorization", &authorization), ("DPoP", proof.to_str().unwrap())]);
    assert!(answer.contains("use_dpop_nonce"), "{answer}");
    let output = harness::program(&own, &["why", "--json", "--endpoint", "GET /me"], &[], &answer);
    let found = document(&output);
    assert_eq!((found["cause"].as_str(), output.status.code()), (Some("binding"), Some(4)), "{found:#}");
    assert_eq!(found["missing"], serde_json::json!([]));
}
