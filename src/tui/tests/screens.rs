//! Whole screens at the three sizes that matter, as snapshots. `INSTA_UPDATE=always cargo test` writes them anew.

use super::Driven;
use super::fixtures::{alice, workspace};
use crate::workspace::Workspace;

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 16)];

/// `keys`: `@` stands for a paste of Alice's token.
fn snapshot(name: &str, keys: &str, workspace: fn() -> Workspace) {
    for size in SIZES {
        let keys = keys.replace('@', &format!("<paste Bearer {}>", alice()));
        let shown = Driven::new(workspace(), size).keys(&keys);
        let settings = insta::Settings::clone_current();
        settings.bind(|| insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), shown, &keys));
    }
}

#[test]
fn the_first_frame() {
    snapshot("first", "", workspace);
}

#[test]
fn a_token_beside_an_endpoint() {
    snapshot("verdict", "@jj", workspace);
}

#[test]
fn every_tab_of_the_token() {
    snapshot("claims", "@2", workspace);
    snapshot("header", "@2l", workspace);
    snapshot("signature", "@2ll", workspace);
    snapshot("findings", "<paste eyJhbGciOiJub25lIn0.e30.>2lll", workspace);
    snapshot("raw", "@2llll", workspace);
}

#[test]
fn the_scopes_of_a_choice() {
    snapshot("scopes_any_of", "@jjj3", workspace);
    snapshot("scopes_cover", "M3l", workspace);
    snapshot("scopes_opens", "@3ll", workspace);
    snapshot("scopes_matrix", "@3lll", workspace);
    snapshot("scopes_matrix_alone", "@3lll<enter>", workspace);
}

#[test]
fn the_sheets() {
    snapshot("obtain", "@<space><space><space>o", workspace);
    snapshot("obtain_other_client", "jjocg", workspace);
    snapshot("help", "?", workspace);
    snapshot("palette", ":re", workspace);
    snapshot("confirm", "jjc", workspace);
    snapshot("request", "jc7", workspace);
    snapshot("tokens", "@t", workspace);
    snapshot("failed", "<paste there is no token>", workspace);
    snapshot("forget", "@td", workspace);
}

#[test]
fn a_filter() {
    snapshot("filter", "@/ordid", workspace);
}

#[test]
fn without_a_manifest() {
    snapshot("no_manifest", "@", Workspace::without_manifest);
}
