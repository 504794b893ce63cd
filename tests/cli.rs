//! Whole outputs of the command line, as data: `tests/cmd/*.trycmd`, each with its files in the folder beside it.
//!
//! After a deliberate change, `TRYCMD=overwrite cargo test --test cli` writes them anew; the difference is reviewed like
//! code. Tokens have fixed times: `[IN_YEARS]` and `[YEARS_AGO]` are how far off they are today. In the recorded text every
//! `\` is a `/`, as trycmd compares it.

#![allow(clippy::unwrap_used, reason = "a failing test panics")]

use std::ffi::OsStr;

use jiff::Timestamp;

fn of_tokscope(variable: &OsStr) -> bool {
    variable.as_encoded_bytes().starts_with(b"TOKSCOPE_")
}

#[test]
fn outputs_are_as_recorded() {
    // nothing of the tester's own: no settings, no vault, no manifest, no trust
    let set: Vec<_> = std::env::vars_os().map(|(name, _)| name).filter(|name| of_tokscope(name)).collect();
    assert!(set.is_empty(), "these variables change the outputs, and trycmd can't unset them: {set:?}");
    let home = tempfile::tempdir().unwrap();
    let folder = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let mut cases = trycmd::TestCases::new();
    for (name, value) in [
        ("NO_COLOR", "1".to_owned()),
        ("COLUMNS", "100".to_owned()),
        ("HOME", folder("")),
        ("XDG_CONFIG_HOME", folder("config")),
        ("XDG_DATA_HOME", folder("data")),
        ("XDG_STATE_HOME", folder("state")),
        ("DBUS_SESSION_BUS_ADDRESS", String::new()),
        ("CI", String::new()),
    ] {
        cases.env(name, value);
    }
    let now = Timestamp::now();
    for (name, time) in [("[IN_YEARS]", 4_102_444_800), ("[YEARS_AGO]", 1_700_003_600)] {
        let time = Timestamp::from_second(time).unwrap();
        cases.insert_var(name, tokscope::token::relative(time, now)).unwrap();
    }
    cases.case("tests/cmd/*.trycmd").run();
}
