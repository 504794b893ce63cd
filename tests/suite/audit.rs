//! The audit log, through the command line: every act is recorded before it is done, and nothing is done that can't be
//! recorded.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test panics")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use serde_json::Value;
use tokscope::audit::{AuditError, AuditLog, Durability, KeyFile, Options};
use tokscope::usage::{Event, Record};

use crate::support::{Behavior, Home, MockServer, accepted, demand, ids, narrowing_by_refresh, text};

const TOKEN: [&str; 4] = ["token", "-e", "GET /orders", "--client=machine"];

fn folder(home: &Home) -> PathBuf {
    home.path().join("state/tokscope/audit")
}

fn records(home: &Home) -> Vec<Value> {
    let listed = demand(&home.run(&["audit", "log", "--json"]), 0);
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Event, phase and outcome of each record.
fn story(home: &Home) -> Vec<String> {
    let one = |record: &Value| {
        let part = |name: &str| record[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", part("event"), part("phase"), part("outcome"))
    };
    records(home).iter().map(one).collect()
}

fn find<'r>(records: &'r [Value], event: &str, phase: &str) -> &'r Value {
    records.iter().find(|record| record["event"] == event && record["phase"] == phase).unwrap_or_else(|| {
        panic!("{event} {phase} is missing in {records:#?}");
    })
}

#[test]
fn a_grant_a_hand_out_a_call_and_a_revocation_are_recorded() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    demand(&home.run(&["exec", "-e", "GET /orders", "--client=machine", "--", "true"]), 0);
    home.run(&["call", "GET /orders", "--client=machine"]);
    let id = ids(&home).remove(0);
    home.run(&["tokens", "revoke", &id, "--yes"]);
    let recorded = story(&home);
    for expected in [
        "trust.accepted intent -",
        "trust.accepted outcome ok",
        "token.granted intent -",
        "token.granted outcome ok",
        "token.provided intent -",
        "token.provided outcome ok",
        "token.used intent -",
        "token.used outcome ok",
        "token.revoked intent -",
        "token.forgotten intent -",
        "token.forgotten outcome ok",
    ] {
        assert!(recorded.iter().any(|line| line == expected), "{expected}: {recorded:#?}");
    }
    let records = records(&home);
    let granted = find(&records, "token.granted", "outcome");
    assert_eq!(granted["granted"], serde_json::json!(["orders:read"]));
    assert_eq!(granted["endpoints"], serde_json::json!(["GET /orders"]));
    assert_eq!(granted["client"], "machine");
    let used = find(&records, "token.used", "outcome");
    assert_eq!((&used["endpoint"], &used["decision"]), (&"GET /orders".into(), &"allowed".into()));
    assert_eq!(used["used"], serde_json::json!(["orders:read"]));
    assert_eq!(used["token"], granted["token"], "the fingerprint joins a grant and its uses");
    assert_eq!(used["line"], 9, "line of the endpoint in the manifest");
    let intent = find(&records, "token.used", "intent");
    assert_eq!(intent["act"], used["act"]);
    let exec = records.iter().find(|record| record["recipient"] == "exec").unwrap();
    assert_eq!(exec["program"], "true");
    demand(&home.run(&["audit", "verify"]), 0);
    drop(server);
}

#[test]
fn a_refused_grant_and_a_failed_call_are_recorded() {
    let (server, home) = accepted();
    server.behave(Behavior::new().token_response(400, "application/json", r#"{"error":"invalid_scope"}"#));
    demand(&home.run(&TOKEN), 5);
    let records = records(&home);
    let refused = find(&records, "token.granted", "outcome");
    assert_eq!(refused["outcome"], "refused");
    assert_eq!(refused["cause"], "invalid_scope");
}

#[test]
fn refresh_and_narrowing_name_the_token_they_were_made_from() {
    let (server, home) = narrowing_by_refresh();
    let login = ["login", "-e", "GET /orders", "-e", "POST /orders", "--client", "dev", "--no-browser"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    let id = ids(&home).remove(0);
    demand(&home.run(&["tokens", "refresh", &id]), 0);
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "dev", "--no-interact"]), 0);
    let records = records(&home);
    let granted = find(&records, "token.granted", "outcome");
    let refreshed = find(&records, "token.refreshed", "outcome");
    let narrowed = find(&records, "token.narrowed", "outcome");
    assert_eq!(refreshed["parent"], granted["token"]);
    assert_eq!(narrowed["parent"], refreshed["token"]);
    assert_ne!(narrowed["token"], refreshed["token"]);
    assert_eq!(narrowed["granted"], serde_json::json!(["orders:read"]));
}

/// Runs every command that acts: none sends a request, passes a token on, or changes a file.
fn does_nothing(server: &MockServer, home: &Home, reason: &str) {
    let id = ids(home).remove(0);
    let state = || {
        let trust = fs::read(home.path().join("state/tokscope/trust")).unwrap();
        (server.requests(), fs::read(home.path().join("tokscope.toml")).unwrap(), trust, ids(home))
    };
    let before = state();
    let commands: [&[&str]; 17] = [
        &TOKEN,
        &["login", "-e", "GET /orders", "--client=machine"],
        &["login", "-e", "POST /orders", "--client=dev", "--no-browser"],
        &["call", "GET /orders", "--client=machine"],
        &["call", "GET /health"],
        &["exec", "-e", "GET /orders", "--client=machine", "--", "echo", "ran"],
        &["probe", "-e", "GET /orders", "--client=machine", "--yes"],
        &["tokens", "refresh", &id],
        &["tokens", "introspect", &id],
        &["tokens", "revoke", "--all", "--yes"],
        &["tokens", "forget", "--all", "--yes"],
        &["trust", "revoke"],
        &["manifest", "fmt"],
        &["--manifest", "new.toml", "manifest", "init", "--api", "a", "--base-url", "https://a.test"],
        &["--manifest", "new.toml", "init", "--provider", "github", "--client-id", "x"],
        &["discover", &server.origin, "--register"],
        &["audit", "checkpoint"],
    ];
    for command in commands {
        let output = home.run(command);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(8), "{command:?}: {said}");
        assert!(said.contains(reason), "{command:?}: {said}");
        assert_eq!(output.stdout, b"", "{command:?}: no token is passed on");
        assert_eq!(state(), before, "{command:?}");
    }
    assert!(!home.path().join("new.toml").exists());
}

/// What a server can't have received.
fn sends_nothing(server: &MockServer, before: usize, output: &Output, reason: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{said}");
    assert!(said.contains(reason), "{said}");
    assert_eq!(output.stdout, b"", "no token is passed on");
    assert_eq!(server.requests(), before, "a request was sent");
}

#[test]
fn without_a_record_nothing_is_sent_and_no_token_is_passed_on() {
    type Damage = fn(&PathBuf);
    let damages: [(&str, Damage); 4] = [
        ("was removed", |folder| fs::remove_file(folder.join("000001.jsonl")).unwrap()),
        ("was shortened", |folder| {
            let file = fs::File::options().write(true).open(folder.join("000001.jsonl")).unwrap();
            let text = fs::read_to_string(folder.join("000001.jsonl")).unwrap();
            file.set_len(text.lines().next().unwrap().len() as u64 + 1).unwrap();
        }),
        ("is damaged", |folder| {
            let text = fs::read_to_string(folder.join("000001.jsonl")).unwrap();
            fs::write(folder.join("000001.jsonl"), text.replacen("\"ok\"", "\"no\"", 4)).unwrap();
        }),
        ("can't access", |folder| {
            fs::remove_file(folder.join("lock")).unwrap();
            fs::create_dir(folder.join("lock")).unwrap();
        }),
    ];
    for (reason, damage) in damages {
        let (server, home) = accepted();
        demand(&home.run(&TOKEN), 0);
        damage(&folder(&home));
        does_nothing(&server, &home, reason);
        if reason != "can't access" {
            demand(&home.run(&["audit", "accept", "--yes"]), 0);
            demand(&home.run(&TOKEN), 0);
            assert!(story(&home).iter().any(|line| line.starts_with("log.accepted")));
        }
    }
}

/// A small file system in memory, where this process may mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: PathBuf) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", "size=512k,mode=700", "none"];
        let mounted = Command::new("mount").args(options).arg(&path).output().ok()?;
        mounted.status.success().then_some(Self(path))
    }

    fn fill(&self) {
        let _ = fs::write(self.0.join("full"), vec![1; 1 << 20]);
    }

    fn remount(&self, options: &str) {
        let done = Command::new("mount").args(["-o", options]).arg(&self.0).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "a skipped test")]
fn on_a_full_or_read_only_disk_nothing_is_sent_and_the_refusal_is_recorded() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    // the directory of the log moves to the small disk
    let place = folder(&home);
    fs::remove_dir_all(&place).unwrap();
    fs::create_dir(&place).unwrap();
    fs::set_permissions(&place, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let _ = fs::remove_file(home.data().join("audit-anchor"));
    let Some(disk) = SmallDisk::mount(place) else {
        eprintln!("skipped: a tmpfs can't be mounted here");
        return;
    };
    demand(&home.run(&TOKEN), 0);
    disk.fill();
    let before = server.requests();
    // the first records may fit in the block that the file has already
    let full = (0..40).map(|_| home.run(&TOKEN)).find(|output| output.status.code() == Some(8)).unwrap();
    sends_nothing(&server, before, &full, "no space left");
    assert!(text(&full.stderr).contains("free space"), "{}", text(&full.stderr));
    does_nothing(&server, &home, "no space left");
    fs::remove_file(disk.0.join("full")).unwrap();
    demand(&home.run(&TOKEN), 0);
    let refusals = records(&home).iter().filter(|record| record["event"] == "log.refused").count();
    assert_eq!(refusals, 1, "the reserved space holds the refusal");
    demand(&home.run(&["audit", "verify"]), 0);
    disk.remount("remount,ro");
    does_nothing(&server, &home, "can't");
    disk.remount("remount,rw");
    demand(&home.run(&TOKEN), 0);
}

#[test]
#[allow(clippy::print_stderr, reason = "a skipped test")]
fn a_full_disk_costs_one_refusal_whatever_the_length_of_the_log() {
    let (folder, key) = (tempfile::tempdir().unwrap(), Arc::new(KeyFile));
    let Some(disk) = SmallDisk::mount(folder.path().to_path_buf()) else {
        eprintln!("skipped: a tmpfs can't be mounted here");
        return;
    };
    // at the end of a block, in the middle of it, and at the end of a segment
    let options = Options { segment_bytes: 8 << 10, ..Options::default() };
    let append = |bytes: usize| {
        let record = Record { client: Some("c".repeat(bytes)), ..Record::new(Event::Use) };
        AuditLog::new(&folder.path().join("audit"), key.clone(), options.clone())
            .append(record.into(), Durability::Disk)
    };
    append(1).unwrap();
    let refusals = || {
        let files = fs::read_dir(folder.path().join("audit")).unwrap();
        let text = |file: fs::DirEntry| fs::read_to_string(file.path()).unwrap_or_default();
        files.map(|file| text(file.unwrap()).matches("log.refused").count()).sum::<usize>()
    };
    for round in 1..=24 {
        disk.fill();
        while append(round * 40).is_ok() {}
        for bytes in [1, 2_000, 1, 100] {
            assert!(matches!(append(bytes), Err(AuditError::Full { .. })), "round {round}");
        }
        fs::remove_file(disk.0.join("full")).unwrap();
        append(round * 7).unwrap();
        assert_eq!(refusals(), round);
    }
    let log = AuditLog::new(&folder.path().join("audit"), key, options);
    assert_eq!(log.verify(&[]).unwrap().summary.problems, Vec::new());
}

#[test]
fn no_token_secret_or_path_parameter_is_in_the_log() {
    let (server, home) = narrowing_by_refresh();
    let login = ["login", "-e", "DELETE /orders/{id}", "-e", "POST /orders", "--client", "dev", "--no-browser"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    demand(&home.run(&TOKEN), 0);
    let call = "DELETE /orders/needle-parameter?key=needle-query";
    let given = format!("{}-given-token-0123456789", server.needle);
    home.write_private("given", &given);
    for arguments in [
        vec!["call", call, "--client", "dev", "--yes", "-H", "X-Secret: needle-header", "--data", "needle-body"],
        vec!["call", "GET /orders", "--token-file", "given", "--yes"],
        vec!["token", "-e", "GET /orders", "--client", "dev", "--no-interact"],
        vec!["exec", "-e", "GET /orders", "--client=machine", "--", "echo", "needle-argument"],
        vec!["probe", "-e", "GET /orders", "--client=machine", "--yes"],
        vec!["tokens", "revoke", "--all", "--yes"],
    ] {
        home.run(&arguments);
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(folder(&home)).unwrap() {
        all.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    let all = String::from_utf8_lossy(&all).into_owned();
    assert!(all.contains("token.used") && all.contains("token.probed"), "{}", story(&home).join("\n"));
    for secret in [server.needle.as_str(), "needle-", "correct horse"] {
        assert!(!all.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn decoding_and_checking_write_no_record_and_no_file() {
    let (server, home) = accepted();
    let before = story(&home);
    let fresh = tempfile::tempdir().unwrap();
    let token = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9yZGVyczpyZWFkIn0.";
    let commands: [&[&str]; 4] =
        [&["decode", token], &["check", "GET /orders", token], &["scopes", "GET /orders"], &["manifest", "lint"]];
    for command in commands {
        let mut one = home.tokscope(command);
        one.env("XDG_STATE_HOME", fresh.path()).env("XDG_DATA_HOME", fresh.path()).env("HOME", fresh.path());
        one.output().unwrap();
        assert_eq!(fs::read_dir(fresh.path()).unwrap().count(), 0, "{command:?} left a file");
        home.run(command);
    }
    assert_eq!(story(&home), before);
    drop(server);
}

#[test]
fn records_are_selected_by_client_endpoint_scope_event_outcome_and_time() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    home.run(&["call", "GET /orders", "--client=machine"]);
    let count = |arguments: &[&str]| {
        let all = [&["audit", "log", "--json"], arguments].concat();
        demand(&home.run(&all), 0).lines().count()
    };
    let all = count(&[]);
    assert!(all > 6);
    assert_eq!(count(&["--event", "trust"]), 2);
    assert_eq!(count(&["--event", "token.granted", "--outcome", "ok"]), 1);
    assert_eq!(count(&["--client", "nobody"]), 0);
    assert_eq!(count(&["--scope", "orders:read", "--event", "token.used"]), 2);
    assert_eq!(count(&["--endpoint", "/orders", "--event", "token.used"]), 2);
    assert_eq!((count(&["--since", "1h"]), count(&["--until", "1h"])), (all, 0));
    let table = demand(&home.run(&["audit", "log", "--event", "token.used"]), 0);
    assert!(table.lines().any(|line| line.contains("GET /orders") && line.contains("ok")), "{table}");
    demand(&home.run(&["audit", "log", "--event", "token.nothing"]), 2);
    drop(server);
}

#[test]
fn a_checkpoint_and_the_anchor_find_a_shortened_log() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    let checkpoint = demand(&home.run(&["audit", "checkpoint"]), 0);
    home.write("checkpoint", &checkpoint);
    demand(&home.run(&["audit", "verify", "--checkpoint", "checkpoint"]), 0);
    let verified = demand(&home.run(&["audit", "verify"]), 0);
    assert!(verified.contains("anchored in the passphrase store up to record"), "{verified}");
    let file = folder(&home).join("000001.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let kept: Vec<&str> = text.lines().collect();
    let kept = kept[..kept.len() - 1].join("\n") + "\n";
    fs::File::options().write(true).open(&file).unwrap().set_len(kept.len() as u64).unwrap();
    let output = home.run(&["audit", "verify", "--checkpoint", "checkpoint", "--json"]);
    let found: Value = serde_json::from_str(&demand(&output, 8)).unwrap();
    assert_eq!(found["problems"][0]["kind"], "shortened");
    home.write("checkpoint", &checkpoint.replace("tokscope-audit/", "tokscope-audit/f"));
    demand(&home.run(&["audit", "verify", "--checkpoint", "checkpoint"]), 8);
    drop(server);
}

#[test]
fn the_published_schema_is_current() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/audit.schema.json");
    let current = format!("{}\n", serde_json::to_string_pretty(&tokscope::usage::schema()).unwrap());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&file, &current).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), current, "run with UPDATE_SCHEMA=1");
}

#[test]
fn every_record_fits_the_schema() {
    let (server, home) = accepted();
    demand(&home.run(&TOKEN), 0);
    home.run(&["call", "GET /orders", "--client=machine"]);
    let schema = tokscope::usage::schema();
    let listed = fs::read_to_string(folder(&home).join("000001.jsonl")).unwrap();
    for line in listed.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let members = record.as_object().unwrap();
        for name in schema["required"].as_array().unwrap() {
            assert!(members.contains_key(name.as_str().unwrap()), "{name}: {line}");
        }
        for (name, value) in members {
            let fits = match schema["properties"][name]["type"].as_str().unwrap_or_else(|| panic!("{name}")) {
                "string" => value.is_string(),
                "integer" => value.is_u64(),
                "number" => value.is_f64(),
                "boolean" => value.is_boolean(),
                _ => value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_string)),
            };
            assert!(fits, "{name}: {line}");
        }
    }
    drop(server);
}

#[test]
fn a_review_names_unused_scopes_and_the_command_that_narrows() {
    let (server, home) = accepted();
    let login = ["login", "-e", "GET /orders", "-e", "POST /orders", "--client", "dev", "--no-browser"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    home.run(&["call", "GET /orders", "--client", "dev", "--no-interact"]);
    let id = ids(&home).remove(0);
    let output = home.run(&["tokens", "review", "--json", "--fail-on", "warning"]);
    let found: Value = serde_json::from_str(&demand(&output, 6)).unwrap();
    let state = |scope: &str| {
        let scopes = found["tokens"][0]["scopes"].as_array().unwrap();
        scopes.iter().find(|one| one["scope"] == scope).unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!((state("orders:read").as_str(), state("orders:write").as_str()), ("used", "unused"));
    let finding = &found["findings"][0];
    assert_eq!(finding["code"], "scope-never-needed");
    let command = format!("tokscope login --client dev -e 'GET /orders' && tokscope tokens revoke {id}");
    assert_eq!(finding["command"], command.as_str());
    for format in ["text", "csv", "markdown", "sarif"] {
        let printed = demand(&home.run(&["tokens", "review", "--format", format]), 0);
        assert!(printed.contains("orders:write"), "{format}: {printed}");
    }
    demand(&home.run(&["tokens", "review", "--fail-on", "warning", "--off", "scope-never-needed"]), 0);
    // once the token has left, what is done with it can't be seen
    demand(&home.run(&["exec", "-e", "GET /orders", "--client", "dev", "--no-interact", "--", "true"]), 0);
    let after = demand(&home.run(&["tokens", "review"]), 0);
    assert!(after.contains("unknown  orders:write") && after.contains("use-unknown"), "{after}");
}
