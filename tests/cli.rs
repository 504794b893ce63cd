//! Whole outputs of the command line, as data: `tests/cmd/*.trycmd`.
//!
//! After a deliberate change, `TRYCMD=overwrite cargo test --test cli` writes them anew.

#[test]
fn outputs_are_as_recorded() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd")
        .case("tests/cmd/*.toml")
        .run();
}
