//! What is exported and read back, what an edit by hand is reported as, and what is not exported.

#![allow(clippy::string_slice, reason = "ASCII")]

use std::fs;
use std::path::Path;
use std::process::Output;

use super::matrix::MANIFEST;

const ENGINES: [&str; 7] = ["envoy", "nginx", "haproxy", "apache", "istio", "aws", "cedar"];

/// Endpoints of the manifest that an engine can't express.
pub(super) fn inexpressible(engine: &str) -> &'static [&'static str] {
    match engine {
        "istio" => &["POST /orders/{id}:cancel", "GET /orders/{id}/lines/{line}.json"],
        "aws" => &[
            "POST /orders/{id}:cancel",
            "POST /orders/{id}",
            "GET /orders/{id}/lines/{line}.json",
            "POST /orders",
            "DELETE /orders/{id}",
        ],
        _ => &[],
    }
}

fn folder(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = crate::program::tokscope();
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    let Output { status, stdout, stderr } = crate::program::output(&mut command, "");
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

fn export(folder: &Path, engine: &str, more: &[&str]) -> (Option<i32>, String) {
    run(folder, &[&["manifest", "export", engine, "-o", engine], &options(engine)[..], more].concat())
}

/// Returns the options without which the manifest can't be exported to an engine.
fn options(engine: &str) -> Vec<&'static str> {
    let denied = inexpressible(engine).iter().flat_map(|endpoint| ["--deny", endpoint]);
    let keys: &[&str] = match engine {
        "istio" => &["--keys", "https://login.example.com/jwks", "--selector", "app=orders"],
        "aws" | "cedar" => &[],
        _ => &["--keys", "/etc/keys"],
    };
    keys.iter().copied().chain(denied).collect()
}

#[test]
fn exports_are_stable_and_read_back_without_drift() {
    let folder = folder(MANIFEST);
    for engine in ENGINES {
        let (code, shown) = export(folder.path(), engine, &["--listen", "0.0.0.0:8443", "--deny", "GET /reports"]);
        assert_eq!(code, Some(0), "{engine}: {shown}");
        let first = fs::read(folder.path().join(engine)).unwrap();
        export(folder.path(), engine, &["--listen", "0.0.0.0:8443", "--deny", "GET /reports"]);
        assert!(fs::read(folder.path().join(engine)).unwrap() == first, "{engine}");
        assert_eq!(run(folder.path(), &["manifest", "drift", "--export", engine]).0, Some(0), "{engine}");
        // lines that moved are not drift, but the comments are out of date
        fs::write(folder.path().join("tokscope.toml"), format!("# a comment\n\n{MANIFEST}")).unwrap();
        let (code, shown) = run(folder.path(), &["manifest", "drift", "--export", engine]);
        assert_eq!(code, Some(0), "{engine}: {shown}");
        let check = ["manifest", "export", engine, "--listen", "0.0.0.0:8443", "--check", engine];
        let check = [&check[..], &options(engine), &["--deny", "GET /reports"]].concat();
        assert_eq!(run(folder.path(), &check).0, Some(6), "{engine}");
        fs::write(folder.path().join("tokscope.toml"), MANIFEST).unwrap();
        assert_eq!(run(folder.path(), &check).0, Some(0), "{engine}");
    }
}

#[test]
fn edits_by_hand_are_found_with_their_line() {
    let folder = folder(MANIFEST);
    for (engine, from, to, expected) in [
        (
            "nginx",
            "\"~^0 (POST) /v1/orders\\z\" n7;",
            "\"~^0 (POST) /v1/orders\\z\" n4;",
            "a line of `POST /orders` differs",
        ),
        (
            "nginx",
            "map $tokscope_orders_need $tokscope_orders_allowed {\n    default 0;",
            "map $tokscope_orders_need $tokscope_orders_allowed {\n    default 1;",
            "error[engine-",
        ),
        ("haproxy", "str(n3) if", "str(n0) if", "differs from the export"),
        ("istio", "notPaths: [\"/v1/orders/mine\"]", "notPaths: []", "a line of `GET /orders/{id}` differs"),
        ("aws", "- tokscope: [\"files:read\"]", "- tokscope: []", "a line of `GET /files/{+path}` differs"),
        (
            "cedar",
            "contains(\"customers:read\") &&",
            "contains(\"customers:read\") ||",
            "a line of `POST /orders` differs",
        ),
        ("apache", "Require claim \"aud~^https://api[.]example[.]com$\"\n", "", "a line of `GET /orders` is missing"),
    ] {
        assert_eq!(export(folder.path(), engine, &[]).0, Some(0));
        let path = folder.path().join(engine);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{engine}: {from}\n{text}");
        fs::write(&path, text.replace(from, to)).unwrap();
        let (code, shown) = run(folder.path(), &["manifest", "drift", "--export", engine]);
        assert_eq!(code, Some(6), "{engine}: {shown}");
        assert!(shown.contains(expected), "{engine}: {shown}");
        assert!(expected.contains("missing") || shown.contains(&format!("--> {engine}:")), "{engine}: {shown}");
    }
}

#[test]
fn requirements_of_an_edited_envoy_route_are_compared() {
    let folder = folder(MANIFEST);
    assert_eq!(export(folder.path(), "envoy", &[]).0, Some(0));
    let path = folder.path().join("envoy");
    let text = fs::read_to_string(&path).unwrap();
    let edit = |edit: &dyn Fn(&str) -> String| {
        let lines: Vec<String> =
            text.lines()
                .map(|line| {
                    if line.trim_start().starts_with("{\"name\":\"POST /orders (") {
                        edit(line)
                    } else {
                        line.to_owned()
                    }
                })
                .collect();
        fs::write(&path, lines.join("\n")).unwrap();
        run(folder.path(), &["manifest", "drift", "--export", "envoy"])
    };
    let (code, shown) = edit(&|line| line.replace("and_ids", "or_ids"));
    assert_eq!(code, Some(6), "{shown}");
    assert!(shown.contains("error[engine-requirement]: `POST /orders` requires"), "{shown}");
    assert!(shown.contains("customers:read or orders:write") && shown.contains("--> envoy:"), "{shown}");
    let (code, shown) = edit(&|line| {
        let start = line.find("\"principals\":").unwrap();
        let end = line.rfind("]}}").unwrap();
        format!("{}\"principals\":[{{\"any\":true}}{}", &line[..start], &line[end..])
    });
    assert_eq!(code, Some(6), "{shown}");
    assert!(shown.contains("but a valid token in the engine"), "{shown}");
    let (code, shown) = edit(&|_| String::new());
    assert_eq!(code, Some(6), "{shown}");
    assert!(shown.contains("engine-rule-missing"), "{shown}");
}

#[test]
fn what_an_engine_cannot_express_fails_the_export_and_is_named() {
    let with = |line: &str| MANIFEST.replace("\"GET /health\" = []\n", &format!("\"GET /health\" = []\n{line}\n"));
    for (manifest, named, denied) in [
        (
            with("\"POST /orders?action=close\" = \"orders:write\""),
            "POST /orders?action=close",
            &["POST /orders?action=close", "POST /orders"][..],
        ),
        (with("\"MCP tools/call search\" = \"orders:read\""), "MCP tools/call search", &["MCP tools/call search"]),
        (
            with("\"POST /orders/{id}#copy\" = \"orders:admin\""),
            "POST /orders/{id}#copy",
            &["POST /orders/{id}#copy", "POST /orders/{id}"],
        ),
        (MANIFEST.replace("audience = \"https://api.example.com\"\n", ""), "no audience", &[]),
        (MANIFEST.replace("issuer = \"https://login.example.com\"\n", ""), "no issuer", &[]),
        (format!("{MANIFEST}\n[[policy]]\neffect = \"deny\"\nmethods = [\"DELETE\"]\n"), "policy rule 1", &[]),
    ] {
        let folder = folder(&manifest);
        for engine in ENGINES {
            let (code, shown) = export(folder.path(), engine, &[]);
            assert_eq!(code, Some(2), "{engine}: {shown}");
            assert!(shown.contains(named) && shown.contains("help: "), "{engine}: {shown}");
            assert!(!folder.path().join(engine).exists());
            if denied.is_empty() {
                continue;
            }
            let denials: Vec<&str> = denied.iter().flat_map(|endpoint| ["--deny", endpoint]).collect();
            let (code, shown) = export(folder.path(), engine, &denials);
            assert_eq!(code, Some(0), "{engine}: {shown}");
        }
    }
}
