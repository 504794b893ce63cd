//! Text from outside never steers a terminal and never hides: whatever a token, a manifest, a server, an argument or
//! the name of a file holds, every character that could is written out, on standard output and on standard error.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test that fails shall panic"
)]

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// One character of each class: C0, DEL, C1, line separators, bidirectional, zero-width, soft hyphen, variation
/// selector, byte order mark, tag.
const HOSTILE: &[char] = &[
    '\u{1b}',
    '\u{7}',
    '\r',
    '\u{7f}',
    '\u{85}',
    '\u{9b}',
    '\u{9d}',
    '\u{2028}',
    '\u{202e}',
    '\u{2066}',
    '\u{61c}',
    '\u{200b}',
    '\u{200d}',
    '\u{2060}',
    '\u{ad}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{e0041}',
];

/// What may steer or hide, by the Unicode standard's own ranges and not by the program's table.
fn steers(character: char) -> bool {
    let code = u32::from(character);
    (character.is_control() && character != '\n')
        || [0xad, 0x61c, 0xfeff].contains(&code)
        || [0x200b..=0x200f, 0x2028..=0x202e, 0x2060..=0x206f, 0xfe00..=0xfe0f, 0xe0000..=0xe0fff]
            .iter()
            .any(|range| range.contains(&code))
}

fn assert_harmless(what: &str, output: &Output) {
    for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = std::str::from_utf8(bytes).unwrap_or_else(|_| panic!("{what}: {stream} is not valid UTF-8"));
        if let Some(found) = text.chars().find(|character| steers(*character)) {
            panic!("{what}: {stream} holds {found:?}: {text:?}");
        }
    }
}

fn run(arguments: &[impl AsRef<OsStr>], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tokscope"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("TOKSCOPE_MANIFEST")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn token(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(header), part(claims))
}

#[test]
fn what_a_token_says() {
    let folder = tempfile::tempdir().unwrap();
    for hostile in HOSTILE {
        let text = format!("a{hostile}[31mb");
        let escaped = format!("\\u{{{:x}}}", u32::from(*hostile));
        let token = token(
            &json!({ "alg": "RS256", "kid": text, "typ": text, &text: text }),
            &json!({
                "iss": text, "sub": text, "aud": [text], "scope": text, "roles": [text], "exp": text,
                &text: { &text: [text] }, "realm_access": { "roles": [text] }
            }),
        );
        for arguments in [
            vec!["decode", &token],
            vec!["decode", "--json", &token],
            vec!["decode", "--header", &token],
            vec!["decode", "--payload", &token],
            vec!["decode", "--claim", "sub", &token],
            vec!["decode", "--claim", &text, &token],
            vec!["decode", &text],
        ] {
            assert_harmless(&format!("{arguments:?}"), &run(&arguments, folder.path()));
        }
        // hiding it would be as wrong
        let shown = String::from_utf8(run(&["decode", &token], folder.path()).stdout).unwrap();
        assert!(shown.contains(&escaped), "{escaped} is not in {shown}");
        let document = run(&["decode", "--json", &token], folder.path()).stdout;
        let document: Value = serde_json::from_slice(&document).unwrap();
        assert_eq!(document["claims"]["sub"], Value::String(text));
    }
}

#[test]
fn what_a_manifest_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokscope.toml");
    for hostile in HOSTILE {
        let code = format!("a\\U{:08x}b", u32::from(*hostile));
        let raw = if matches!(hostile, '\u{1b}' | '\u{7}' | '\r' | '\u{7f}') { ' ' } else { *hostile };
        let good = format!(
            "[api.orders]\ntitle = \"{code}\"\nbase_url = \"https://api.example.com\"\n[api.orders.scopes]\n\
             \"orders:read\" = {{ description = \"{code}{raw}\" }}\n[api.orders.endpoints]\n\
             \"GET /orders\" = {{ any_of = [\"orders:read\"], summary = \"{code}{raw}\" }}\n\"GET /{raw}x\" = []\n"
        );
        let bad = format!("{good}[client.\"{code}{raw}\"]\n\"{code}{raw}\" = \"{raw}\" # {raw}\n");
        for source in [good, bad] {
            std::fs::write(&path, source).unwrap();
            for arguments in [
                &["manifest", "show"][..],
                &["manifest", "show", "--json"],
                &["manifest", "lint"],
                &["manifest", "lint", "--json"],
                &["scopes", "-e", "GET /orders"],
                &["scopes", "-e", &format!("GET /{hostile}")],
                &["check", "--endpoint", &format!("{hostile}"), "x"],
                &["scopes", "-e", "GET /orders", "--json"],
            ] {
                assert_harmless(&format!("{hostile:?} {arguments:?}"), &run(arguments, folder.path()));
            }
        }
    }
}

#[test]
fn what_an_argument_and_a_file_name_say() {
    let folder = tempfile::tempdir().unwrap();
    for hostile in HOSTILE {
        let text = format!("--no{hostile}[2J");
        assert_harmless("an option", &run(&["decode", "--json", "x", &text], folder.path()));
        assert_harmless("a command", &run(&[&text[2..]], folder.path()));
        assert_harmless("an option of the program", &run(&[&text], folder.path()));
        let named = run(&["--manifest", &text[2..], "manifest", "lint"], folder.path());
        assert_harmless("a manifest that is not there", &named);
        assert_eq!(named.status.code(), Some(2));
        let path = folder.path().join(&text[2..]);
        std::fs::write(&path, "[api.x]\nbase_url = 7\n").unwrap();
        let path = path.into_os_string().into_string().unwrap();
        assert_harmless("a manifest of that name", &run(&["--manifest", &path, "manifest", "lint"], folder.path()));
    }
}

/// Answers one request with these bytes, whatever it asks for.
fn answer_once(answer: Vec<u8>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap_or_default() > 2 {
            line.clear();
        }
        (&stream).write_all(&answer).unwrap();
    });
    port
}

#[test]
fn what_a_server_says() {
    let folder = tempfile::tempdir().unwrap();
    for hostile in HOSTILE {
        // a header field may hold bytes above 0x7f (obs-text, RFC 9110 §5.5), but no control
        let inside = if hostile.is_ascii_control() { String::new() } else { hostile.to_string() };
        let body = json!({ "error": format!("x{hostile}[31m"), "message": format!("scope a{hostile}b is missing") });
        let body = body.to_string();
        let answer = format!(
            "HTTP/1.1 403 For{inside}bidden\r\ncontent-type: application/json{inside}\r\nlocation: /{inside}\r\n\
             www-authenticate: Bearer error=\"insufficient_scope\", scope=\"a{inside}b\", error_description=\"x{inside}y\"\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let port = answer_once(answer.into_bytes());
        let manifest = format!(
            "[api.a]\nbase_url = \"http://127.0.0.1:{port}\"\n[api.a.scopes]\n\"s\" = {{}}\n[api.a.endpoints]\n\"GET /x\" = \"s\"\n"
        );
        std::fs::write(folder.path().join("tokscope.toml"), manifest).unwrap();
        let called = run(&["call", "GET /x", "--json", "--trust-manifest"], folder.path());
        assert_harmless(&format!("a server's {hostile:?}"), &called);
        let document: Value = serde_json::from_slice(&called.stdout).unwrap();
        assert_eq!(document["status"], 403, "{document}");
        if !hostile.is_ascii_control() {
            assert!(document.to_string().contains(*hostile), "{hostile:?} was hidden: {document}");
        }
    }
}
