//! The committed completions are what the program prints. `UPDATE_COMPLETIONS=1 cargo test --test suite completions::` writes
//! them anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that fails shall panic")]

use std::fs;
use std::path::Path;

use tokscope::cli::{SHELLS, completions, man_pages};

#[test]
fn committed_completions_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, name) in SHELLS {
        let path = folder.join(name);
        let fresh = completions(shell);
        if std::env::var_os("UPDATE_COMPLETIONS").is_some() {
            fs::write(&path, &fresh).unwrap();
        }
        let committed = fs::read(&path).unwrap_or_default();
        let hint = "run UPDATE_COMPLETIONS=1 cargo test --test suite completions::";
        assert!(committed == fresh, "completions/{name} is stale: {hint}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let pages = man_pages().unwrap();
    let named = |name: &str| pages.iter().find(|page| page.file == name).unwrap_or_else(|| panic!("no {name}"));
    for name in ["tokscope.1", "tokscope-decode.1", "tokscope-tokens-revoke.1", "tokscope-manifest-import.1"] {
        let page = String::from_utf8(named(name).roff.clone()).unwrap();
        let title = name.trim_end_matches(".1");
        assert!(page.starts_with(".ie") || page.contains(".TH"), "{name}");
        assert!(page.contains(&title.replace('-', "\\-")), "{name} does not name {title}");
    }
    assert!(pages.len() > 25, "{}", pages.len());
}
