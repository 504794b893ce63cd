//! Review of the manifest as code: lint, fmt, diff, drift, schema; scopes from recorded requests.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer = "https://login.example.com"

[api.orders.scopes]
"orders:read" = { risk = "low" }
"orders:write" = { risk = "high", implies = ["orders:read"] }
"orders:delete" = { risk = "high" }

[api.orders.endpoints]
"GET /orders" = "orders:read"
"POST /orders" = "orders:write"
"DELETE /orders/{id}" = { any_of = ["orders:delete", "orders:write"] }

[client.dev]
issuer = "https://login.example.com"
client_id = "dev"
may_request = ["orders:read"]
"#;

fn tokscope(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokscope"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("TOKSCOPE_MANIFEST")
        .output()
        .unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_committed_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/tokscope.schema.json");
    let fresh = format!("{:#}\n", tokscope::manifest::schema());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == fresh, "the schema is stale: run UPDATE_SCHEMA=1 cargo test --test suite review::");
    let here = folder(&[]);
    assert_eq!(text(&tokscope(here.path(), &["manifest", "schema"])), fresh);
}

#[test]
fn scopes_are_derived_from_recorded_requests() {
    let har = r#"{"log":{"entries":[{"request":{"method":"GET","url":"https://api.example.com/v1/orders?a=1"}},
        {"request":{"method":"GET","url":"https://cdn.test/x.js?key=s3cret"}}]}}"#;
    let log =
        "1.2.3.4 - - [x] \"DELETE /v1/orders/7 HTTP/1.1\" 204 0\nnoise\n{\"method\":\"GET\",\"path\":\"/orders\"}\n";
    let files = [
        ("tokscope.toml", MANIFEST),
        ("a.har", har),
        ("a.log", log),
        ("list", "# all\nPOST /orders\n\nGET /other\n"),
        ("a.bru", "get {\n  url: {{base}}/orders\n}\n"),
    ];
    let here = folder(&files);
    for (arguments, scopes, unmatched, unread) in [
        (&["--har", "a.har"][..], "orders:read", "GET https://cdn.test/x.js", 0),
        (&["--log", "a.log"], "orders:delete orders:read", "", 1),
        (&["--requests", "list"], "orders:write", "GET /other", 0),
        (&["--collection", "."], "orders:read", "", 0),
        (&["--log", "a.log", "--endpoint", "POST /orders"], "orders:write", "", 1),
        (&["--all"], "orders:write", "", 0),
    ] {
        let output = tokscope(here.path(), &[&["scopes", "--json"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let document = json(&output);
        let list = |name: &str| -> String {
            document[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!((list("scopes").as_str(), list("unmatched").as_str()), (scopes, unmatched), "{arguments:?}");
        assert_eq!(document["unread"], unread, "{arguments:?}");
        assert_eq!(document["proven"], true);
    }
    let output = tokscope(here.path(), &["scopes", "-e", "DELETE /orders/7", "--alternatives", "--json"]);
    assert_eq!(json(&output)["alternatives"][0]["scopes"], serde_json::json!(["orders:write"]));
    assert_eq!(tokscope(here.path(), &["scopes"]).status.code(), Some(2));
    assert_eq!(tokscope(here.path(), &["scopes", "--har", "list"]).status.code(), Some(2));
}

#[test]
fn changes_in_git_are_classified_and_set_the_exit_code() {
    let here = folder(&[("tokscope.toml", MANIFEST)]);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(here.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "one"]);
    let diff = |arguments: &[&str]| tokscope(here.path(), &[&["manifest", "diff"], arguments].concat());
    let same = diff(&["--fail-on", "neutral"]);
    assert_eq!((text(&same).as_str(), same.status.code()), ("", Some(0)));

    let changed =
        MANIFEST.replace("may_request = [\"orders:read\"]", "may_request = [\"orders:read\", \"orders:write\"]");
    fs::write(here.path().join("tokscope.toml"), changed).unwrap();
    assert_eq!(diff(&[]).status.code(), Some(0));
    assert_eq!(diff(&["HEAD", "--fail-on", "escalation"]).status.code(), Some(6));
    let document = json(&diff(&["HEAD:tokscope.toml", "tokscope.toml", "--json"]));
    assert_eq!(document["schema"], "tokscope.manifest-diff/v1");
    assert_eq!(document["changes"][0]["change"], "ceiling-raised");
    assert_eq!(document["changes"][0]["clients"], serde_json::json!(["dev"]));
    assert_eq!(
        document["changes"][0]["endpoints"],
        serde_json::json!(["orders: POST /orders", "orders: DELETE /orders/{id}"])
    );
    let markdown = text(&diff(&["HEAD", "--markdown"]));
    assert!(markdown.contains("| **escalation** | `client dev` | a client may request more:"), "{markdown}");
    let back = diff(&["tokscope.toml", "HEAD", "--fail-on", "escalation"]);
    assert!(text(&back).starts_with("relaxation[ceiling-lowered]: client dev:"), "{}", text(&back));
    assert_eq!(back.status.code(), Some(0));
    for wrong in ["nowhere", "--output=x", "HEAD:nothing"] {
        assert_eq!(diff(&["--", wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn scopes_are_derived_from_source_code() {
    let here = folder(&[("tokscope.toml", MANIFEST), ("one.py", "requests.get(f'{BASE}/orders')\n")]);
    for (name, content) in [
        (
            "src/a.js",
            "const list = '/orders';\nawait api.delete(`/orders/${id}`);\napi.post('/refunds', {});\nopen('/etc/hosts');\n",
        ),
        ("src/node_modules/x.js", "fetch('/orders', {method: 'POST'})"),
        ("src/.git/x.js", "fetch('/orders', {method: 'POST'})"),
        ("src/data.bin", "fetch('/orders', {method: 'POST'})"),
    ] {
        fs::create_dir_all(here.path().join(name).parent().unwrap()).unwrap();
        fs::write(here.path().join(name), content).unwrap();
    }
    // a symbolic link may point anywhere, and form a cycle
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", here.path().join("src/up")).unwrap();
    let one = tokscope(here.path(), &["scopes", "--source", "one.py"]);
    assert_eq!(text(&one), "orders:read  for GET /orders\none.py:1  GET /orders\n");
    let output = tokscope(here.path(), &["scopes", "--source", "src"]);
    assert_eq!(
        text(&output),
        "orders:write  for GET /orders, POST /orders, DELETE /orders/{id}\n\
         src/a.js:1  GET /orders, POST /orders  (method unknown: all methods of the path)\n\
         src/a.js:2  DELETE /orders/{id}\n"
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "3 requests to 3 endpoints; 1 not matched\n  not matched: POST /refunds  (1)\n\
         1 string ignored: like a path, but without a method nearby or a matching endpoint\n"
    );
    let document = json(&tokscope(here.path(), &["scopes", "--source", "src", "--source", "one.py", "--json"]));
    let place = |file: &str, line: u64, method_seen: bool, endpoints: &[&str]| {
        serde_json::json!({
            "file": file, "line": line, "method_seen": method_seen, "endpoints": endpoints,
        })
    };
    assert_eq!(
        document["places"],
        serde_json::json!([
            place("src/a.js", 1, false, &["GET /orders", "POST /orders"]),
            place("src/a.js", 2, true, &["DELETE /orders/{id}"]),
            place("one.py", 1, true, &["GET /orders"]),
        ])
    );
    assert_eq!(document["unmatched"], serde_json::json!(["POST /refunds"]));
    for (wrong, code) in [("tokscope.toml", 2), ("nowhere", 1)] {
        assert_eq!(tokscope(here.path(), &["scopes", "--source", wrong]).status.code(), Some(code), "{wrong}");
    }
}

/// Responds to every request with this document, until the test process ends.
fn metadata_server(document: impl Fn(&str) -> String + Send + 'static) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let body = document(&issuer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or_default() == 1 {
                head.push(byte[0]);
            }
            let length = body.len();
            // the client may have disconnected
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    issuer
}

#[test]
fn drift_from_supported_scopes_is_reported() {
    let offering = metadata_server(|issuer| {
        format!(
            r#"{{"issuer":"{issuer}","token_endpoint":"{issuer}/token","scopes_supported":["openid","orders:read","orders:admin"]}}"#
        )
    });
    let silent = metadata_server(|issuer| format!(r#"{{"issuer":"{issuer}","token_endpoint":"{issuer}/token"}}"#));
    let here = folder(&[("tokscope.toml", &MANIFEST.replace("https://login.example.com", &offering))]);
    let drift = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_tokscope"))
            .args(["manifest", "drift", "--json", "--no-interact"])
            .args(arguments)
            .current_dir(here.path())
            .env_remove("TOKSCOPE_MANIFEST")
            .env("XDG_STATE_HOME", here.path())
            .output()
            .unwrap()
    };
    let codes = |output: &Output| -> Vec<String> {
        let findings = json(output)["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    };
    // an untrusted manifest causes no requests
    let refused = drift(&["--issuer"]);
    assert_eq!(refused.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("the manifest is not trusted"));
    let expected = ["drift-scope-not-offered", "drift-scope-not-offered", "drift-scope-not-needed"];
    let found = drift(&["--issuer", "--trust-manifest", "--fail-on", "warning"]);
    assert_eq!((codes(&found).as_slice(), found.status.code()), (&expected.map(str::to_owned)[..], Some(6)));
    // a server named by the user needs no trusted manifest
    assert_eq!(codes(&drift(&["--issuer", &offering])), expected);
    for (issuer, code, expected) in [
        (silent.as_str(), 1, "does not publish `scopes_supported`"),
        ("http://login.example.com", 2, "is not a valid issuer"),
        ("http://127.0.0.1:1", 1, "127.0.0.1:1"),
    ] {
        let output = drift(&["--issuer", issuer]);
        assert_eq!(output.status.code(), Some(code), "{issuer}");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(stderr.contains(expected), "{stderr}");
    }
}
