//! Trust: decisions of a manifest or server that need the user's confirmation.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs;
use std::os::unix::fs::{chown, symlink};

use crate::support::{accepted, demand, manifest, text};
use serde_json::Value;

#[test]
fn a_changed_destination_needs_trust_again() {
    let (server, home) = accepted();
    let known = manifest(&server.origin, &server.origin);
    let login = ["login", "--no-browser", "--client", "dev", "-e", "GET /orders"];
    demand(&home.run_and_sign_in(&server, &login), 0);
    let token = ["token", "-e", "GET /orders", "--client", "machine"];
    let stored = ["token", "-e", "GET /orders", "--client", "dev", "--no-interact"];
    demand(&home.run(&token), 0);
    demand(&home.run(&stored), 0);
    for (from, to) in [
        (format!("{}/v1", server.origin), format!("{}/v2", server.origin)),
        ("client_id   = \"machine\"".to_owned(), "client_id   = \"other\"".to_owned()),
        ("[api.orders.scopes]".to_owned(), "audience = \"elsewhere\"\n[api.orders.scopes]".to_owned()),
        (
            "client_id   = \"dev\"".to_owned(),
            "client_id   = \"dev\"\nredirect_uri = \"https://app.example.com/callback\"".to_owned(),
        ),
        (
            "client_id   = \"machine\"".to_owned(),
            format!("client_id   = \"machine\"\nmetadata = {{ token_endpoint = \"{}/other\" }}", server.origin),
        ),
    ] {
        let changed = known.replace(&from, &to);
        assert_ne!(changed, known, "{from}");
        home.write("tokscope.toml", &changed);
        let before = server.requests();
        for arguments in [&token[..], &stored] {
            let output = home.run(arguments);
            demand(&output, 5);
            assert!(text(&output.stderr).contains("is not trusted"), "{to}: {}", text(&output.stderr));
        }
        assert_eq!(server.requests(), before, "{to}");
    }
    home.write("tokscope.toml", &known);
    demand(&home.run(&token), 0);
}

#[test]
fn a_non_ascii_host_is_also_shown_in_ascii_in_every_trust_prompt() {
    let (server, home) = accepted();
    let known = manifest(&server.origin, &server.origin);
    home.write("tokscope.toml", &known.replace(&server.origin, "https://login.ex\u{430}mple.com"));
    for arguments in [&["trust"][..], &["token", "-e", "GET /orders", "--client", "machine"], &["manifest", "show"]] {
        let output = home.run(arguments);
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(said.contains("xn--exmple-4nf") && said.contains("mixes Latin letters"), "{arguments:?}: {said}");
    }
}

#[test]
fn an_issuer_with_a_disguised_host_is_refused() {
    let (server, home) = accepted();
    for issuer in [
        "https://login.example.com\\\\@evil.test",
        "https://login.example.com\\u0007",
        "https://login.example.com /",
        "https://login.exam\\u200Bple.com",
        "https:login.example.com",
    ] {
        home.write("tokscope.toml", &manifest(issuer, &server.origin));
        let output = home.run(&["trust", "--yes"]);
        demand(&output, 2);
        assert!(text(&output.stderr).contains("login.exam"), "{issuer}: {}", text(&output.stderr));
    }
}

#[test]
fn a_manifest_of_another_user_needs_the_manifest_option() {
    if !rustix::process::geteuid().is_root() {
        // only root can give a file to another user; the rule itself is tested beside it
        return;
    }
    let (_server, home) = accepted();
    let path = home.path().join("tokscope.toml");
    let token = ["token", "-e", "GET /orders", "--client", "machine"];
    demand(&home.run(&token), 0);
    chown(&path, Some(12345), None).unwrap();
    for arguments in [&token[..], &["manifest", "show"], &["trust", "--yes"]] {
        let output = home.run(arguments);
        demand(&output, 2);
        let said = text(&output.stderr);
        assert!(said.contains("belongs to another user (uid 12345)") && said.contains("--manifest"), "{said}");
    }
    demand(&home.run(&["--manifest", "tokscope.toml", "manifest", "show"]), 0);
    // a link of another user, to a manifest of one's own
    chown(&path, Some(0), None).unwrap();
    fs::rename(&path, home.path().join("own.toml")).unwrap();
    symlink("own.toml", &path).unwrap();
    demand(&home.run(&token), 0);
    std::os::unix::fs::lchown(&path, Some(12345), None).unwrap();
    demand(&home.run(&token), 2);
}

#[test]
fn another_client_id_is_an_escalation() {
    let (server, home) = accepted();
    let known = manifest(&server.origin, &server.origin);
    home.write("old.toml", &known);
    for (from, to, name) in [
        ("client_id   = \"dev\"", "client_id   = \"evil\"", "client-id-changed"),
        ("{ env = \"CLIENT_SECRET\" }", "{ env = \"AWS_SECRET_ACCESS_KEY\" }", "secret-moved"),
        ("client_id   = \"dev\"", "client_id   = \"dev\"\nassertion = { file = \"jwt\" }", "secret-moved"),
        (
            "client_id   = \"machine\"",
            "client_id   = \"machine\"\nauthentication = \"client_secret_post\"",
            "authentication-changed",
        ),
    ] {
        home.write("new.toml", &known.replace(from, to));
        let output = home.run(&["manifest", "diff", "old.toml", "new.toml", "--json", "--fail-on", "escalation"]);
        let document: Value = serde_json::from_str(&demand(&output, 6)).unwrap();
        let changes = document["changes"].as_array().unwrap();
        let found = changes.iter().any(|change| change["direction"] == "escalation" && change["change"] == name);
        assert!(found, "{name}: {document:#}");
    }
}
