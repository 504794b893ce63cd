//! Snapshots of whole screens at three sizes. `INSTA_UPDATE=always cargo test --lib tui::` records them.

use super::Driven;
use super::fixtures::{alice, workspace};
use crate::workspace::Workspace;

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 16)];

/// `keys`: `@` pastes Alice's token.
fn snapshot(name: &str, keys: &str, workspace: fn() -> Workspace) {
    for size in SIZES {
        let keys = keys.replace('@', &format!("<paste Bearer {}>", alice()));
        let shown = Driven::new(workspace(), size).keys(&keys);
        let settings = insta::Settings::clone_current();
        settings.bind(|| insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), shown, &keys));
    }
}

#[test]
fn first_frame() {
    snapshot("first", "", workspace);
}

#[test]
fn token_compared_with_an_endpoint() {
    snapshot("comparison", "@jj", workspace);
}

#[test]
fn token_tabs() {
    snapshot("summary", "@2", workspace);
    snapshot("claims", "@2l", workspace);
    snapshot("header", "@2ll", workspace);
    snapshot("signature", "@2lll", workspace);
    snapshot("findings", "<paste eyJhbGciOiJub25lIn0.e30.>2llll", workspace);
    snapshot("raw", "@2lllll", workspace);
}

#[test]
fn scopes_tabs() {
    snapshot("scopes_any_of", "@jjj3", workspace);
    snapshot("scopes_minimal_set", "M3l", workspace);
    snapshot("scopes_access", "@3ll", workspace);
    snapshot("scopes_matrix", "@3lll", workspace);
    snapshot("scopes_matrix_zoomed", "@3lll<enter>", workspace);
}

#[test]
fn sheets() {
    snapshot("obtain", "@<space><space><space>o", workspace);
    snapshot("obtain_other_client", "jjocg", workspace);
    snapshot("help", "?", workspace);
    snapshot("palette", ":re", workspace);
    snapshot("confirm", "jjc", workspace);
    snapshot("request", "jc7", workspace);
    snapshot("tokens", "@t", workspace);
    snapshot("failed", "<paste not a token>", workspace);
    snapshot("forget", "@td", workspace);
}

#[test]
fn endpoint_filter() {
    snapshot("filter", "@/ordid", workspace);
}

#[test]
fn no_manifest() {
    snapshot("no_manifest", "@", Workspace::without_manifest);
}
