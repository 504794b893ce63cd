//! Tokens and secrets reach only their destination: no untrusted servers, command lines, files or outputs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{self, Behavior, Home, accepted, demand, ids, manifest, server, text};
use serde_json::Value;

#[test]
fn a_token_argument_is_refused_and_not_repeated() {
    let (server, home) = accepted();
    for command in [&["call", "GET /orders"][..], &["probe"], &["why"], &["--print"], &["demo", "--print"]] {
        let output = home.run(&[command, &["--token", &server.needle]].concat());
        assert_eq!(demand(&output, 2), "");
        let said = text(&output.stderr);
        assert!(said.contains("a token on the command line is visible") && !said.contains(&server.needle), "{said}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn an_untrusted_manifest_causes_no_requests() {
    let (server, home) = accepted();
    demand(
        &home.run_and_sign_in(
            &server,
            &["login", "--no-browser", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"],
        ),
        0,
    );
    let evil = support::server();
    // the same issuer and client, and another place for the token
    for (issuer, api) in [(&server.origin, &evil.origin), (&evil.origin, &evil.origin), (&evil.origin, &server.origin)]
    {
        home.write("tokscope.toml", &manifest(issuer, api));
        let before = server.requests();
        for arguments in [
            &["token", "-e", "GET /orders", "--client", "dev"][..],
            &["token", "-e", "GET /orders", "--client", "machine"],
            &["login", "-e", "GET /orders", "--client", "dev", "--no-browser"],
            &["exec", "-e", "GET /orders", "--client", "machine", "--", "true"],
            &["call", "GET /orders"],
            &["call", "GET /orders", "--token-file", "passphrase"],
            &["call", "GET /orders", "--client", "machine"],
            &["tokens", "refresh", &ids(&home)[0]],
        ] {
            let output = home.run(arguments);
            demand(&output, 5);
            assert!(text(&output.stderr).contains("is not trusted"), "{}", text(&output.stderr));
        }
        assert_eq!((evil.requests(), server.requests()), (0, before));
    }
    // even accepted, it gets no token that was obtained for another place
    home.write("tokscope.toml", &manifest(&server.origin, &evil.origin));
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "dev", "--trust-manifest", "--no-interact"]), 5);
    home.write("tokscope.toml", &manifest(&server.origin, &server.origin));
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "dev", "--no-interact"]), 0);
}

#[test]
fn a_redirect_of_an_api_does_not_leak_the_token() {
    let (server, home) = accepted();
    let thief = support::server();
    let call = ["call", "GET /orders", "--client", "machine", "--include"];
    demand(&home.run(&call), 0);
    for target in [format!("{}/take", thief.origin), "//evil.test/".to_owned(), "file:///etc/passwd".to_owned()] {
        server.behave(Behavior::new().api_redirect(&target));
        let output = home.run(&call);
        assert!(text(&output.stderr).contains(&target), "the target is reported: {}", text(&output.stderr));
    }
    assert_eq!(thief.requests(), 0);
}

#[test]
fn a_hostile_response_is_escaped_and_not_stored() {
    let (server, home) = accepted();
    let json = "application/json";
    let secret = format!("{}-odd", server.needle);
    for (status, kind, body) in [
        (200, "text/html", "<!doctype html><p>sign in".to_owned()),
        (200, json, String::new()),
        (200, json, r#"{"error":"invalid_scope"}"#.to_owned()),
        (200, json, format!(r#"{{"access_token":"{secret}","expires_in":NaN}}"#)),
        (200, json, format!(r#"{{"access_token":"{secret}\r\nX: y"}}"#)),
        (200, json, format!(r#"{{"access_tokens":"{secret}"}}"#)),
        (200, json, format!(r#"{{"access_token":["{secret}"]}}"#)),
        (200, json, format!("[{}1", "1,".repeat(1 << 20))),
        (302, json, format!(r#"{{"access_token":"{secret}"}}"#)),
        (500, json, format!(r#"{{"access_token":"{secret}"}}"#)),
        (401, "text/plain", "error=unknown".to_owned()),
        (403, "text/html", "<html>".to_owned()),
    ] {
        server.behave(Behavior::new().token_response(status, kind, &body));
        let outputs = [
            home.run(&["token", "-e", "GET /orders", "--client", "machine"]),
            home.run(&["exec", "-e", "GET /orders", "--client", "machine", "--", "touch", "ran"]),
            home.run_and_sign_in(&server, &["login", "--no-browser", "--client", "dev", "-e", "GET /orders"]),
        ];
        for output in outputs {
            let said = text(&output.stderr);
            assert!(matches!(output.status.code(), Some(1 | 5)) && output.stdout.is_empty(), "{body:.60}: {said}");
            assert!(said.contains("error: ") && !said.contains(&secret) && said.len() < 2000, "{said}");
        }
        assert_eq!(ids(&home), [] as [String; 0], "{body:.60}");
    }
    assert!(!home.path().join("ran").exists());
}

#[test]
fn secret_files_outside_the_manifest_directory_are_refused() {
    let (server, home) = accepted();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "outside").unwrap();
    symlink(outside.path().join("secret"), home.path().join("link")).unwrap();
    symlink(outside.path(), home.path().join("folder")).unwrap();
    let written = manifest(&server.origin, &server.origin);
    let before = server.requests();
    for file in ["link", "folder/secret", "../secret", "/etc/hostname", "~/secret", "a/../../secret", "nothing"] {
        home.write("tokscope.toml", &written.replace("env = \"CLIENT_SECRET\"", &format!("file = \"{file}\"")));
        let output = home.run(&["token", "-e", "GET /orders", "--client", "machine", "--trust-manifest"]);
        // a missing file inside the directory is not an error in the manifest
        demand(&output, if file == "nothing" { 1 } else { 2 });
        assert!(!text(&output.stderr).contains("outside\n"));
    }
    assert_eq!(server.requests(), before);
}

#[test]
fn trust_is_stored_listed_and_withdrawn() {
    let (_server, home) = accepted();
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    let listed = demand(&home.run(&["trust", "list", "--json"]), 0);
    let document: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(document["schema"], "tokscope.trust/v1");
    assert_eq!(document["accepted"][0]["lines"].as_array().unwrap().len(), 4);
    demand(&home.run(&["trust", "revoke"]), 0);
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 5);
    demand(&home.run(&["trust", "revoke"]), 2);
    // nobody is there to ask
    demand(&home.run(&["trust"]), 2);
    demand(&home.run(&["trust", "--yes"]), 0);
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    let memory = home.path().join("state/tokscope/trust");
    fs::set_permissions(&memory, fs::Permissions::from_mode(0o666)).unwrap();
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 1);
}

#[test]
fn files_on_disk_are_private_whatever_the_umask() {
    for umask in ["000", "022", "077"] {
        let server = server();
        let home = Home::new(&server);
        let script = format!("umask {umask}; exec \"$@\"");
        for arguments in [&["trust", "--yes"][..], &["token", "-e", "GET /orders", "--client", "machine"]] {
            let program = env!("CARGO_BIN_EXE_tokscope");
            let command = [&["-c", &script, "sh", program], arguments].concat();
            demand(&home.command("sh", &command).output().unwrap(), 0);
        }
        let mut seen = 0;
        walk(&home.path().join("data"), &mut |path, state| {
            seen += 1;
            let wanted = if state.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(state.mode() & 0o7777, wanted, "umask {umask}: {}", path.display());
        });
        walk(&home.path().join("state"), &mut |_, state| assert_eq!(state.mode() & 0o077, 0));
        assert!(seen >= 3, "{seen}");
    }
}

fn walk(path: &Path, visit: &mut impl FnMut(&Path, &fs::Metadata)) {
    let state = fs::symlink_metadata(path).unwrap();
    visit(path, &state);
    if state.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            walk(&entry.unwrap().path(), visit);
        }
    }
}

#[test]
fn secrets_appear_only_in_requested_output() {
    let (server, home) = accepted();
    let browser = home.path().join("browser");
    // a browser that writes down what it was given, and its environment
    fs::write(
        &browser,
        format!("#!/bin/sh\n{{ echo \"$@\"; cat /proc/$$/environ; }} > {0}/browsed\n", home.path().display()),
    )
    .unwrap();
    // a command that writes down its words, and its environment but for what it was asked to get
    let spy = home.path().join("spy");
    fs::write(
        &spy,
        format!(
            "#!/bin/sh\n{{ tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' '\\n' < /proc/$$/environ | grep -v '^TOKSCOPE_ACCESS_TOKEN='; \
             }} > {}/spied\n",
            home.path().display()
        ),
    )
    .unwrap();
    for script in [&browser, &spy] {
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut login = home.tokscope(&["login", "--client", "dev", "-e", "GET /orders", "-e", "POST /orders"]);
    login.env("BROWSER", &browser);
    let login = login.spawn().unwrap();
    // before it is tokscope it is this program
    let words = loop {
        let words = fs::read_to_string(format!("/proc/{}/cmdline", login.id())).unwrap();
        if words.contains("login") {
            break words;
        }
    };
    assert!(!words.contains(&server.needle));
    let mut outputs = vec![Home::sign_in_to(&server, login)];
    let id = ids(&home)[0].clone();
    let given = format!("{}-given", server.needle);
    home.write("given", &format!("Authorization: Bearer {given}\n"));
    for arguments in [
        &["tokens", "list"][..],
        &["tokens", "list", "--json"],
        &["tokens", "show", &id],
        &["tokens", "show", &id, "--json"],
        &["tokens", "refresh", &id],
        &["tokens", "refresh", &id, "--json"],
        &["exec", "-e", "GET /orders", "--", "true"],
        &["exec", "-e", "GET /orders", "--", "./nothing"],
        &["exec", "-e", "GET /orders", "--", "./spy", "word"],
        &["exec", "-e", "GET /orders", "--header", "--", "./spy"],
        &["call", "GET /orders"],
        &["call", "GET /orders", "--include"],
        &["call", "GET /orders", "--token-file", "given", "--json"],
        &["call", "GET /orders", "--token", "-"],
        &["call", "GET /orders", "--token", &given],
        &["call", "GET /orders", "--token-file", "given", "--dry-run"],
        &["call", "GET /payments"],
        &["probe", "--token-file", "given", "--rate", "100"],
        &["probe", "--token-file", "given", "--rate", "100", "--format", "json"],
        &["why", "given", "--status", "403"],
        &["why", "given", "--status", "403", "--markdown"],
        &["discover", &server.origin],
        &["discover", &server.origin, "--json"],
        &["explain", &given],
        &["--print", "--token-file", "given"],
        &["--print", "--keys", "t<wait>", "--token-file", "given"],
        &["call", "GET /orders", "--client", "machine"],
        &["call", "GET /orders", "--client", "machine", "--json"],
        &["login", "-e", "GET /orders", "--client", "machine"],
        &["login", "-e", "GET /orders", "--client", "machine", "--json"],
        &["token", "-e", "GET /nothing"],
        &["token", "-e", "GET /orders", "--unknown", &given],
        &["check", &given, "-e", "GET /orders"],
        &["check", &given, "-e", "GET /orders", "--json"],
        &["decode", &given],
        &["decode", &given, "--unknown"],
        &["decode", "--header", &given],
        &["scopes", "-e", "GET /orders"],
        &["manifest", "show"],
        &["manifest", "lint"],
        &["trust"],
        &["trust", "list"],
        &["trust", "list", "--json"],
        &["tokens", "refresh", "nothing"],
        &["tokens", "revoke", &id],
        &["tokens", "revoke", &id, "--yes", "--json"],
        &["tokens", "forget", "--all", "--yes"],
    ] {
        outputs.push(home.run(arguments));
        let mut piped = home.tokscope(arguments);
        outputs.push(piped.stdin(fs::File::open(home.path().join("given")).unwrap()).output().unwrap());
    }
    for output in outputs {
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(!said.contains(&server.needle), "{said}");
    }
    demand(&home.run(&["token", "-e", "GET /orders", "--client", "machine"]), 0);
    let browsed = fs::read(home.path().join("browsed")).unwrap();
    assert!(browsed.starts_with(b"http://127.0.0.1"));
    let spied = fs::read_to_string(home.path().join("spied")).unwrap();
    assert!(spied.contains("./spy") && spied.contains("RUST_LOG=trace"), "{spied}");
    let mut seen = 0;
    walk(home.path(), &mut |path, state| {
        if state.is_file() && !path.ends_with("given") {
            seen += 1;
            let bytes = fs::read(path).unwrap();
            let found = bytes.windows(server.needle.len()).any(|window| window == server.needle.as_bytes());
            assert!(!found, "{}", path.display());
        }
    });
    assert!(seen > 5);
    assert!(!server.take_authorization_headers().is_empty(), "the calls themselves carried it");
}

#[test]
fn a_process_with_a_token_can_not_be_read_or_dumped() {
    let (server, home) = accepted();
    let child = home.tokscope(&["login", "--no-browser", "--client", "dev", "-e", "POST /orders"]).spawn().unwrap();
    let locked = || {
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
        // the system gives the files of a process that may not be dumped to root
        let owner = fs::metadata(format!("/proc/{}/mem", child.id())).unwrap().uid();
        line.split_whitespace().skip(4).take(2).all(|limit| limit == "0") && owner == 0
    };
    // before it is tokscope it is this program
    let started = Instant::now();
    while !locked() {
        assert!(started.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(5));
    }
    demand(&Home::sign_in_to(&server, child), 0);
}

#[test]
fn empty_environment_variables_count_as_unset() {
    let mut home = Home::new(&support::server());
    // every variable that a help text names
    let mut names = std::collections::BTreeSet::new();
    for command in [&["--help"][..], &["login", "--help"], &["demo", "--help"], &["call", "--help"]] {
        let help = demand(&home.run(command), 0);
        for (start, _) in help.match_indices("TOKSCOPE_") {
            let name: String = help
                .get(start..)
                .unwrap()
                .chars()
                .take_while(|next| next.is_ascii_uppercase() || *next == '_')
                .collect();
            names.insert(name);
        }
    }
    assert!(names.len() >= 6, "{names:?}");
    for name in &names {
        home.variables.insert(Box::leak(name.clone().into_boxed_str()), String::new());
    }
    for arguments in [
        &["tokens", "list", "--store", "memory"][..],
        &["manifest", "show"],
        &["trust", "--yes"],
        &["decode", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."],
        &["--print"],
    ] {
        demand(&home.run(arguments), 0);
    }
    // a variable with a value still counts
    home.variables.insert("TOKSCOPE_STORE", "unknown".to_owned());
    demand(&home.run(&["tokens", "list"]), 2);
}

#[test]
fn a_manifest_that_is_not_a_file_is_reported_as_such() {
    let home = Home::new(&support::server());
    let folder = home.path().join("inner");
    std::fs::create_dir(&folder).unwrap();
    let manifest = folder.join("tokscope.toml");
    let run = || {
        let mut command = home.tokscope(&["manifest", "show"]);
        command.current_dir(&folder);
        command.output().unwrap()
    };
    // a folder of that name is none
    std::fs::create_dir(&manifest).unwrap();
    let above = run();
    std::fs::remove_dir(&manifest).unwrap();
    assert_eq!(above.status.code(), run().status.code());
    std::os::unix::fs::symlink("missing", &manifest).unwrap();
    let output = run();
    demand(&output, 2);
    assert!(text(&output.stderr).contains("a link to a file that does not exist"), "{}", text(&output.stderr));
    std::fs::remove_file(&manifest).unwrap();
    std::os::unix::fs::symlink("/dev/null", &manifest).unwrap();
    let output = run();
    demand(&output, 2);
    assert!(text(&output.stderr).contains("it is a device, not a regular file"), "{}", text(&output.stderr));
    std::fs::remove_file(&manifest).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, &manifest, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
    let output = run();
    demand(&output, 2);
    assert!(text(&output.stderr).contains("it is a named pipe, not a regular file"), "{}", text(&output.stderr));
}
