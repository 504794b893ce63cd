//! What a run of the matrix needs: a folder with manifest and keys, tokens, an upstream.

use std::fs;
use std::path::Path;

use tokscope::app::Context;

use super::harness::{Response, Upstream, free_port, send};
use super::matrix::{Expected, MANIFEST, REQUESTS, STRAY, Token, expected, key, tokens};

/// A folder with the manifest and keys, and what the matrix needs.
pub(crate) struct Setting {
    folder: tempfile::TempDir,
    pub(crate) tokens: Vec<Token>,
    pub(crate) upstream: Upstream,
    pub(crate) port: u16,
}

impl Setting {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        key(folder.path());
        key(other.path());
        fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
        let tokens = tokens(folder.path(), other.path());
        Self { folder, tokens, upstream: Upstream::start(), port: free_port() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the ID of the key.
    pub(crate) fn key_id(&self) -> String {
        let keys = fs::read_to_string(self.path().join("jwks.json")).unwrap();
        let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
        keys["keys"][0]["kid"].as_str().unwrap().to_owned()
    }

    /// Exports the manifest for an engine to a file.
    pub(crate) fn export(&self, engine: &str, keys: &str, file: &str) {
        let mut command = crate::program::tokscope();
        let (kid, keys) = keys.split_once('#').map_or(("", keys), |(kid, keys)| (kid, keys));
        let separator = if kid.is_empty() { "" } else { "#" };
        let keys = format!("{kid}{separator}{}", self.path().join(keys).display());
        command.current_dir(self.path()).args(["manifest", "export", engine, "-o", file, "--keys", &keys]);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        command.args(["--upstream", &format!("http://127.0.0.1:{}", self.upstream.port)]);
        let output = crate::program::output(&mut command, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn send(&self, token: &Token, method: &str, path: &str) -> Response {
        let value = token.text.as_ref().map(|text| format!("Bearer {text}"));
        let fields: Vec<(&str, &str)> = value.iter().map(|value| ("Authorization", value.as_str())).collect();
        send(self.port, method, &format!("/v1{path}"), &fields)
    }

    /// Compares every cell with `tokscope check`. `public`: whether a public endpoint is reached with any token.
    pub(crate) fn compare(&self, public: bool, accept: impl Fn(Expected, &Response) -> bool) {
        let context = Context::from_source("tokscope.toml", MANIFEST).unwrap();
        let mut wrong = Vec::new();
        let mut cells = 0;
        for token in &self.tokens {
            for (method, path) in REQUESTS {
                let expected = match expected(&context, token, method, path) {
                    Expected::Unusable if public && path == "/health" => Expected::Allowed,
                    expected => expected,
                };
                let response = self.send(token, method, path);
                let seen = self.upstream.take().len();
                let is_passed = seen == usize::from(expected == Expected::Allowed);
                if !accept(expected, &response) || !is_passed {
                    wrong.push(format!(
                        "{}: {method} {path}: {expected:?}, but {} ({seen} upstream)",
                        token.name, response.status
                    ));
                }
                cells += 1;
            }
        }
        assert!(wrong.is_empty(), "{} of {cells} cells differ:\n{}", wrong.len(), wrong.join("\n"));
        let everything = self.tokens.iter().find(|token| token.name == "everything").unwrap();
        for (method, path) in STRAY {
            let response = self.send(everything, method, path);
            let passed = self.upstream.take();
            assert!(passed.is_empty() && response.status >= 400, "{method} {path}: {} {passed:?}", response.status);
        }
        // an encoded colon does not turn an endpoint into one that needs less
        let writer = self.tokens.iter().find(|token| token.name == "two scopes").unwrap();
        let response = self.send(writer, "POST", "/orders/7%3Acancel");
        assert!(self.upstream.take().is_empty(), "{response:?}");
    }

    pub(crate) fn token(&self, name: &str) -> &Token {
        self.tokens.iter().find(|token| token.name == name).unwrap()
    }

    /// Calls `test` with every token and request, and the status that is expected.
    pub(crate) fn expect(&self, test: impl Fn(&Token, &str, &str, u16)) {
        let context = Context::from_source("tokscope.toml", MANIFEST).unwrap();
        for token in &self.tokens {
            for (method, path) in REQUESTS {
                let expected = expected(&context, token, method, path);
                test(token, method, &format!("/v1{path}"), expected.status());
            }
        }
        let everything = self.token("everything");
        for (method, path) in STRAY {
            test(everything, method, &format!("/v1{path}"), 403);
        }
    }

    /// Waits until an engine that reads its routes late forwards a public request.
    pub(crate) fn wait_until_routed(&self) {
        let is_routed = || send(self.port, "GET", "/v1/health", &[]).status == 200;
        assert!((0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            is_routed()
        }));
        self.upstream.take();
    }
}
