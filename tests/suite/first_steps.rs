//! What a newcomer does first: completions while typing, a login without a manifest, colors, and a request that is not sent.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::path::Path;
use std::process::Output;

use crate::setup::User;
use crate::support::{Home, accepted, demand, server, text};

/// What bash would offer for the last word, with the script that the program prints.
fn completed_by_bash(home: &Home, words: &[&str]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_BIN_EXE_tokscope")).parent().unwrap().display().to_string();
    let script = r#"
        PATH="$1:$PATH"; shift
        source <(tokscope completions bash --dynamic)
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
        word=${COMP_WORDS[COMP_CWORD]}
        _clap_complete_tokscope tokscope "${word#[\'\"]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
        printf '%s\n' "${COMPREPLY[@]}""#;
    let output = home.command("bash", &[&["-c", script, "bash", &folder], words].concat()).output().unwrap();
    demand(&output, 0).lines().map(str::to_owned).collect()
}

/// The same without options.
fn values(home: &Home, words: &[&str]) -> Vec<String> {
    let mut found = completed_by_bash(home, words);
    found.retain(|word| !word.starts_with('-') && !word.is_empty());
    found
}

#[test]
fn completions_offer_endpoints_scopes_clients_and_stored_tokens() {
    let server = server();
    let home = Home::new(&server);
    demand(&home.run(&["trust", "--yes"]), 0);
    demand(&home.run(&["login", "-e", "GET /orders", "--client", "machine"]), 0);
    let id = std::fs::read_to_string(home.data().join("token-ids")).unwrap();
    let before = server.requests();
    for (words, expected) in [
        (&["tokscope", "login", "-e", "GET /h"][..], &["'GET /health'"][..]),
        // inside a quote that the user has opened
        (&["tokscope", "token", "--endpoint", "'DELETE"], &["DELETE /orders/{id}"]),
        (&["tokscope", "call", "GET", "/h"], &["/health"]),
        (&["tokscope", "login", "--scope", "orders:r"], &["orders:read"]),
        (&["tokscope", "call", "GET /orders", "--client", "m"], &["machine"]),
        (&["tokscope", "login", "--api", ""], &["orders"]),
        (&["tokscope", "init", "--provider", "githu"], &["github", "github-app"]),
        (&["tokscope", "tokens", "show", ""], &[id.trim()]),
        (&["tokscope", "--manifest", "missing.toml", "login", "--client", ""], &[]),
    ] {
        assert_eq!(values(&home, words), expected, "{words:?}");
    }
    assert_eq!(server.requests(), before, "nothing is sent");
    // nothing is decrypted
    home.write_private("passphrase", "another passphrase\n");
    assert_eq!(values(&home, &["tokscope", "tokens", "refresh", ""]), [id.trim()]);
    home.write_private("passphrase", "correct horse battery\n");
    demand(&home.run(&["tokens", "forget", "--all", "--yes"]), 0);
    assert_eq!(values(&home, &["tokscope", "tokens", "refresh", ""]), [""; 0]);
}

#[test]
fn names_that_could_steer_a_terminal_are_not_offered() {
    let home = Home::new(&server());
    let manifest = std::fs::read_to_string(home.path().join("tokscope.toml")).unwrap();
    let client = "[client.\"\\u001b]0;x\\u0007\"]\nissuer = \"https://login.example.com\"\nclient_id = \"x\"\n";
    home.write("tokscope.toml", &(manifest + client));
    for shell in ["bash", "zsh", "fish"] {
        let mut command = home.tokscope(&["--", "tokscope", "login", "--client", ""]);
        command.env("TOKSCOPE_COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", "3");
        let offered = demand(&command.output().unwrap(), 0);
        assert!(offered.contains("machine") && !offered.contains('\u{1b}'), "{shell}: {offered:?}");
    }
    // a variable that names no shell is an error, and an empty one counts as unset
    for (value, code) in [("tcsh", 2), ("", 0)] {
        let mut command = home.tokscope(&["--version"]);
        let output = command.env("TOKSCOPE_COMPLETE", value).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{value}: {}", text(&output.stderr));
    }
    demand(&home.run(&["completions", "nushell", "--dynamic"]), 2);
}

#[test]
fn color_overrides_the_environment() {
    let home = Home::new(&server());
    let manifest = std::fs::read_to_string(home.path().join("tokscope.toml")).unwrap();
    home.write("tokscope.toml", &manifest.replace("[client.dev]", "[client.dev]\nunknown = 1"));
    home.write("answer", "HTTP/1.1 403 Forbidden\n\n{\"error\":\"insufficient_scope\"}\n");
    let styled = |output: &Output| output.stdout.contains(&0x1b);
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        home.tokscope(arguments).envs(variables.iter().copied()).output().unwrap()
    };
    home.write("other.toml", &manifest);
    for command in [&["manifest", "lint"][..], &["why", "answer", "--manifest", "other.toml"], &["--help"]] {
        for (option, variables, expected) in [
            (&[][..], &[][..], false),
            (&["--color", "always"], &[("NO_COLOR", "1")], true),
            (&["--color=always"], &[("TERM", "dumb")], true),
            (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
            (&["--color", "auto"], &[("CLICOLOR_FORCE", "1")], true),
            (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        ] {
            let output = run(&[command, option].concat(), variables);
            assert_eq!(styled(&output), expected, "{command:?} {option:?} {variables:?}: {}", text(&output.stderr));
        }
    }
    let lint = text(&run(&["manifest", "lint", "--color", "always"], &[]).stdout);
    assert!(lint.contains("\u{1b}[31merror[key-unknown]\u{1b}[0m: "), "{lint:?}");
    demand(&home.run(&["--color", "sometimes", "manifest", "lint"]), 2);
}

/// The ID of the only stored token.
fn listed(home: &Home) -> String {
    let listed = demand(&home.run(&["tokens", "list", "--json"]), 0);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    listed["tokens"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_login_without_a_manifest_prints_the_client_to_declare() {
    let server = server();
    let home = Home::new(&server);
    std::fs::remove_file(home.path().join("tokscope.toml")).unwrap();
    let login = ["login", "--issuer", &server.origin, "--client-id", "cli", "--scope", "orders:read", "--no-browser"];
    let output = home.run_and_sign_in(&server, &login);
    demand(&output, 0);
    let table = format!(
        "to keep using this client, declare it in `tokscope.toml`:\n  [client.dev]\n  issuer = \"{}\"\n  \
         grants = [\"authorization_code\"]\n  client_id = \"cli\"\n",
        server.origin
    );
    let said = text(&output.stderr);
    assert!(said.replace(&format!("{}/", home.path().display()), "").contains(&table), "{said}");
    assert!(!home.path().join("tokscope.toml").exists(), "nobody was asked");
    // the vault knows the issuer and the client, so a refresh works without a manifest, and with one that lacks the client
    let id = listed(&home);
    demand(&home.run(&["tokens", "refresh", &id]), 0);
    home.write("other.toml", "[client.other]\nissuer = \"https://login.example.com\"\nclient_id = \"other\"\n");
    demand(&home.run(&["tokens", "refresh", &id, "--manifest", "other.toml"]), 0);
    // what is printed is a manifest with which the token is refreshed
    let table: String = said
        .lines()
        .skip_while(|line| !line.contains("[client.dev]"))
        .map(|line| line.trim_start().to_owned() + "\n")
        .collect();
    home.write("tokscope.toml", &table);
    demand(&home.run(&["trust", "--yes"]), 0);
    demand(&home.run(&["tokens", "refresh", &id]), 0);
    std::fs::remove_file(home.path().join("tokscope.toml")).unwrap();
    demand(&home.run(&["tokens", "revoke", &id, "--yes"]), 0);
}

#[test]
fn a_dry_run_shows_every_header_and_needs_neither_trust_nor_the_vault() {
    let server = server();
    let mut home = Home::new(&server);
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", "/nonexistent".to_owned());
    let manifest = std::fs::read_to_string(home.path().join("tokscope.toml")).unwrap();
    let shop = "[api.shop]\nprovider = \"shopify\"\nvariables = { shop = \"acme\" }\n[api.shop.endpoints]\n\"GET /shop.json\" = []\n\
                [client.shop]\nprovider = \"shopify\"\nvariables = { shop = \"acme\" }\nclient_id = \"x\"\nsecret = { env = \"S\" }\n\
                [api.mcp]\nbase_url = \"https://mcp.example.com/mcp\"\nissuer = \"https://login.example.com\"\n[api.mcp.scopes]\nr = {}\n\
                [api.mcp.endpoints]\n\"MCP tools/call search\" = \"r\"\n";
    home.write("tokscope.toml", &(manifest + shop));
    let run = |arguments: &[&str]| demand(&home.run(&[&["call"], arguments, &["--dry-run"]].concat()), 0);
    let shown = run(&["POST /orders", "--data", "plain", "-H", "X-A: b"]);
    for part in [
        "curl --request POST http://127.0.0.1",
        "\"authorization: Bearer $(tokscope token --endpoint 'POST /orders')\"",
        "'user-agent: tokscope/",
        "'accept: application/json, */*;q=0.5'",
        "'x-a: b'",
        "--header 'content-type:'",
        "--data-raw plain",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let shown = run(&["GET /shop.json", "--client", "shop"]);
    assert!(
        shown.contains("\"X-Shopify-Access-Token: $(tokscope token --endpoint 'GET /shop.json' --client shop)\""),
        "{shown}"
    );
    assert!(!run(&["GET /health"]).contains("authorization"));
    for url in ["https://mcp.example.com/mcp", "https://unknown.example.com/mcp"] {
        let shown = run(&["--mcp", url, "tools/call", "search", "--data", "{\"q\":1}"]);
        for part in ["--request POST", "mcp-method: tools/call", "\"arguments\":{\"q\":1}", "\"jsonrpc\":\"2.0\""] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert_eq!(shown.contains("authorization"), url.contains("//mcp"), "{shown}");
    }
    assert_eq!(server.requests(), 0);
}

/// A manifest with a finding in its fourth line.
fn with_finding(home: &Home, name: &str) {
    let manifest = std::fs::read_to_string(home.path().join("tokscope.toml")).unwrap();
    home.write(name, &manifest.replacen("\n[api.orders.scopes]", "\nunknown = 1\n[api.orders.scopes]", 1));
}

#[test]
fn several_manifests_are_linted_at_once() {
    let home = Home::new(&server());
    with_finding(&home, "other.toml");
    let lint = |arguments: &[&str], code: i32| {
        demand(&home.run(&[&["manifest", "lint", "tokscope.toml", "other.toml"], arguments].concat()), code)
    };
    assert!(lint(&[], 2).contains("other.toml:4:1"));
    let document: serde_json::Value = serde_json::from_str(&lint(&["--json"], 2)).unwrap();
    assert_eq!(document["manifests"][0]["manifest"], "tokscope.toml");
    assert_eq!(document["manifests"][1]["findings"][0]["line"], 4);
    let sarif: serde_json::Value = serde_json::from_str(&lint(&["--format", "sarif"], 2)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let place =
        |result: &serde_json::Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert!(results.iter().any(|result| place(result) == "other.toml"), "{results:?}");
    assert!(lint(&["--format", "github"], 2).contains("file=other.toml,line=4"));
    // the document of a single manifest stays as it was
    let single = demand(&home.run(&["manifest", "lint", "other.toml", "--json"]), 2);
    let single: serde_json::Value = serde_json::from_str(&single).unwrap();
    assert_eq!(single["manifest"], "other.toml");
    demand(&home.run(&["manifest", "lint", "tokscope.toml", "missing.toml"]), 2);
}

#[test]
fn the_name_of_a_file_is_not_a_token() {
    let home = Home::new(&server());
    std::fs::create_dir(home.path().join("tokens")).unwrap();
    let inside = home.path().join("tokens/missing-token.txt").display().to_string();
    for (argument, code, hint) in [
        // a missing file, by its form or by its folder
        ("./missing-token.txt", 2, "--file"),
        ("../token-of-somebody", 2, "--file"),
        ("~/token-of-somebody", 2, "--file"),
        ("tokens/missing-token", 2, "--file"),
        (&inside, 2, "--file"),
        // perhaps a file, perhaps an opaque token
        ("/nonexistent", 0, "use `--file FILE` to read a token from a file"),
        ("b3BhcXVlIHRva2Vu/dGhhdCBoYXMgYSBzbGFzaA", 0, "use `--file FILE` to read a token from a file"),
        // not a file
        ("b3BhcXVlIHRva2Vu-dGhhdCBoYXMgbm8gc2xhc2g", 0, ""),
        ("tokscope.toml", 2, "read it with `--file tokscope.toml`"),
    ] {
        for command in [&["decode", argument][..], &["check", argument, "--quiet"]] {
            let output = home.run(command);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{command:?}: {said}");
            assert_eq!(said.contains("--file"), !hint.is_empty(), "{command:?}: {said}");
            assert!(said.contains(hint), "{command:?}: {said}");
            assert!(code != 0 || !said.contains(argument), "a token is not repeated: {said}");
        }
    }
}

#[test]
fn an_absent_keyring_is_one_line_with_both_ways_on() {
    let (server, mut home) = accepted();
    home.variables.remove("TOKSCOPE_STORE");
    home.variables.insert("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".to_owned());
    let output = home.run(&["login", "-e", "GET /orders", "--client", "dev", "--no-browser"]);
    demand(&output, 1);
    let said = text(&output.stderr);
    let error: Vec<&str> = said.lines().skip_while(|line| !line.starts_with("error")).collect();
    assert_eq!(
        error,
        [
            "error: no keyring available: this session has no D-Bus",
            "  hint: use `--store passphrase` to protect the vault with a passphrase instead",
            "  hint: use `--store memory` to store nothing",
        ]
    );
    // either of them works
    let signed_in = ["login", "-e", "GET /orders", "--client", "dev", "--no-browser", "--store"];
    for store in ["passphrase", "memory"] {
        demand(&home.run_and_sign_in(&server, &[&signed_in[..], &[store]].concat()), 0);
    }
}

#[test]
fn every_command_reads_a_token_from_the_same_sources() {
    let (server, mut home) = accepted();
    let token = format!("{}-access-given", server.needle);
    home.write_private("token.txt", &token);
    home.write("answer", "HTTP/1.1 403 Forbidden\n\n{\"error\":\"insufficient_scope\"}\n");
    home.variables.insert("GIVEN", token.clone());
    for (command, takes_variable) in [
        (&["decode"][..], false),
        (&["check", "-e", "GET /orders"], false),
        (&["why", "answer"], true),
        (&["call", "GET /orders", "--include"], true),
        (&["probe", "-e", "GET /orders", "--yes"], true),
        (&["tokens", "introspect", "--client", "machine"], false),
    ] {
        let run = |options: &[&str]| home.run(&[command, options].concat());
        let (by_file, by_variable) = (run(&["--token-file", "token.txt"]), run(&["--token-env", "GIVEN"]));
        assert_eq!(by_file.status.code(), by_variable.status.code(), "{command:?}");
        assert_eq!(by_file.stdout, by_variable.stdout, "{command:?}: {}", text(&by_variable.stderr));
        let said = text(&by_file.stderr);
        assert!(by_file.status.code() != Some(2) || command[0] == "tokens", "{command:?}: {said}");
        assert!(!said.contains("unexpected argument"), "{command:?}: {said}");
        if takes_variable {
            let mut command = home.tokscope(command);
            let output = command.env("TOKSCOPE_TOKEN", &token).output().unwrap();
            assert_eq!(output.stdout, by_file.stdout, "{command:?}: {}", text(&output.stderr));
        }
    }
    // at a terminal, where stdin is the keyboard
    home.variables.insert("TOKSCOPE_TOKEN", token);
    for command in [&["decode"][..], &["check", "-e", "GET /orders"]] {
        let (code, said) = User::runs(&home, command).ends();
        assert!(said.contains("opaque") || said.contains("unknown"), "{code}: {said}");
    }
}

#[test]
fn found_tokens_fail_a_scan_only_on_request() {
    let home = Home::new(&server());
    home.write("build.log", "deploy --token ghp_0123456789abcdefghijklmnopqrstuvwxyz \n");
    home.write("clean.log", "deploy\n");
    for (file, options, code) in [
        ("build.log", &[][..], 0),
        ("build.log", &["--fail-on-found"], 6),
        ("build.log", &["--fail-on-found", "--json"], 6),
        ("clean.log", &["--fail-on-found"], 0),
    ] {
        let output = home.run(&[&["decode", "--scan", "--file", file], options].concat());
        demand(&output, code);
        assert!(!text(&output.stdout).contains("0123456789abcdef"), "a found token is masked");
    }
}

/// pre-commit runs a hook's `entry` with the changed files.
#[test]
fn the_hooks_check_manifests_in_any_folder() {
    let home = Home::new(&server());
    let hooks = include_str!("../../.pre-commit-hooks.yaml");
    let entries: Vec<&str> = hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: tokscope ")).collect();
    assert_eq!(entries.len(), 2, "{hooks}");
    let good = "[api.a]\nbase_url = \"https://a.example.com\"\n\n[api.a.endpoints]\n\"GET /\" = []\n";
    for folder in ["one", "two"] {
        std::fs::create_dir(home.path().join(folder)).unwrap();
        home.write(&format!("{folder}/tokscope.toml"), good);
    }
    std::fs::remove_file(home.path().join("tokscope.toml")).unwrap();
    let files = ["one/tokscope.toml", "two/tokscope.toml"];
    let run = |entry: &str| home.run(&entry.split(' ').chain(files).collect::<Vec<_>>());
    for entry in &entries {
        demand(&run(entry), 0);
    }
    home.write("two/tokscope.toml", &format!("\n\n{good}unknown   = 1\n"));
    for entry in &entries {
        let output = run(entry);
        assert!(!output.status.success() && text(&output.stderr).contains("two/tokscope.toml"), "{entry}");
    }
    demand(&home.run(&[&["manifest", "fmt"], &files[..]].concat()), 0);
    demand(&home.run(&[&["manifest", "fmt", "--check"], &files[..]].concat()), 0);
}

#[test]
fn columns_are_headed_and_text_is_wrapped_only_on_a_terminal() {
    let (_server, home) = accepted();
    demand(&home.run(&["login", "-e", "GET /orders", "--client", "machine"]), 0);
    for (command, heading) in [
        (&["tokens", "list"][..], "ID "),
        (&["init", "--list"], "NAME "),
        (&["explain"], "NAME "),
        (&["audit", "log"], "TIME "),
    ] {
        let piped = demand(&home.run(command), 0);
        assert!(!piped.starts_with(heading), "{command:?}: {piped}");
        let (_, shown) = User::runs(&home, command).ends();
        assert!(shown.starts_with(heading), "{command:?}: {shown}");
    }
    let piped = demand(&home.run(&["explain", "scp"]), 0);
    for columns in [60, 80] {
        let (_, shown) = User::runs_at(columns, &home, &["explain", "scp"]).ends();
        let longest = shown.lines().map(|line| line.trim_end().chars().count()).max();
        assert!(longest <= Some(usize::from(columns)), "{longest:?}: {shown}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&shown), words(&piped), "nothing else changes");
    }
    assert!(piped.lines().any(|line| line.chars().count() > 80), "the text is long enough: {piped}");
}
