//! `demo --gateway`.

use crate::program;
use crate::support::{demand, text};

#[test]
fn the_demo_shows_what_was_narrowed_denied_and_learned() {
    let home = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tokscope"));
    command.args(["demo", "--gateway"]).env("HOME", home.path()).env("XDG_STATE_HOME", home.path().join("state"));
    let output = program::output(&mut command, "");
    let shown = demand(&output, 0);
    for line in [
        "  the program: GET /orders -> 200",
        "  the program: DELETE /orders/1 -> 403",
        "  GET /orders            200, scopes of the token: orders:read (the narrowest)",
        "  POST /orders           201, scopes of the token: customers:read orders:write (the narrowest)",
        "  GET /customers/{id}    200, scopes of the token: customers:read (the narrowest)",
        "  DELETE /orders/{id}    denied, not sent   scope-not-available",
        "  GET /admin             denied, not sent   endpoint-unknown",
        "  new: GET /customers/{id} = customers:read orders:write (upper-bound)",
        "  minimal set for what was seen: customers:read orders:write",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "`{line}` is not in:\n{shown}{}", text(&output.stderr));
    }
    assert!(!shown.contains("eyJ") && !shown.contains("tokscope_gw_"), "no token is shown: {shown}");
    assert!(!home.path().join("state").exists(), "the demo records nothing of its own");
}
