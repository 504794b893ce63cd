//! File access: no writes through links, atomic writes, and no secrets from files that others can access.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Output;

use crate::support::{self, Home, accepted, demand, ids, text};

const DESCRIPTION: &str = r#"{"openapi":"3.0.3","info":{"title":"t","version":"1"},"servers":[{"url":"https://api.example.com"}],
"paths":{"/a":{"get":{"security":[{"o":["r"]}],"responses":{"200":{"description":"ok"}}}}},"components":{"securitySchemes":
{"o":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"https://login.example.com/token","scopes":{"r":"R"}}}}}}}"#;

/// Every command that writes a file at a path from the user, with that path.
const WRITERS: [(&[&str], &str); 5] = [
    (&["manifest", "fmt", "--manifest", "written"], "written"),
    (&["manifest", "import", "description.json", "--into", "written"], "written"),
    (&["manifest", "init", "description.json", "--manifest", "written"], "written"),
    (&["call", "GET /health", "--output", "written"], "written"),
    (&["probe", "--client", "machine", "--rate", "100", "--state", "written"], "written"),
];

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A manifest that `manifest fmt` would change.
fn unformatted(home: &Home) -> String {
    fs::read_to_string(home.path().join("tokscope.toml")).unwrap().replace(" = ", "  =  ")
}

/// Files that a command left behind.
fn leftovers(home: &Home) -> Vec<String> {
    let names = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".tmp") || name.contains(".new")).collect()
}

fn shell(home: &Home, script: &str, arguments: &[&str]) -> Output {
    let words = [&["-c", script, "sh", env!("CARGO_BIN_EXE_tokscope")], arguments].concat();
    home.command("sh", &words).output().unwrap()
}

#[test]
fn no_command_writes_through_a_link_at_its_destination() {
    let (_server, home) = accepted();
    home.write("description.json", DESCRIPTION);
    for (command, name) in WRITERS {
        let written = home.path().join(name);
        for victim in ["victim", "subfolder/victim", "missing"] {
            fs::create_dir_all(home.path().join("subfolder")).unwrap();
            let content = unformatted(&home);
            if victim != "missing" {
                home.write(victim, &content);
            }
            symlink(home.path().join(victim), &written).unwrap();
            let output = home.run(command);
            let said = text(&output.stderr);
            assert!(!output.status.success(), "{command:?} {victim}: {said}");
            assert!(said.contains("hint: ") || victim == "missing", "{command:?} {victim}: {said}");
            match victim {
                "missing" => assert!(!home.path().join(victim).exists(), "{command:?}"),
                _ => assert_eq!(fs::read_to_string(home.path().join(victim)).unwrap(), content, "{command:?}"),
            }
            assert!(written.is_symlink());
            fs::remove_file(&written).unwrap();
            assert_eq!(leftovers(&home), [] as [String; 0], "{command:?}");
        }
    }
}

#[test]
fn links_at_names_of_temporary_files_stay_untouched() {
    let (_server, home) = accepted();
    home.write("description.json", DESCRIPTION);
    home.write("victim", "precious");
    for name in ["written.new", "written.tmp", ".written.new", ".written.tmp", "written~", ".written.swp"] {
        symlink("victim", home.path().join(name)).unwrap();
    }
    for (command, name) in WRITERS {
        let written = home.path().join(name);
        if command.contains(&"fmt") {
            home.write(name, &unformatted(&home));
        }
        let output = home.run(command);
        assert!(written.is_file() && !written.is_symlink(), "{command:?}: {}", text(&output.stderr));
        assert_eq!(fs::read_to_string(home.path().join("victim")).unwrap(), "precious", "{command:?}");
        fs::remove_file(&written).unwrap();
    }
}

#[test]
fn private_files_are_not_opened_through_links() {
    let (_server, home) = accepted();
    let login = ["token", "-e", "GET /orders", "--client", "machine"];
    demand(&home.run(&login), 0);
    home.write("victim", "precious");
    set_mode(&home.path().join("victim"), 0o600);
    for (folder, file) in [("data", "vault"), ("data", "vault.lock"), ("state", "trust"), ("state", "trust.lock")] {
        let path = home.path().join(folder).join("tokscope").join(file);
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        symlink(home.path().join("victim"), &path).unwrap();
        for command in [&["trust", "--yes"][..], &login, &["tokens", "forget", "--all", "--yes"]] {
            home.run(command);
        }
        assert_eq!(fs::read_to_string(home.path().join("victim")).unwrap(), "precious", "{file}");
        assert_eq!(mode(&home.path().join("victim")), 0o600);
        fs::remove_file(&path).unwrap();
        fs::write(&path, kept).unwrap();
        set_mode(&path, 0o600);
    }
}

#[test]
fn hard_links_to_a_destination_keep_their_content() {
    let (_server, home) = accepted();
    home.write("description.json", DESCRIPTION);
    for (command, name) in WRITERS.iter().filter(|(command, _)| !command.contains(&"init")) {
        let content = if command.contains(&"probe") { String::new() } else { unformatted(&home) };
        home.write("victim", &content);
        fs::hard_link(home.path().join("victim"), home.path().join(name)).unwrap();
        let output = home.run(command);
        assert_eq!(output.status.success(), !command.contains(&"probe"), "{command:?}: {}", text(&output.stderr));
        assert_eq!(fs::read_to_string(home.path().join("victim")).unwrap(), content, "{command:?}");
        fs::remove_file(home.path().join(name)).unwrap();
    }
}

#[test]
fn an_existing_file_keeps_its_permissions_but_no_setuid_bits() {
    let (_server, home) = accepted();
    let written = home.path().join("written");
    for (command, _) in [WRITERS[0], WRITERS[3]] {
        for (before, after) in [
            (0o644, 0o644),
            (0o640, 0o640),
            (0o600, 0o600),
            (0o666, 0o666),
            (0o4755, 0o755),
            (0o2664, 0o664),
            (0o1666, 0o666),
        ] {
            home.write("written", &unformatted(&home));
            set_mode(&written, before);
            demand(&home.run(command), 0);
            assert_eq!(mode(&written), after, "{command:?} {before:o}");
        }
        fs::remove_file(&written).unwrap();
    }
}

#[test]
fn a_new_manifest_follows_the_umask_and_a_response_is_private() {
    let (_server, home) = accepted();
    home.write("description.json", DESCRIPTION);
    for (umask, shared) in [("000", 0o666), ("022", 0o644), ("077", 0o600)] {
        for (command, name) in &WRITERS[1..] {
            shell(&home, &format!("umask {umask}; exec \"$@\""), command);
            let written = home.path().join(name);
            let is_manifest = command.contains(&"manifest");
            assert_eq!(mode(&written), if is_manifest { shared } else { 0o600 }, "{umask} {command:?}");
            fs::remove_file(&written).unwrap();
        }
    }
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let (_server, home) = accepted();
    home.write("description.json", DESCRIPTION);
    for (command, name) in WRITERS.iter().filter(|(command, _)| !command.contains(&"probe")) {
        let content = unformatted(&home);
        let is_new = command.contains(&"init");
        if !is_new {
            home.write(name, &content);
        }
        // no file may get a byte
        let output = shell(&home, "trap '' XFSZ; ulimit -f 0; exec \"$@\"", command);
        assert!(!output.status.success(), "{command:?}");
        match is_new {
            true => assert!(!home.path().join(name).exists()),
            false => {
                assert_eq!(fs::read_to_string(home.path().join(name)).unwrap(), content, "{command:?}");
                fs::remove_file(home.path().join(name)).unwrap();
            }
        }
        assert_eq!(leftovers(&home), [] as [String; 0], "{command:?}");
    }
}

#[test]
fn a_first_manifest_is_never_written_over_another() {
    let (_server, home) = accepted();
    home.write("description.json", DESCRIPTION);
    home.write("written", "# mine\n");
    demand(&home.run(WRITERS[2].0), 2);
    assert_eq!(fs::read_to_string(home.path().join("written")).unwrap(), "# mine\n");
}

#[test]
fn a_response_can_go_to_devices_and_descriptors() {
    let (_server, home) = accepted();
    let call = |output: &'static str| ["call", "GET /health", "--output", output];
    demand(&home.run(&call("/dev/null")), 0);
    for stdout in ["-", "/dev/stdout", "/dev/fd/1"] {
        assert!(demand(&home.run(&call(stdout)), 0).contains("fine"), "{stdout}");
    }
    let piped = shell(&home, "{ \"$@\" 3>&1 >&2; } | cat", &call("/dev/fd/3"));
    assert!(demand(&piped, 0).contains("fine"));
    demand(&shell(&home, "exec \"$@\" 3>>log", &call("/dev/fd/3")), 0);
    assert!(fs::read_to_string(home.path().join("log")).unwrap().contains("fine"));
    // a pipe without a reader, and not a file
    demand(&shell(&home, "mkfifo pipe; exec \"$@\"", &call("pipe")), 1);
    fs::create_dir(home.path().join("folder")).unwrap();
    for wrong in ["folder", "folder/", "..", "/", "missing/file"] {
        let output = home.run(&["call", "GET /health", "--output", wrong]);
        demand(&output, 1);
    }
}

#[test]
fn secret_files_that_others_can_read_or_write_are_refused() {
    let (server, home) = accepted();
    let token = ["token", "-e", "GET /orders", "--client", "machine", "--trust-manifest"];
    demand(&home.run(&token), 0);
    let manifest = support::manifest(&server.origin, &server.origin);
    home.write("tokscope.toml", &manifest.replace("env = \"CLIENT_SECRET\"", "file = \"secret\""));
    home.write_private("secret", "of the client\n");
    let before = server.requests();
    for file in ["passphrase", "secret"] {
        let path = home.path().join(file);
        for mode in [0o644, 0o640, 0o604, 0o622, 0o620, 0o602, 0o666] {
            set_mode(home.path(), 0o755);
            for other in ["passphrase", "secret"] {
                set_mode(&home.path().join(other), 0o600);
            }
            set_mode(&path, mode);
            let output = home.run(&["login", "-e", "GET /orders", "--client", "machine", "--trust-manifest"]);
            if home.path().ancestors().any(|folder| self::mode(folder) & 0o011 == 0) && mode & 0o022 == 0 {
                continue;
            }
            demand(&output, 1);
            let said = text(&output.stderr);
            assert!(said.contains("accessible by other") && said.contains("chmod 600"), "{file} {mode:o}: {said}");
            // nobody else gets into this folder
            set_mode(home.path(), 0o700);
            let is_refused = mode & 0o022 != 0;
            let output = home.run(&["login", "-e", "GET /orders", "--client", "machine", "--trust-manifest"]);
            demand(&output, i32::from(is_refused));
        }
        set_mode(&path, 0o600);
    }
    assert!(server.requests() > before);
}

#[test]
fn pipes_devices_and_directories_are_refused_as_secrets_and_manifests() {
    let (server, home) = accepted();
    demand(
        &shell(&home, "mkfifo -m 600 pipe; mkdir -m 700 folder; head -c 100000 /dev/zero > huge; chmod 600 huge", &[]),
        0,
    );
    let manifest = support::manifest(&server.origin, &server.origin);
    let token = ["token", "-e", "GET /orders", "--client", "machine", "--trust-manifest"];
    for wrong in ["pipe", "folder", "/dev/zero", "/dev/null", "/dev/tty", "huge"] {
        let output = home.run(&[&token[..], &["--passphrase-file", wrong]].concat());
        assert!(!output.status.success(), "{wrong}");
        let output = home.run(&["manifest", "show", "--manifest", wrong]);
        demand(&output, 2);
        if !wrong.starts_with('/') {
            home.write("tokscope.toml", &manifest.replace("env = \"CLIENT_SECRET\"", &format!("file = \"{wrong}\"")));
            assert!(!home.run(&token).status.success(), "{wrong}");
        }
        home.write("tokscope.toml", &manifest);
    }
}

#[test]
fn a_passphrase_descriptor_is_not_inherited() {
    let (server, mut home) = accepted();
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", "/dev/fd/3".to_owned());
    home.variables.insert("MY_TOKEN", "a-token-of-mine".to_owned());
    let child = "cat <&3 2>/dev/null; cat; tr '\\0' '\\n' < /proc/self/environ";
    for open in ["exec \"$@\" 3< passphrase", "cat passphrase | { exec 4<&0; exec \"$@\" 3<&4 4<&- < /dev/null; }"] {
        let command = ["exec", "-e", "GET /orders", "--client", "machine", "--", "sh", "-c", child];
        let seen = demand(&shell(&home, open, &command), 0);
        assert!(seen.contains("TOKSCOPE_ACCESS_TOKEN=") && seen.contains("MY_TOKEN"), "{seen}");
        for hidden in ["correct horse", "TOKSCOPE_PASSPHRASE_FILE", "TOKSCOPE_STORE", "CLIENT_SECRET"] {
            assert!(!seen.contains(hidden), "{hidden}: {seen}");
        }
    }
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", "/dev/stdin".to_owned());
    let command = ["exec", "-e", "GET /orders", "--client", "machine", "--", "sh", "-c", "cat"];
    assert_eq!(demand(&shell(&home, "exec \"$@\" < passphrase", &command), 0), "");
    // also where the vault is not opened
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", "/dev/fd/3".to_owned());
    home.variables.insert("TOKSCOPE_STORE", "memory".to_owned());
    let command = ["exec", "-e", "GET /orders", "--client", "machine", "--", "sh", "-c", "cat <&3"];
    assert!(!shell(&home, "exec \"$@\" 3< passphrase", &command).status.success());
    drop(server);
}

#[test]
fn the_browser_inherits_no_secrets_or_tokscope_variables() {
    let (server, mut home) = accepted();
    let browser = home.path().join("browser");
    let script = "#!/bin/sh\ncd \"${0%/*}\"\n{ cat <&3; tr '\\0' '\\n' < /proc/$$/environ; } > browsed.tmp 2>/dev/null\nmv browsed.tmp browsed\n";
    fs::write(&browser, script).unwrap();
    set_mode(&browser, 0o755);
    home.variables.insert("BROWSER", browser.to_string_lossy().into_owned());
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", "/dev/fd/3".to_owned());
    home.variables.insert("TOKSCOPE_TOKEN", "a-token-of-mine".to_owned());
    let words = [
        "-c",
        "exec \"$@\" 3< passphrase",
        "sh",
        env!("CARGO_BIN_EXE_tokscope"),
        "login",
        "--client",
        "dev",
        "-e",
        "GET /orders",
    ];
    demand(&Home::sign_in_to(&server, home.command("sh", &words).spawn().unwrap()), 0);
    let seen = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::read_to_string(home.path().join("browsed")).ok()
    })
    .take(1000)
    .flatten()
    .next()
    .unwrap();
    assert!(seen.contains("BROWSER="), "{seen}");
    for hidden in ["correct horse", "TOKSCOPE_", "CLIENT_SECRET", "a-token-of-mine"] {
        assert!(!seen.contains(hidden), "{hidden}: {seen}");
    }
    home.variables.insert("TOKSCOPE_PASSPHRASE_FILE", home.path().join("passphrase").to_string_lossy().into_owned());
    assert_eq!(ids(&home).len(), 1);
}

#[test]
fn a_trivial_passphrase_is_refused() {
    let (_server, home) = accepted();
    let token = ["token", "-e", "GET /orders", "--client", "machine"];
    for trivial in ["short", "aaaaaaaaaaaa", "1234567890", "Password123", "qwertyuiop"] {
        home.write("passphrase", &format!("{trivial}\n"));
        let output = home.run(&["login", "-e", "GET /orders", "--client", "machine"]);
        demand(&output, 2);
        assert!(!text(&output.stderr).contains(trivial), "{}", text(&output.stderr));
        assert!(!home.data().join("vault").exists());
    }
    home.write("passphrase", "passphrase1\n");
    demand(&home.run(&token), 0);
}
