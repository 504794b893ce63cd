//! The three journeys of the design, by keys alone, against the demo's servers.

use jiff::Timestamp;

use super::{Driven, assert_shown};
use crate::demo::{self, Demo};
use crate::workspace::Workspace;

/// The screen on the demo's servers, which run as long as the other half is held.
fn demo(size: (u16, u16)) -> (Driven, Demo) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let workspace = Workspace::from_source("demo", &demo.manifest).unwrap();
    let workspace = workspace.with_client_secret("service", demo.service_secret.clone());
    (Driven::on(workspace, true, size, Timestamp::now, runtime), demo)
}

#[test]
fn a_narrow_token() {
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("/get orders<enter><space>ko");
    assert_shown(&screen, &["client  demo", "asks for exactly  orders:read", "for GET /orders"]);
    let screen = driven.keys("<enter><wait>");
    assert_shown(&screen, &["sign in", "/authorize?", "a  signs in as alice and approves"]);
    driven.keys("y");
    assert!(driven.copied().concat().contains("code_challenge_method=S256"));
    let screen = driven.keys("a<wait>");
    assert_shown(&screen, &["asked and granted", "orders:read  yes    yes", "granted exactly what was asked for"]);
    let screen = driven.keys("<esc>c<wait>");
    assert_shown(&screen, &["client demo", "token alice", "GET /v1/orders: 200"]);
}

#[test]
fn a_403_and_the_step_up() {
    let (mut driven, demo) = demo((120, 36));
    driven.keys("/get orders<enter>o<enter><wait>a<wait><esc><esc>");
    let screen = driven.keys("/get customers id<enter>");
    assert_shown(&screen, &["! missing: customers:read"]);
    let screen = driven.keys("c1<enter><wait>");
    let url = format!("GET {}customers/1", demo.api.as_str().trim_end_matches('/').to_owned() + "/");
    assert_shown(&screen, &[&url, "403", "missing scope: customers:read", "manifest", "they agree"]);
    let screen = driven.keys("s");
    assert_shown(&screen, &["step up, and call again", "customers:read orders:read", "the token has it already"]);
    let screen = driven.keys("<enter><wait>a<wait>");
    assert_shown(&screen, &["/customers/1: 200"]);
    assert_shown(&driven.keys("4lll"), &["History 2", "200", "403"]);
    assert_shown(&driven.keys("j<enter>"), &["missing scope: customers:read"]);
}

#[test]
fn a_device_code_is_shown_with_its_address_and_as_a_picture() {
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("jog");
    assert_shown(&screen, &["grant   device_code  (2 of 2)"]);
    let screen = driven.keys("<enter><wait>");
    assert_shown(&screen, &["enter the code", "/device", "code  ", "▀"]);
    assert_shown(&driven.keys("a<wait>"), &["granted exactly what was asked for"]);
}

#[test]
fn what_is_this_token() {
    let (mut driven, _demo) = demo((80, 24));
    driven.keys("jjoc<enter><wait>");
    let screen = driven.keys("<esc>2");
    assert_shown(&screen, &["for    client service itself", "by ", "may ", "until ", "decoded, not verified"]);
    assert_shown(&driven.keys("G"), &["jti"]);
}

#[test]
fn a_wait_can_be_cancelled_and_what_comes_after_is_stale() {
    let (mut driven, _demo) = demo((60, 16));
    driven.keys("jo<enter><wait>");
    let screen = driven.keys("<esc>");
    assert_shown(&screen, &["cancelled"]);
    assert!(driven.model.pending.is_none());
    assert_shown(&driven.keys("o<enter><wait>a<wait>"), &["asked and granted"]);
}

#[test]
fn a_token_is_verified_by_its_issuers_keys() {
    let (mut driven, _demo) = demo((120, 36));
    driven.keys("jjoc<enter><wait><esc>");
    assert_shown(&driven.keys("2ll"), &["not checked: decoding is not verifying"]);
    assert_shown(&driven.keys("V<wait>"), &["verified  by", "signature  ok", "aud        ok", "iss        ok"]);
    assert_shown(&driven.keys("[["), &["verified: see the tab Signature"]);
}

#[test]
fn a_probe_finds_what_is_planted_in_the_demo_and_nothing_else() {
    let (mut driven, _demo) = demo((120, 36));
    driven.keys("jjoc<enter><wait><esc>");
    let screen = driven.keys("p<wait>");
    assert_shown(&screen, &["14 of 14 calls made, 5 not as the manifest says", "left out: `GET /orders/{id}`"]);
    assert_shown(&screen, &["token    no token without one scope"]);
    assert_shown(&screen, &["GET /orders         200 +    401 +    orders:read 403 +"]);
    assert_shown(&screen, &["GET /reports        200 !    200 !    reports:read 200 !"]);
    assert_shown(&screen, &["! GET /reports with no token: 200 under-enforced"]);
    assert_shown(&screen, &["! GET /reports/sales with the token: 403 over-enforced", "the probe has ended"]);
    // a value that was typed once is taken for the path
    assert_shown(&driven.keys("<esc>c1<enter><wait>p<wait>"), &["20 of 20 calls made, 5 not as"]);
    assert!(driven.keys("<esc>").contains("4 Call"));
}

#[test]
fn a_server_that_is_gone_is_an_error_that_stays() {
    let (mut driven, demo) = demo((80, 24));
    drop(demo);
    let screen = driven.keys("c<wait>");
    assert_shown(&screen, &["the call failed"]);
    assert_shown(&driven.keys("jk"), &["the call failed"]);
    assert!(!driven.keys("<esc>").contains("the call failed"));
}
