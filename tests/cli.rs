//! Complete outputs of the command line, recorded in `tests/cmd/*.trycmd`. Input files are in the `.in` directory beside
//! each recording, and expected files in `.out`.
//!
//! After a deliberate change, `TRYCMD=overwrite cargo test --test cli` records them again. Tokens have fixed times;
//! `[IN_YEARS]` and `[YEARS_AGO]` stand for the distance from today. trycmd records every `\` as `/`.

#![allow(clippy::unwrap_used, reason = "a failing test panics")]

use jiff::Timestamp;

/// Variables that change outputs, and that trycmd can't unset.
const VARIABLES: [&str; 7] = [
    "TOKSCOPE_ASCII",
    "TOKSCOPE_CA_FILE",
    "TOKSCOPE_MANIFEST",
    "TOKSCOPE_PASSPHRASE_FILE",
    "TOKSCOPE_STORE",
    "TOKSCOPE_THEME",
    "TOKSCOPE_TOKEN",
];

#[test]
fn outputs_are_as_recorded() {
    let set: Vec<&str> = VARIABLES.into_iter().filter(|name| std::env::var_os(name).is_some()).collect();
    assert!(set.is_empty(), "unset these variables, which change the outputs: {set:?}");
    // without settings, vault or trusted manifests of the user who runs the test
    let home = tempfile::tempdir().unwrap();
    let folder = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let cases = trycmd::TestCases::new();
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
