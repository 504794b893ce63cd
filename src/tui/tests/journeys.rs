//! The three journeys of the design, by keys alone, against the demo's servers.

use jiff::Timestamp;
use url::Url;

use super::{Driven, assert_shown};
use crate::demo::{self, Demo};
use crate::vault::Vault;
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
    assert_shown(&screen, &[&url, "403", "missing scope: customers:read", "manifest", "the sources agree"]);
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
    assert_shown(&screen, &["issuer   http", "service (the client itself)", "audience ", "scopes ", "expires "]);
    assert_shown(&screen, &["decoded, not verified"]);
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
    assert_shown(&screen, &["14 of 14 calls made, 5 not as the manifest says", "left out: missing value for the path parameter `id`"]);
    assert_shown(&screen, &["token    no token without one scope"]);
    assert_shown(&screen, &["GET /orders         200 +    401 +    orders:read 403 +"]);
    assert_shown(&screen, &["GET /reports        200 !    200 !    reports:read 200 !"]);
    assert_shown(&screen, &["! GET /reports with no token: 200 under-enforced"]);
    assert_shown(&screen, &["! GET /reports/sales with the token: 403 over-enforced", "the probe has ended"]);
    // a value that was typed once is taken for the path
    assert_shown(&driven.keys("<esc>c1<enter><wait>p<wait>"), &["20 of 20 calls made, 5 not as"]);
    assert!(driven.keys("<esc>").contains("4 Call"));
}

/// The same with a vault, which is in memory.
fn demo_with_vault() -> (Driven, Demo) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let workspace = Workspace::from_source("demo", &demo.manifest).unwrap();
    let workspace = workspace.with_client_secret("service", demo.service_secret.clone());
    let workspace = workspace.with_vault(Vault::in_memory());
    (Driven::on(workspace, true, (120, 36), Timestamp::now, runtime), demo)
}

#[test]
fn a_token_of_the_vault_is_offered_before_another_is_obtained() {
    let (mut driven, _demo) = demo_with_vault();
    let screen = driven.keys("/get orders<enter>o<wait>u");
    assert_shown(&screen, &["no token of the vault covers this"]);
    driven.keys("<enter><wait>a<wait><esc><esc>");
    let screen = driven.keys("/get customers<enter><space>o<wait>");
    assert!(!screen.contains("uses a token of the vault"), "it covers less:\n{screen}");
    let screen = driven.keys("<esc><esc><esc>/get orders<enter>o<wait>");
    assert_shown(&screen, &["u  uses a token of the vault: client demo, orders:read, expires in"]);
    driven.model.current = None;
    let screen = driven.keys("u<wait>");
    assert_shown(&screen, &["took a token of the vault", "token alice"]);
    assert!(driven.model.pending.is_none() && driven.model.tokens.len() == 1);
}

#[test]
fn a_token_is_revoked_at_its_server() {
    for (mut driven, _demo) in [demo_with_vault(), demo((120, 36))] {
        driven.keys("/get orders<enter>o<enter><wait>a<wait><esc>");
        let screen = driven.keys("t<wait>R");
        assert_shown(&screen, &["Revoke this token? Its server is told", "This can't be undone", "orders:read"]);
        assert_shown(&driven.keys("<esc>"), &["alice"]);
        let token = driven.model.token().unwrap().clone();
        let screen = driven.keys("t<wait>R<enter><wait>");
        assert_shown(&screen, &["revoked"]);
        assert!(driven.model.tokens.is_empty(), "{screen}");
        // it is worth nothing any more
        driven.model.add_token(token, Vec::new());
        let refreshed = driven.keys("tr<wait>");
        assert_shown(&refreshed, &["the token was not refreshed"]);
    }
    let (mut driven, _demo) = demo((120, 36));
    driven.paste(&super::fixtures::alice());
    assert_shown(&driven.keys("tR"), &["only its owner can revoke it"]);
}

/// Goes through the pages at an address, and gives what the browser is sent to at the end.
fn redirect(driven: &Driven, address: &str) -> String {
    let (url, consent) = (Url::parse(address).unwrap(), demo::Consent::Everything);
    driven.runtime.block_on(async {
        let http = crate::net::Client::new().unwrap();
        let limits = crate::net::Limits { deadline: std::time::Duration::from_secs(30), body: 1 << 20 };
        let mut visit = demo::Visit::new(&url, &consent);
        while let Some(request) = visit.next() {
            if request.url.origin() != url.origin() {
                return request.url.to_string();
            }
            let answer = http.send(request, limits).await.unwrap();
            visit.receive(answer.status, &answer.headers, &answer.body).unwrap();
        }
        panic!("nothing came back")
    })
}

#[test]
fn what_a_browser_elsewhere_shows_is_pasted() {
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("/get orders<enter>o<enter><wait>");
    assert_shown(&screen, &["p  pastes the address that the browser shows then"]);
    driven.keys("y");
    let address = driven.copied().concat();
    let back = redirect(&driven, &address);
    assert!(back.contains("code=") && back.contains("state="), "{back}");
    // typed into its field, or pasted anywhere on the sheet
    assert_shown(&driven.keys("p<enter>"), &["paste what came back", "paste the address first"]);
    assert_shown(&driven.keys("<esc>"), &["sign in"]);
    let screen = driven.paste(&back);
    assert_shown(&screen, &["asked and granted", "granted exactly what was asked for"]);
    driven.keys("<esc><esc>o<enter><wait>y");
    let address = driven.copied().concat();
    let back = redirect(&driven, &address);
    driven.keys("p");
    driven.paste(&back);
    assert_shown(&driven.keys("<enter><wait>"), &["granted exactly what was asked for"]);
    // an answer to something else
    let screen = driven.keys("<esc><esc>o<enter><wait>p?state=other&code=x<enter><wait>");
    assert_shown(&screen, &["the pasted text is not valid", "hint: "]);
}

#[test]
fn a_stronger_sign_in_is_asked_for_as_the_api_wants_it() {
    use axum::http::{StatusCode, Uri};
    use axum::response::IntoResponse as _;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let metadata = serde_json::json!({
        "issuer": base, "authorization_endpoint": format!("{base}/authorize"), "token_endpoint": format!("{base}/token"),
        "code_challenge_methods_supported": ["S256"],
    });
    let answer = move |uri: Uri| async move {
        let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="mfa", max_age="5""#;
        match uri.path().contains("well-known") {
            true => axum::Json(metadata).into_response(),
            false => (StatusCode::UNAUTHORIZED, [("www-authenticate", challenge)]).into_response(),
        }
    };
    runtime.spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    let manifest = format!(
        "[api.a]\nbase_url = \"{base}/api\"\nissuer = \"{base}\"\n[api.a.scopes]\nread = {{}}\n[api.a.endpoints]\n\
         \"GET /a\" = \"read\"\n[client.c]\nissuer = \"{base}\"\nclient_id = \"c\"\ngrants = [\"device_code\", \
         \"authorization_code\"]\n"
    );
    let workspace = Workspace::from_source("test", &manifest).unwrap();
    let mut driven = Driven::on(workspace, false, (120, 36), Timestamp::now, runtime);
    driven.paste(&super::fixtures::token(r#"{"sub":"alice","scope":"read"}"#));
    assert_shown(&driven.keys("c<wait>"), &["the user must sign in again, or with stronger authentication"]);
    let screen = driven.keys("s");
    assert_shown(
        &screen,
        &["signs in again with acr_values mfa, no longer than 5 s ago", "grant   authorization_code"],
    );
    driven.keys("<enter><wait>y");
    let asked = driven.copied().concat();
    assert!(asked.contains("acr_values=mfa") && asked.contains("max_age=5"), "{asked}");
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
