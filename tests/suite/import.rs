//! Import of API descriptions and creation of manifests on the command line.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a failing test panics")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::program;

const DESCRIPTION: &str = "openapi: 3.0.3
info: {title: The Orders API, version: '1'}
servers: [{url: 'https://api.example.com/v1'}]
components:
  securitySchemes:
    o: {type: oauth2, flows: {clientCredentials: {tokenUrl: 'https://a.test', scopes: {'orders': Orders, 'orders:read': Read}}}}
paths:
  /orders:
    get: {summary: List orders, security: [{o: [orders, 'orders:read']}]}
    post: {security: [{o: [orders]}]}
  /orders/{id}: {$ref: parts/order.yaml}
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), DESCRIPTION).unwrap();
    fs::create_dir(folder.path().join("parts")).unwrap();
    fs::write(folder.path().join("parts/order.yaml"), "get: {security: [{o: ['orders:read']}]}").unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = program::tokscope();
    command.args(arguments).current_dir(folder);
    program::output(&mut command, input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn imports_are_printed_as_a_valid_manifest() {
    let folder = folder();
    let output = run(folder.path(), &["manifest", "import", "api.yaml"], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    for line in [
        "[api.orders]",
        "reading = \"any\" # inferred: any",
        "\"POST /orders\" = \"orders\"",
        "\"GET /orders/{id}\" = \"orders:read\"",
    ] {
        assert!(printed.contains(&format!("{line}\n")), "{line}: {printed}");
    }
    let stderr = text(&output.stderr);
    assert!(stderr.contains("lists of several scopes are read as `any` (one of them is sufficient)"), "{stderr}");
    assert!(stderr.contains("OpenAPI 3.0.3: 3 operations, 3 of them with scopes"), "{stderr}");
    fs::write(folder.path().join("tokscope.toml"), printed).unwrap();
    let output = run(folder.path(), &["scopes", "-e", "GET /orders", "-e", "GET /orders/7", "--json"], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["scopes"].to_string(), r#"["orders:read"]"#);
}

#[test]
fn the_json_document_has_counts_and_findings() {
    let folder = folder();
    let output = run(folder.path(), &["manifest", "import", "api.yaml", "--json", "--reading", "all"], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(text(&output.stdout).starts_with("{\n  \"schema\": \"tokscope.import/v1\""));
    assert_eq!(document["endpoints"], 3);
    assert_eq!(document["scoped"], 3);
    assert_eq!(document["reading"], "all");
    assert_eq!(document["findings"][0]["code"], "list-read-part");
    assert_eq!(document["apis"][0]["endpoints"][0]["required"].to_string(), r#"[["orders","orders:read"]]"#);
}

#[test]
fn repeated_imports_are_merged() {
    let folder = folder();
    let import = ["manifest", "import", "api.yaml", "--into", "tokscope.toml"];
    assert_eq!(run(folder.path(), &import, "").status.code(), Some(0));
    let path = folder.path().join("tokscope.toml");
    let mine = fs::read_to_string(&path).unwrap().replace("\"POST /orders\"", "# ours\n\"POST /orders\"");
    fs::write(&path, &mine).unwrap();
    assert_eq!(text(&run(folder.path(), &import, "").stdout), "", "nothing changed");
    fs::write(folder.path().join("parts/order.yaml"), "get: {security: [{o: [orders]}]}").unwrap();
    let shown = text(&run(folder.path(), &import, "").stdout);
    assert_eq!(shown, "= orders GET /orders/{id}  orders:read  kept (description: orders)\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), mine);
    let shown = text(&run(folder.path(), &[&import[..], &["--update"]].concat(), "").stdout);
    assert_eq!(shown, "~ orders GET /orders/{id}  orders:read -> orders\n");
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        mine.replace("\"GET /orders/{id}\" = \"orders:read\"", "\"GET /orders/{id}\" = \"orders\"")
    );
    // a recorded reading is not inferred again
    let recorded = fs::read_to_string(&path).unwrap().replace("reading = \"any\"", "reading = \"all\"");
    fs::write(&path, recorded).unwrap();
    let stderr = text(&run(folder.path(), &import, "").stderr);
    assert!(stderr.contains("read as `all`\n"), "{stderr}");
}

#[test]
fn hostile_sources_are_rejected() {
    let folder = folder();
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "get: {summary: needle}").unwrap();
    std::os::unix::fs::symlink(secret.path(), folder.path().join("parts/link.yaml")).unwrap();
    fs::File::create(folder.path().join("huge.yaml")).unwrap().set_len(300 << 20).unwrap();
    fs::write(folder.path().join("bytes.yaml"), b"openapi: 3.0.0\ninfo: \xff").unwrap();
    fs::write(folder.path().join("deep.yaml"), "[".repeat(1_000_000)).unwrap();
    for (source, expected, code) in [
        ("https://evil.test/api.yaml", "is a URL, but descriptions are only read from files", 2),
        ("huge.yaml", "is larger than the limit of 256 MiB", 2),
        ("bytes.yaml", "not UTF-8 text at line 2, column 7", 2),
        ("deep.yaml", "can't be parsed", 2),
        ("gone.yaml", "can't be read", 1),
        ("parts", "can't be read", 1),
        ("parts/order.yaml", "is not a supported API description", 2),
    ] {
        let output = run(folder.path(), &["manifest", "import", source], "");
        assert_eq!(output.status.code(), Some(code), "{source}");
        assert!(text(&output.stderr).contains(expected), "{source}: {}", text(&output.stderr));
    }
    for (reference, expected) in [
        ("parts/link.yaml", "is outside the directory"),
        ("../x.yaml", "is outside the description's directory"),
        ("/etc/passwd", "is outside the description's directory"),
        ("http://127.0.0.1:9/x.yaml", "is a URL, and URLs are not fetched"),
    ] {
        let source = format!("openapi: 3.0.0\npaths: {{/x: {{$ref: '{reference}'}}}}");
        fs::write(folder.path().join("refers.yaml"), source).unwrap();
        let output = run(folder.path(), &["manifest", "import", "refers.yaml"], "");
        assert!(text(&output.stderr).contains(expected), "{reference}: {}", text(&output.stderr));
        assert!(!text(&output.stdout).contains("needle"));
    }
    let output = run(folder.path(), &["manifest", "import", "-", "--api", "x"], DESCRIPTION);
    assert!(text(&output.stderr).contains("a description from stdin has no directory"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("\"POST /orders\" = \"orders\""));
}

#[test]
fn manifests_can_refer_to_an_api_description() {
    let folder = folder();
    let path = folder.path().join("tokscope.toml");
    fs::write(&path, "[api.orders]\nsource = \"api.yaml\"\n[api.orders.endpoints]\n\"POST /orders\" = []\n").unwrap();
    let output = run(folder.path(), &["manifest", "show", "--json"], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let api = &document["apis"][0];
    assert_eq!(api["base_url"], "https://api.example.com/v1");
    let lines: Vec<String> = api["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| format!("{} {}", line["endpoint"].as_str().unwrap(), line["required"]))
        .collect();
    assert_eq!(
        lines,
        [r"POST /orders [[]]", r#"GET /orders [["orders"],["orders:read"]]"#, r#"GET /orders/{id} [["orders:read"]]"#],
        "entries of the manifest take precedence"
    );
    for (source, expected) in [
        ("gone.yaml", "`gone.yaml` can't be read"),
        ("../api.yaml", "is outside the description's directory"),
        ("https://evil.test/api.yaml", "is a URL, and URLs are not fetched"),
        ("parts/order.yaml", "is not a supported API description"),
    ] {
        fs::write(&path, format!("[api.orders]\nsource = \"{source}\"\nbase_url = \"https://a.test\"\n")).unwrap();
        let output = run(folder.path(), &["manifest", "lint"], "");
        assert_eq!(output.status.code(), Some(2), "{source}");
        let shown = text(&output.stdout);
        assert!(shown.contains("error[source-unreadable]") && shown.contains(expected), "{source}: {shown}");
    }
}

#[test]
fn manual_changes_since_the_last_import_are_kept() {
    let folder = folder();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "one"]);
    let import = ["manifest", "import", "api.yaml", "--into", "tokscope.toml"];
    assert_eq!(run(folder.path(), &import, "").status.code(), Some(0));
    let path = folder.path().join("tokscope.toml");
    // manual changes: another requirement, an endpoint that is not in the description
    let mine = fs::read_to_string(&path)
        .unwrap()
        .replace("\"POST /orders\" = \"orders\"", "\"POST /orders\" = \"orders:read\"\n\"PUT /mine\" = \"orders\"");
    fs::write(&path, &mine).unwrap();
    // changes of the description: the same endpoint, and one in another file
    let changed = DESCRIPTION.replace("post: {security: [{o: [orders]}]}", "post: {security: [{}]}");
    fs::write(folder.path().join("api.yaml"), changed).unwrap();
    fs::write(folder.path().join("parts/order.yaml"), "get: {security: [{o: [orders]}]}").unwrap();
    let last = [&import[..], &["--last", "HEAD:api.yaml", "--update", "--prune"]].concat();
    let output = run(folder.path(), &last, "");
    assert_eq!(
        text(&output.stdout),
        "! orders POST /orders  orders:read  kept (conflict: the description changed from orders to no scope)\n\
         ~ orders GET /orders/{id}  orders:read -> orders\n",
        "{}",
        text(&output.stderr)
    );
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        mine.replace("\"GET /orders/{id}\" = \"orders:read\"", "\"GET /orders/{id}\" = \"orders\"")
    );
    let document: Value =
        serde_json::from_slice(&run(folder.path(), &[&last[..], &["--json"]].concat(), "").stdout).unwrap();
    assert_eq!(document["changes"][0]["kind"], "conflict");
    assert_eq!(document["changes"][0]["last"], "orders");
    for (wrong, expected) in [
        ("nowhere", "no such file"),
        ("HEAD:nowhere.yaml", "can't be used as the last import"),
        ("-x:y", "no such file"),
        ("parts/order.yaml", "is not a supported API description"),
    ] {
        let output = run(folder.path(), &[&import[..], &[&format!("--last={wrong}")]].concat(), "");
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(text(&output.stderr).contains(expected), "{wrong}: {}", text(&output.stderr));
    }
}

/// Returns a description with a base URL, operations and scopes.
fn moved(server: &str, paths: &str, scopes: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: P, version: '1'}}\nservers: [{{url: '{server}'}}]\npaths:\n{paths}\ncomponents: \
         {{securitySchemes: {{o: {{type: oauth2, flows: {{clientCredentials: {{tokenUrl: 'https://l.test', scopes: \
         {{{scopes}}}}}}}}}}}}}\n"
    )
}

#[test]
fn an_update_takes_what_moved_and_removes_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let get = "  /a: {get: {summary: one, security: [{o: ['a:read']}]}}";
    let upload = "  /up: {servers: [{url: 'https://up.test'}], post: {security: [{o: ['a:write']}]}}";
    let old = moved("https://a.test/v1", &format!("{get}\n{upload}"), "'a:read': A, 'a:write': B, 'a:old': C");
    let new = moved("https://a.test/v2", get, "'a:read': A");
    fs::write(folder.path().join("old.yaml"), old).unwrap();
    fs::write(folder.path().join("new.yaml"), new).unwrap();
    let path = folder.path().join("tokscope.toml");
    let import = |arguments: &[&str]| {
        let output =
            run(folder.path(), &[&["manifest", "import"], arguments, &["--into", "tokscope.toml"]].concat(), "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    import(&["old.yaml"]);
    let drift = ["manifest", "drift", "--description", "new.yaml", "--api", "p", "--fail-on", "info"];
    let drifted = run(folder.path(), &drift, "");
    assert_eq!(drifted.status.code(), Some(6));
    let drifted = text(&drifted.stdout) + &text(&drifted.stderr);
    for code in ["drift-base-url", "drift-scope-gone"] {
        assert!(drifted.contains(code), "{code}: {drifted}");
    }
    // without the last import, nobody knows whether the address was changed by hand
    let kept = import(&["new.yaml", "--update", "--prune"]);
    assert!(kept.contains("= p base_url  https://a.test/v1  kept (description: https://a.test/v2)"), "{kept}");
    fs::remove_file(&path).unwrap();
    import(&["old.yaml"]);
    let taken = import(&["new.yaml", "--update", "--prune", "--last", "old.yaml"]);
    for line in [
        "~ p base_url  https://a.test/v1 -> https://a.test/v2",
        "- p a:write  ",
        "- p a:old  ",
        "- p-up POST /up  a:write",
        "- p-up [api]  https://up.test",
    ] {
        assert!(taken.contains(line), "{line}: {taken}");
    }
    let manifest = fs::read_to_string(&path).unwrap();
    assert!(!manifest.contains("up.test") && !manifest.contains("a:old"), "{manifest}");
    assert_eq!(run(folder.path(), &["manifest", "fmt", "--check"], "").status.code(), Some(0), "{manifest}");
}

#[test]
fn a_long_import_prints_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<String> = (0..200).map(|path| format!("  /p{path}: {{get: {{security: [{{o: [a]}}]}}}}")).collect();
    fs::write(folder.path().join("api.yaml"), moved("https://a.test", &paths.join("\n"), "a: A")).unwrap();
    let output = run(folder.path(), &["manifest", "import", "api.yaml", "--into", "tokscope.toml"], "");
    let shown = text(&output.stdout);
    assert!(shown.lines().count() < 20, "{shown}");
    assert!(shown.contains("192 more entries added in `p`, listed with `--json`"), "{shown}");
}

#[test]
fn overlays_and_workflows_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let paths = "  /a/{id}: {get: {operationId: getA}}\n  /b: {put: {operationId: putB, security: [{o: ['b:write']}]}}";
    fs::write(folder.path().join("api.yaml"), moved("https://a.test", paths, "'a:read': A, 'b:write': B")).unwrap();
    let overlay = "overlay: 1.1.0\ninfo: {title: O, version: '1'}\nactions: [{target: '$.paths[\"/a/{id}\"].get', update: \
                   {security: [{o: ['a:read']}]}}]\n";
    fs::write(folder.path().join("fix.yaml"), overlay).unwrap();
    let import = ["manifest", "import", "api.yaml", "--overlay", "fix.yaml", "--into", "tokscope.toml"];
    assert_eq!(run(folder.path(), &import, "").status.code(), Some(0));
    let arazzo = "arazzo: 1.0.1\nsourceDescriptions: [{name: api, url: api.yaml, type: openapi}]\nworkflows: [{workflowId: w, \
                  steps: [{stepId: one, operationId: getA}, {stepId: two, operationId: $sourceDescriptions.api.putB}]}]\n";
    fs::write(folder.path().join("flow.yaml"), arazzo).unwrap();
    let output = run(folder.path(), &["scopes", "--arazzo", "flow.yaml", "--json"], "");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    assert_eq!(document["scopes"].to_string(), r#"["a:read","b:write"]"#);
    let output = run(folder.path(), &["scopes", "--arazzo", "api.yaml"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`arazzo` is missing"), "{}", text(&output.stderr));
}
