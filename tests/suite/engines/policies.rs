//! Exports for engines that do not run here as a proxy: whole outputs, and the matrix on Cedar.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tokscope::app::Context;

use super::drift::inexpressible;
use super::harness::program;
use super::matrix::{Expected, MANIFEST, REQUESTS, expected};
use super::setting::Setting;

/// A manifest with an endpoint of each kind that all of these can express.
const SHORT: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com"
audience = "https://api.example.com"

[api.orders.scopes]
"orders:read" = {}
"orders:write" = { implies = ["orders:read"] }
"orders:list" = { implies = ["orders:read"] }
"reports:head" = {}

[api.orders.endpoints]
"GET /orders/{id}" = "orders:read"
"GET /orders/mine" = { any_of = ["orders:list", "orders:write"] }
"POST /orders/{id}" = ["orders:write", "orders:read"]
"GET /files/{+path}" = "orders:read"
"HEAD /files/{+path}" = "reports:head"
"GET /health" = []
"#;

fn export(manifest: &str, engine: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
    let mut command = crate::program::tokscope();
    command.args(["manifest", "export", engine]).args(options).current_dir(folder.path()).env("NO_COLOR", "1");
    let output = crate::program::output(&mut command, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn policies_for_istio_exclude_the_paths_of_earlier_endpoints() {
    let one_claim = ["--keys", "https://login.example.com/jwks", "--claim", "scope", "--selector", "app=orders"];
    insta::assert_snapshot!("istio", export(SHORT, "istio", &one_claim));
    let two_claims = export(SHORT, "istio", &[]);
    assert!(two_claims.contains("spaceDelimitedClaims: [\"scp\"]\n"), "{two_claims}");
    // each of two scopes in each of two claims
    assert_eq!(two_claims.matches("methods: [\"POST\"]").count(), 4);
    assert!(!two_claims.contains("jwksUri"), "{two_claims}");
}

#[test]
fn api_gateway_routes_list_the_scopes_any_of_which_is_sufficient() {
    insta::assert_snapshot!("aws", export(SHORT, "aws", &["--upstream", "https://orders.internal.example.com"]));
}

#[test]
fn cedar_permits_an_action_for_each_endpoint() {
    insta::assert_snapshot!("cedar", export(SHORT, "cedar", &[]));
}

#[test]
fn what_a_policy_language_cannot_express_is_named_with_its_reason() {
    let with = |line: &str| format!("{SHORT}{line}\n");
    let declared =
        |scope: &str| SHORT.replace("\"reports:head\" = {}", &format!("\"reports:head\" = {{}}\n\"{scope}\" = {{}}"));
    let many: String = (0..11).fold(String::new(), |text, number| {
        text + &format!("\"many:{number}\" = {{ implies = [\"reports:head\"] }}\n")
    });
    for (manifest, engine, options, reason) in [
        (with("\"GET /a/{x}.json\" = \"orders:read\""), "istio", &[][..], "a parameter that is a part of a segment"),
        (with("\"GET /a/{x}.json\" = \"orders:read\""), "aws", &[], "a parameter that is a part of a segment"),
        (with("\"GET /a/{+x}/b\" = \"orders:read\""), "istio", &[], "a catch-all before the end of its path"),
        (declared("all:*") + "\"GET /all\" = \"all:*\"\n", "istio", &[], "whose `*` Istio reads as a wildcard"),
        (
            with("\"GET /a/{x}.json/b\" = \"orders:read\"\n\"GET /a/{x}/b\" = \"orders:write\""),
            "istio",
            &["--deny", "GET /a/{x}.json/b"],
            "`GET /a/{x}/b` shares paths with `GET /a/{x}.json/b`, which Istio can't exclude",
        ),
        (with("\"GET /both\" = [\"orders:list\", \"orders:write\"]"), "aws", &[], "accepts any one of several scopes"),
        (SHORT.replace("\"reports:head\" = {}", &format!("\"reports:head\" = {{}}\n{many}")), "aws", &[], "at most 10"),
        (with("\"QUERY /x\" = []"), "aws", &[], "the method `QUERY`, which API Gateway does not route"),
        (
            with("\"GET /a/{x}/c\" = []\n\"GET /a/b/{y}\" = \"orders:read\""),
            "aws",
            &[],
            "does not document which decides",
        ),
        (SHORT.to_owned(), "aws", &["--deny", "GET /orders/mine"], "also gets the requests of `GET /orders/mine`"),
        (SHORT.to_owned(), "aws", &["--claim", "scope"], "API Gateway reads scopes from `scope` and `scp`"),
        (SHORT.to_owned(), "aws", &["--keys", "jwks.json"], "keys can't be named for aws"),
        (SHORT.to_owned(), "istio", &["--keys", "jwks.json"], "does not read keys from the file"),
        (SHORT.to_owned(), "istio", &["--selector", "app"], "`app` is not a valid label"),
        (SHORT.to_owned(), "cedar", &["--selector", "app=orders"], "has no selector"),
        (SHORT.replace("audience =", "ignore_case = true\naudience ="), "istio", &[], "ignores the case of paths"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tokscope.toml"), &manifest).unwrap();
        let mut command = crate::program::tokscope();
        command.args(["manifest", "export", engine]).args(options).current_dir(folder.path()).env("NO_COLOR", "1");
        let output = crate::program::output(&mut command, "");
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{engine} {reason}: {shown}");
        assert!(shown.contains(reason) && shown.contains("help: "), "{engine} {reason}: {shown}");
        assert!(output.stdout.is_empty());
    }
}

/// Decides with the real engine about requests from standard input.
const DECIDE: &str = "import json, sys, cedarpy
policies = open(sys.argv[1]).read()
requests = [dict(principal='Client::\"c\"', action='Action::' + json.dumps(r['action']), resource='Api::\"orders\"', context=r['context'])
            for r in json.load(sys.stdin)]
results = cedarpy.is_authorized_batch(requests, policies, [])
print(json.dumps([result.decision == cedarpy.Decision.Allow for result in results]))";

/// The application finds the endpoint, verifies the token, and passes on the claims of one that is valid.
#[test]
#[ignore = "needs the engines of .ci/run"]
fn cedar_decides_like_check() {
    let setting = Setting::new();
    assert!(inexpressible("cedar").is_empty());
    let file = setting.path().join("policies.cedar");
    fs::write(&file, export(MANIFEST, "cedar", &[])).unwrap();
    let context = Context::from_source("tokscope.toml", MANIFEST).unwrap();
    let mut requests: Vec<Value> = Vec::new();
    let mut wanted = Vec::new();
    for (method, path) in REQUESTS {
        let endpoint = context.endpoint(context.find(&format!("{method} {path}"), None).unwrap().id).unwrap().1;
        for token in &setting.tokens {
            let decided = expected(&context, token, method, path);
            let context = match token.text.as_deref().map(claims) {
                // the application refuses a token that is not valid
                Some(_) if decided == Expected::Unusable => continue,
                Some(claims) => {
                    let scopes = [words(&claims["scope"]), words(&claims["scp"])].concat();
                    json!({ "issuer": claims["iss"], "audiences": words(&claims["aud"]), "scopes": scopes })
                }
                None => json!({}),
            };
            requests.push(json!({ "action": format!("{method} {}", endpoint.template), "context": context }));
            wanted.push(decided == Expected::Allowed);
        }
    }
    let mut command = Command::new(program("python"));
    command.args(["-c", DECIDE]).arg(&file);
    let output = crate::program::output(&mut command, Value::from(requests.clone()).to_string());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let decisions: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(decisions.len(), wanted.len());
    for ((request, decision), wanted) in requests.iter().zip(decisions).zip(wanted) {
        assert_eq!(decision, wanted, "{request}");
    }
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or(Value::Null)
}

/// Words of a string, or members of an array.
fn words(claim: &Value) -> Vec<Value> {
    match claim {
        Value::String(text) => text.split(' ').filter(|word| !word.is_empty()).map(Value::from).collect(),
        Value::Array(members) => members.clone(),
        _ => Vec::new(),
    }
}
