//! Snapshots of whole screens at three sizes. `INSTA_UPDATE=always cargo test --lib tui::` records them.

use super::Driven;
use super::fixtures::{alice, context};
use crate::app::Context;

const SIZES: [(u16, u16); 3] = [(120, 36), (80, 24), (60, 16)];

/// `keys`: `@` pastes Alice's token.
fn snapshot(name: &str, keys: &str, context: fn() -> Context) {
    for size in SIZES {
        let keys = keys.replace('@', &format!("<paste Bearer {}>", alice()));
        let shown = Driven::new(context(), size).keys(&keys);
        let settings = insta::Settings::clone_current();
        settings.bind(|| insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), shown, &keys));
    }
}

#[test]
fn first_frame() {
    snapshot("first", "", context);
}

#[test]
fn token_compared_with_an_endpoint() {
    snapshot("comparison", "@jj", context);
}

#[test]
fn token_tabs() {
    snapshot("summary", "@2", context);
    snapshot("claims", "@2l", context);
    snapshot("header", "@2ll", context);
    snapshot("signature", "@2lll", context);
    snapshot("findings", "<paste eyJhbGciOiJub25lIn0.e30.>2llll", context);
    snapshot("raw", "@2lllll", context);
}

#[test]
fn scopes_tabs() {
    snapshot("scopes_any_of", "@jjj3", context);
    snapshot("scopes_minimal_set", "M3l", context);
    snapshot("scopes_access", "@3ll", context);
    snapshot("scopes_blast_radius", "@3lll", context);
}

#[test]
fn sheets() {
    snapshot("obtain", "@<space><space><space>o", context);
    snapshot("obtain_other_client", "jjocg", context);
    snapshot("help", "?", context);
    snapshot("palette", ":re", context);
    snapshot("confirm", "jjc", context);
    snapshot("request", "jc7", context);
    snapshot("tokens", "@t", context);
    snapshot("failed", "<paste not a token>", context);
    snapshot("forget", "@td", context);
}

#[test]
fn endpoint_filter() {
    snapshot("lint", "@]", context);
    snapshot("grouped", "zl", context);
    snapshot("filter", "@/ordid", context);
}

#[test]
fn no_manifest() {
    snapshot("no_manifest", "@", Context::without_manifest);
}
