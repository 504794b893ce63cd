//! Every refusal of the demo's API, provoked with tokens minted for the purpose.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic on failure")]

use std::sync::mpsc;

use serde_json::Value;
use tokio::sync::oneshot;
use tokscope::demo::{self, Demo, Mint, Signature};
use tokscope::scope::ScopeSet;

use crate::program;

/// One call: its name, endpoint and token; then the expected exit code, cause, missing scopes and confidence.
type Case = (&'static str, &'static str, Option<Mint>, i32, &'static str, &'static str, &'static str);

fn cases() -> Vec<Case> {
    let granting = |scopes: &str| Mint::granting(&ScopeSet::parse(scopes).unwrap());
    let reads = || granting("orders:read");
    // a challenge names one alternative: this server names the least privileged
    let delete = "orders:delete orders:write";
    vec![
        ("allowed", "GET /orders", Some(reads()), 0, "none", "", "certain"),
        ("no token", "GET /orders", None, 4, "token-invalid", "", "certain"),
        ("expired", "GET /orders", Some(Mint { expires_in: -60, ..reads() }), 4, "token-expired", "", "certain"),
        (
            "not yet valid",
            "GET /orders",
            Some(reads().claim("nbf", 4_000_000_000_i64)),
            4,
            "token-not-yet-valid",
            "",
            "certain",
        ),
        (
            "bad signature",
            "GET /orders",
            Some(Mint { signature: Signature::Broken, ..reads() }),
            4,
            "token-invalid",
            "",
            "certain",
        ),
        (
            "no signature",
            "GET /orders",
            Some(Mint { signature: Signature::None, ..reads() }),
            4,
            "token-invalid",
            "",
            "certain",
        ),
        ("wrong audience", "GET /orders", Some(reads().claim("aud", "https://b.test")), 4, "audience", "", "certain"),
        ("wrong issuer", "GET /orders", Some(reads().claim("iss", "https://b.test")), 4, "issuer", "", "certain"),
        ("missing scope", "GET /customers", Some(reads()), 3, "scope", "customers:read", "certain"),
        (
            "two missing",
            "POST /orders",
            Some(granting("reports:read")),
            3,
            "scope",
            "customers:read orders:write",
            "certain",
        ),
        ("one of two missing", "POST /orders", Some(granting("orders:write")), 3, "scope", "customers:read", "certain"),
        ("none of two alternatives", "DELETE /orders/1", Some(reads()), 3, "scope", delete, "certain"),
        ("outdated manifest", "GET /reports/sales", Some(reads()), 3, "scope", "reports:read", "likely"),
    ]
}

/// Serves the demo on its own thread until the sender is dropped. Returns the manifest and a token per case.
fn serve() -> (String, Vec<Option<String>>, oneshot::Sender<()>) {
    let (ready, started) = mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let demo: Demo = demo::start().await.unwrap();
            let mut tokens = Vec::new();
            for (_, _, mint, ..) in cases() {
                tokens.push(match mint {
                    Some(mint) => Some(demo.mint(&mint).await.unwrap().expose().to_owned()),
                    None => None,
                });
            }
            ready.send((demo.manifest.clone(), tokens)).unwrap();
            let _ = stopped.await;
        });
    });
    let (manifest, tokens) = started.recv().unwrap();
    (manifest, tokens, stop)
}

fn lists(missing: &Value) -> String {
    let one =
        |set: &Value| set.as_array().unwrap().iter().map(|scope| scope.as_str().unwrap()).collect::<Vec<_>>().join(" ");
    missing.as_array().unwrap().iter().map(one).collect::<Vec<_>>().join("|")
}

#[test]
fn every_refusal_of_the_demo_api_is_diagnosed() {
    let (manifest, tokens, _serving) = serve();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
    for ((what, endpoint, _, code, cause, missing, confidence), token) in cases().into_iter().zip(tokens) {
        let mut command = program::tokscope();
        command.current_dir(folder.path()).env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path());
        command.env("XDG_STATE_HOME", folder.path()).env("TOKSCOPE_STORE", "memory");
        command.args(["call", endpoint, "--trust-manifest", "--json", "--yes"]);
        if token.is_some() {
            command.args(["--token", "-"]);
        }
        let output = program::output(&mut command, token.as_deref().unwrap_or_default());
        let stderr = String::from_utf8_lossy(&output.stderr);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let found = &document["diagnosis"];
        assert_eq!(output.status.code(), Some(code), "{what}: {stderr}{document:#}");
        assert_eq!(
            (found["cause"].as_str(), lists(&found["missing"]).as_str(), found["confidence"].as_str()),
            (Some(cause), missing, Some(confidence)),
            "{what}: {document:#}"
        );
    }
}
