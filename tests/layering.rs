//! The house rules as a test: imports run downwards, and the pure rooms reach for nothing outside.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with its floor. Neighbours on a floor don't use each other.
const ROOMS: &[(&str, u8)] = &[
    ("secret", 0),
    ("text", 0),
    ("diagnostic", 0),
    ("scope", 1),
    ("token", 1),
    ("manifest", 2),
    ("diagnosis", 3),
    ("files", 4),
    ("net", 4),
    ("audit", 5),
    ("oauth", 5),
    ("vault", 5),
    ("workspace", 6),
    ("demo", 6),
    ("cli", 7),
    ("tui", 7),
];

/// On one floor, and yet one above the other.
const EXCEPTIONS: &[(&str, &str)] = &[("token", "scope")];

/// What no room below the line may name.
const OUTSIDE: &[&str] = &[
    "tokio",
    "reqwest",
    "ratatui",
    "crossterm",
    "keyring::",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::io",
    "axum",
    "webbrowser",
    "rustix",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "println!",
    "eprintln!",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn floor(room: &str) -> Option<u8> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// What is wrong with a file of a room.
fn faults(room: &str, text: &str) -> Vec<String> {
    let own = floor(room).unwrap();
    // the tests stand at the bottom; a lone item for tests may stand anywhere
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut faults = Vec::new();
    for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        for (other, other_floor) in ROOMS.iter().filter(|(name, _)| *name != room) {
            let named = line.contains(&format!("crate::{other}::")) || line.contains(&format!("crate::{other};"));
            if named && *other_floor >= own && own > 0 && !EXCEPTIONS.contains(&(room, other)) {
                faults.push(format!("{room} uses {other}: {line}"));
            }
        }
        if own <= 3 {
            let named = OUTSIDE.iter().filter(|word| line.contains(**word));
            faults.extend(named.map(|word| format!("{room} names {word}: {line}")));
        }
    }
    faults
}

#[test]
fn imports_run_downwards_and_pure_rooms_stay_pure() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut seen = 0;
    let mut found = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_string_lossy();
        let room = room.trim_end_matches(".rs").to_owned();
        if matches!(room.as_str(), "lib" | "main") || inside.to_string_lossy().contains("tests") {
            continue;
        }
        assert!(floor(&room).is_some(), "`{room}` is no room of the house");
        seen += 1;
        found.extend(faults(&room, &fs::read_to_string(&file).unwrap()));
    }
    assert!(seen > 50, "only {seen} files were looked at");
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_test_sees_what_it_forbids() {
    assert_eq!(faults("scope", "use crate::token::Json;").len(), 1);
    assert_eq!(faults("manifest", "use crate::net::Client;").len(), 1);
    assert_eq!(faults("token", "let now = Timestamp::now();").len(), 1);
    assert_eq!(faults("cli", "use crate::workspace::Error;\nuse std::io;").len(), 0);
}
