//! The committed completions are what the program prints. `UPDATE_COMPLETIONS=1 cargo test --test completions` writes
//! them anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

use std::fs;
use std::path::Path;

use tokscope::cli::{SHELLS, completions, man_page};

#[test]
fn the_committed_completions_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, name) in SHELLS {
        let path = folder.join(name);
        let fresh = completions(shell);
        if std::env::var_os("UPDATE_COMPLETIONS").is_some() {
            fs::write(&path, &fresh).unwrap();
        }
        let committed = fs::read(&path).unwrap_or_default();
        let way_out = "run UPDATE_COMPLETIONS=1 cargo test --test completions";
        assert!(committed == fresh, "completions/{name} is stale: {way_out}");
    }
}

#[test]
fn the_manual_page_names_every_subcommand() {
    let page = String::from_utf8(man_page().unwrap()).unwrap();
    for command in [
        "DEMO",
        "DECODE",
        "CHECK",
        "SCOPES",
        "TOKEN",
        "CALL",
        "MANIFEST IMPORT",
        "PROBE",
        "WHY",
        "MANIFEST INIT",
        "EXPLAIN",
        "MANIFEST LINT",
        "MANIFEST SHOW",
        "COMPLETIONS",
        "MAN",
    ] {
        assert!(page.contains(&format!(".SH \"TOKSCOPE {command}\"")), "{command}");
    }
}
