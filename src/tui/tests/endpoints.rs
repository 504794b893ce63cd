//! Endpoints and what they require: filter, groups, scopes, the obtain sheet, and a reload of the manifest.

use super::fixtures::{alice, context, large, token};
use super::{Driven, assert_shown};

#[test]
fn the_filter_is_fuzzy_and_esc_clears_it() {
    let mut driven = Driven::new(context(), (120, 36));
    assert_shown(&driven.keys("/delline"), &["DELETE /orders/{id}/lines/{line}", "/delline_", " 1/1 of 7 "]);
    let screen = driven.keys("<enter>");
    assert!(!screen.contains("GET    /health"));
    assert_shown(&driven.keys("<esc>"), &["GET    /health", "/7 "]);
    assert_shown(&driven.keys("/xyzxyz"), &["no endpoint matches"]);
    assert_shown(&driven.keys("<ctrl-u>heal<ctrl-w>"), &["/7 "]);
    driven.paste(&alice());
    // in other panes it searches
    assert_shown(&driven.keys("2l/AUD"), &[">  aud", "jti", "/AUD_"]);
    assert_shown(&driven.keys("<enter>n"), &[">  aud"]);
    assert_shown(&driven.keys("/<ctrl-u>\"alice<enter>n"), &[">  sub"]);
    assert_shown(&driven.keys("/<ctrl-u>xyzxyz"), &["`xyzxyz` not found in this tab"]);
}

#[test]
fn the_cursor_of_a_long_filter_stays_in_view() {
    let mut driven = Driven::new(context(), (80, 24));
    let screen = driven.keys("/scope:customers:read scope:orders:write risk:high method:post");
    assert_shown(&screen, &["method:post_"]);
    assert_shown(&driven.keys("<home>"), &["/scope:customers"]);
    assert_shown(&Driven::new(context(), (60, 16)).keys(&format!(":{}end", "x".repeat(70))), &["xend_"]);
}

#[test]
fn eleven_thousand_endpoints_are_filtered_and_marked() {
    let mut driven = Driven::new(large(11_000), (120, 36));
    driven.keys("/area499");
    let broad = driven.model.endpoints.shown.len();
    driven.keys("things10");
    assert!(broad > driven.model.endpoints.shown.len());
    assert_shown(&driven.keys("<ctrl-u>things10999<enter>"), &["/things10999/{id}", "area499:read"]);
}

#[test]
fn endpoints_are_grouped_by_path_and_long_paths_are_cut_in_the_middle() {
    let mut driven = Driven::new(large(1400), (80, 24));
    let screen = driven.keys("/things1399<enter>");
    assert_shown(&screen, &["things1399/{id}"]);
    assert_shown(&driven.keys("<esc>z"), &["grouped by path"]);
    assert_shown(&driven.keys("g"), &["\u{25b8} /area0  2", "a group of endpoints is selected"]);
    assert_shown(&driven.keys("c"), &["this is a group: l opens it"]);
    assert_shown(&driven.keys("l"), &["\u{25be} /area0  2", "/area0/things0/{id}", "/area0/things700/{id}"]);
    driven.model.replace_context(std::sync::Arc::new(large(1400)));
    assert_shown(&driven.keys(""), &["\u{25be} /area0  2"]);
    assert_shown(&driven.keys("jh"), &["\u{25b8} /area0  2", " 1/700 "]);
    assert_shown(&driven.keys("zl"), &["press z to group the endpoints"]);
}

#[test]
fn keys_of_the_list_do_not_act_on_it_while_the_lint_tab_is_shown() {
    let mut driven = Driven::new(context(), (120, 36));
    assert_shown(&driven.keys("]<space>"), &["[Lint]", "press [ to mark endpoints in their list"]);
    assert!(driven.model.endpoints.marked.is_empty());
    assert_shown(&driven.keys("h"), &["[List]"]);
    assert_shown(&driven.keys("]/health"), &["[List]", "/health_", "1/1 of 7"]);
    // the next pane has a search of its own
    assert_shown(&driven.keys("<tab>x"), &["/health ", "x has no action here"]);
    assert!(!driven.model.filtering);
}

#[test]
fn a_wide_pane_shows_required_scopes_and_risks() {
    let mut driven = Driven::new(context(), (200, 60));
    let screen = driven.keys("");
    assert_shown(&screen, &["GET    /orders                    orders:read", "2 ways", "none"]);
    assert_shown(&driven.keys("<enter>"), &["customers:read orders:write", "high", "medium"]);
}

#[test]
fn scopes_are_listed_by_risk_with_the_endpoints_that_they_reach() {
    let mut driven = Driven::new(context(), (120, 36));
    driven.paste(&alice());
    let screen = driven.keys("3lll");
    assert_shown(&screen, &["(of 7 shown; Enter lists them)", "critical  orders:admin    \u{2501}"]);
    // alone, and together with another scope
    assert_shown(&screen, &["4 + 1", "1 + 1", "orders:read     \u{2501}"]);
    assert_shown(&driven.keys("j<enter>"), &["/scope:orders:admin ", "1/1 of 7"]);
    assert_shown(&driven.keys("<esc><space>3"), &["(of 1 marked; Enter lists them)"]);
    // the count is of endpoints that are shown, however many there are
    let mut driven = Driven::new(large(11_000), (120, 36));
    assert_shown(&driven.keys("3lll"), &["(of 11000 shown", "/701 "]);
    assert_shown(&driven.keys("1/things499<enter>"), &["things499/{id}", "(of 11 shown"]);
}

#[test]
fn the_obtain_sheet_shows_reasons_ceiling_and_choices() {
    let mut driven = Driven::new(context(), (120, 36));
    let screen = driven.keys("<space><space><space><space>o");
    assert_shown(
        &screen,
        &[
            "client  dev  (1 of 2)",
            "grant   authorization_code  (1 of 2)",
            "requests exactly  customers:read orders:write",
            "for POST /orders",
            "above the client's ceiling: DELETE /orders/{id}",
        ],
    );
    assert_shown(&driven.keys("g"), &["grant   client_credentials  (2 of 2)"]);
    let screen = driven.keys("c");
    assert_shown(&screen, &["client  wide  (2 of 2)", "orders:delete"]);
    assert!(!screen.contains("ceiling"));
    driven.keys("y");
    assert_eq!(driven.copied().concat(), "customers:read orders:delete orders:write");
}

#[test]
fn a_reload_keeps_the_selection_and_reports_verdicts_that_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokscope.toml");
    let write = |scope: &str| {
        let source = format!(
            "[api.a]\nbase_url = \"https://a.test\"\nissuer = \"https://a.test\"\n[api.a.scopes]\nread = {{}}\nwrite = {{}}\n\
             [api.a.endpoints]\n\"GET /a\" = \"read\"\n\"GET /b\" = \"{scope}\"\n\"GET /c\" = \"read\"\n"
        );
        std::fs::write(&path, source).unwrap();
    };
    write("read");
    let mut driven = Driven::new(crate::app::open_manifest(&path).unwrap(), (120, 36));
    driven.screen.jobs.set_manifest(&path.to_string_lossy());
    driven.model.file.path = path.to_string_lossy().into_owned();
    driven.paste(&token(r#"{"sub":"alice","iss":"https://a.test","scope":"read"}"#));
    assert_shown(&driven.keys("jj<space>k"), &["+  GET    /b"]);
    write("write");
    let screen = driven.keys("R<wait>");
    assert_shown(&screen, &["manifest reloaded: 1 verdict changed", ">!  GET    /b", "+x GET    /c"]);
    assert_shown(&driven.keys("1]"), &["changed by the last reload", "! GET /b  no longer allowed", "no findings"]);
    // errors leave the last valid state in use
    std::fs::write(&path, "[api.a]\nbase = 1\n").unwrap();
    let screen = driven.keys("R<wait>");
    assert_shown(&screen, &["valid state stays in use.", "error[", "line 2"]);
    assert_shown(&driven.keys("["), &["GET    /b"]);
    // the editor opens at the line of the endpoint
    driven.keys("E<wait>");
    assert_eq!(driven.screen.host.edited, [Some(9)]);
}
