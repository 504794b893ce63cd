//! The Activity pane, with keys only, against the demo servers.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Driven, assert_shown};
use crate::app::{Context, TemporaryLog};
use crate::demo;

#[test]
fn a_broad_token_is_used_reviewed_and_narrowed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let record = TemporaryLog::create().unwrap();
    let context = Context::from_source("demo", &demo.manifest).unwrap().recording_in(Arc::clone(record.log()));
    let mut driven = Driven::on(context, true, (120, 36), Timestamp::now, runtime);
    assert_shown(&driven.keys("5<wait>"), &["nothing is recorded yet"]);
    // a token for reading and writing, which only reads
    driven.keys("1/get orders<enter>k<space><esc>/post orders<enter><space><esc>o<enter><wait>a<wait><esc>");
    driven.keys("1/get orders<enter>kc<wait>");
    let screen = driven.keys("5<wait>");
    assert_shown(&screen, &["token.used", "GET /orders", "200", "token.granted"]);
    driven.keys("gy");
    assert!(driven.copied().concat().starts_with('{'), "{screen}");
    let screen = driven.keys("/granted<enter>");
    assert_shown(&screen, &["token.granted"]);
    assert!(!screen.contains("token.used"), "{screen}");
    driven.keys("<esc>");
    let screen = driven.keys("l");
    assert_shown(&screen, &["session-1", "unused", "used", "##########", "scope-never-needed"]);
    // the endpoints that were used are marked for a narrower token
    assert_shown(&driven.keys("<enter>"), &["1 marked: o obtains a narrower token"]);
    // a record leads to its endpoint
    let screen = driven.keys("5<wait>hg<enter>");
    assert_shown(&screen, &["GET    /orders", "allowed"]);
    assert_eq!(driven.model.pane, crate::tui::model::Pane::Endpoints);
}
