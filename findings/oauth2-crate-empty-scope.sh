#!/usr/bin/env bash
# RFC 6749 section 3.3: scope is a list of non-empty tokens separated by single spaces. Servers send `"scope": ""` for "none",
# and two spaces where a name was left out.
# Seen: the Rust crate oauth2 5.0.0 splits at each space and keeps empty parts: "" is one scope with an empty name, "a  b" is
# three scopes, so a comparison of granted with requested scopes finds one too many.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
oauth2 = { version = "=5.0.0", default-features = false }
serde_json = "1"
TOML
cat >src/main.rs <<'RS'
use oauth2::{TokenResponse, basic::BasicTokenResponse};
fn main() {
    for scope in ["", "a  b"] {
        let body = format!(r#"{{"access_token":"t","token_type":"bearer","scope":"{scope}"}}"#);
        let response: BasicTokenResponse = serde_json::from_str(&body).unwrap();
        let scopes: Vec<&str> = response.scopes().unwrap().iter().map(|scope| scope.as_str()).collect();
        println!("{scope:?} -> {scopes:?}");
    }
}
RS
seen=$(cargo run --quiet)
echo "$seen"
[ "$seen" = '"" -> [""]
"a  b" -> ["a", "", "b"]' ] || { echo "the behaviour has changed" >&2; exit 1; }
