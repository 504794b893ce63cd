//! `tokscope discover` on the metadata documents that providers publish, played at their real URLs: `documents.toml`.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use super::proxy::{Answer, Proxy};
use crate::support::text;

const DOCUMENTS: &str = include_str!("documents.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    url: String,
    /// Documents, by URL; anything else is not found.
    documents: BTreeMap<String, String>,
    /// Issuer that is found, if one is.
    #[serde(default)]
    issuer: Option<String>,
    /// Preset that is recognized.
    #[serde(default)]
    provider: Option<String>,
    /// Findings that must be reported.
    #[serde(default)]
    findings: Vec<String>,
    /// Text that must be part of the result.
    #[serde(default)]
    says: Vec<String>,
}

#[test]
fn published_metadata_is_understood() {
    let cases: BTreeMap<String, Case> = toml::from_str(DOCUMENTS).unwrap();
    for (name, case) in &cases {
        let folder = tempfile::tempdir().unwrap();
        let proxy = Proxy::start();
        std::fs::write(folder.path().join("ca.pem"), &proxy.authority).unwrap();
        let documents = case.documents.clone();
        proxy
            .answer(move |request| documents.get(&request.url).map_or_else(Answer::missing, |body| Answer::json(body)));
        let output = Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["discover", &case.url, "--json"])
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("HTTPS_PROXY", &proxy.address)
            .env("TOKSCOPE_CA_FILE", folder.path().join("ca.pem"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = text(&output.stdout);
        let found: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{name}: {}", text(&output.stderr)));
        let issuer = found.pointer("/issuers/0/issuer").and_then(Value::as_str);
        assert_eq!(issuer, case.issuer.as_deref(), "{name}: {said}");
        let provider = found.pointer("/issuers/0/provider").and_then(Value::as_str);
        assert_eq!(provider, case.provider.as_deref(), "{name}: {said}");
        let codes: Vec<&str> =
            found["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
        for code in &case.findings {
            assert!(codes.contains(&code.as_str()), "{name}: `{code}` is not in {codes:?}: {said}");
        }
        for text in &case.says {
            assert!(said.contains(text), "{name}: `{text}` is not in {said}");
        }
    }
}
