//! User journeys, with keys only, against the demo servers.

use jiff::Timestamp;
use url::Url;

use super::{Driven, assert_shown};
use crate::app::Context;
use crate::demo::{self, Demo};
use crate::vault::Vault;

/// Returns a screen on the demo servers, which run until the demo is dropped.
fn demo(size: (u16, u16)) -> (Driven, Demo) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let context = Context::from_source("demo", &demo.manifest).unwrap();
    let context = context.with_client_secret("ci", demo.service_secret.clone());
    (Driven::on(context, true, size, Timestamp::now, runtime), demo)
}

#[test]
fn obtaining_a_narrow_token() {
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("/get orders<enter><space>ko");
    assert_shown(&screen, &["client  dev", "requests exactly  orders:read", "for GET /orders"]);
    let screen = driven.keys("<enter><wait>");
    assert_shown(&screen, &["sign in", "/authorize?", "a  signs in as alice and approves"]);
    driven.keys("y");
    assert!(driven.copied().concat().contains("code_challenge_method=S256"));
    let screen = driven.keys("a<wait>");
    assert_shown(
        &screen,
        &["requested and granted scopes", "orders:read  yes        yes", "granted exactly the requested scopes"],
    );
    let screen = driven.keys("<esc>c<wait>");
    assert_shown(&screen, &["client dev", "token alice", "GET /v1/orders: 200"]);
}

#[test]
fn stepping_up_after_a_403() {
    let (mut driven, _demo) = demo((120, 36));
    driven.keys("/get orders<enter>o<enter><wait>a<wait><esc><esc>");
    let screen = driven.keys("/get customers id<enter>");
    assert_shown(&screen, &["! missing: customers:read"]);
    let screen = driven.keys("c1<enter><wait>");
    assert_shown(&screen, &["GET /v1/customers/1   403 in", "needs  customers:read \u{2717}"]);
    assert_shown(&screen, &["s  step up and call again   adds customers:read", "missing scope: customers:read"]);
    assert_shown(&screen, &["manifest  \u{2717}  requires", "server    \u{2717}  returned 403", "the sources agree"]);
    assert_shown(&screen, &["GET /v1/customers/1: 403, missing customers:read (press s to step up)"]);
    let screen = driven.keys("s");
    assert_shown(&screen, &["step up and call again", "customers:read orders:read", "already granted"]);
    let screen = driven.keys("<enter><wait>a<wait>");
    assert_shown(&screen, &["/customers/1: 200"]);
    assert_shown(&driven.keys("4lll"), &["History 2", "200", "403"]);
    assert_shown(&driven.keys("j<enter>"), &["missing scope: customers:read"]);
}

#[test]
fn a_device_code_is_shown_with_its_url_and_qr_code() {
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("jog");
    assert_shown(&screen, &["grant   device_code  (2 of 2)"]);
    let screen = driven.keys("<enter><wait>");
    assert_shown(&screen, &["enter the code", "/device", "code  ", "▀"]);
    driven.screen.look = driven.screen.look.with_theme("light");
    driven.keys("");
    let buffer = driven.screen.terminal.backend().buffer();
    let code = buffer.content.iter().find(|cell| cell.symbol() == "▀").unwrap();
    // white on black in any theme, so that a scanner reads it
    assert_eq!((code.fg, code.bg), (ratatui::style::Color::Indexed(231), ratatui::style::Color::Indexed(16)));
    assert_shown(&driven.keys("a<wait>"), &["granted exactly the requested scopes"]);
}

#[test]
fn inspecting_a_token() {
    let (mut driven, _demo) = demo((80, 24));
    driven.keys("jjoc<enter><wait>");
    let screen = driven.keys("<esc>2");
    assert_shown(&screen, &["issuer    http", "ci (the client itself)", "audience ", "scopes ", "expires "]);
    assert_shown(&screen, &["decoded, not verified"]);
    assert_shown(&driven.keys("G"), &["jti"]);
}

#[test]
fn a_sign_in_can_be_cancelled_and_started_again() {
    let (mut driven, _demo) = demo((60, 16));
    driven.keys("jo<enter><wait>");
    let screen = driven.keys("<esc>");
    assert_shown(&screen, &["cancelled"]);
    assert!(driven.model.pending.is_none());
    assert_shown(&driven.keys("o<enter><wait>a<wait>"), &["requested and granted scopes"]);
}

#[test]
fn a_token_is_verified_with_its_issuers_keys() {
    let (mut driven, _demo) = demo((120, 40));
    driven.keys("jjoc<enter><wait><esc>");
    assert_shown(&driven.keys("2lll"), &["not verified   press V"]);
    assert_shown(&driven.keys("V<wait>"), &["verified  with a", "signature  ok", "aud        ok", "iss        ok"]);
    assert_shown(&driven.keys("[[["), &["verified (see the Signature tab)"]);
}

#[test]
fn a_probe_finds_exactly_the_deviations_of_the_demo() {
    let (mut driven, _demo) = demo((120, 36));
    driven.keys("jjoc<enter><wait><esc>");
    assert_shown(&driven.keys("p"), &["Send 14 calls to http://127.0.0.1:"]);
    let screen = driven.keys("<enter><wait>");
    assert_shown(
        &screen,
        &[
            "14 of 14 calls made, 5 deviate from the manifest",
            "skipped: missing value for the path parameter `id` of `GET /orders/{id}`",
        ],
    );
    assert_shown(&screen, &["token    no token without one scope"]);
    assert_shown(&screen, &["GET /orders         200 +    401 +    orders:read 403 +"]);
    assert_shown(&screen, &["GET /reports        200 !    200 !    reports:read 200 !"]);
    assert_shown(&screen, &["! GET /reports with no token: 200 under-enforced"]);
    assert_shown(&screen, &["! GET /reports/sales with the token: 403 over-enforced", "probe finished"]);
    // a path parameter that was entered once is used again
    assert_shown(&driven.keys("<esc>c1<enter><wait>p<enter><wait>"), &["20 of 20 calls made, 5 deviate"]);
    assert_shown(&driven.keys("<esc>4<enter>"), &["[Probe]", "20 of 20 calls made, 5 deviate"]);
}

#[test]
fn closing_the_results_of_a_probe_keeps_the_filter() {
    let (mut driven, _demo) = demo((120, 36));
    assert_shown(&driven.keys("/health<enter>p<enter><wait>"), &["probe finished"]);
    assert_shown(&driven.keys("<esc>"), &["/health ", "1/1 of 11"]);
}

#[test]
fn a_refresh_after_a_cancelled_step_up_sends_no_call() {
    let (mut driven, _demo) = demo((120, 36));
    driven.keys("jo<enter><wait>a<wait><esc>");
    driven.keys("jjc<enter><wait>");
    assert_shown(&driven.keys("s<enter><wait><esc>"), &["cancelled"]);
    assert_shown(&driven.keys("r<wait>"), &["requested and granted scopes"]);
    assert_eq!(driven.model.calls.len(), 1);
}

/// The same with a vault in memory.
fn demo_with_vault() -> (Driven, Demo) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let context = Context::from_source("demo", &demo.manifest).unwrap();
    let context = context.with_client_secret("ci", demo.service_secret.clone());
    let context = context.with_vault(Vault::in_memory());
    (Driven::on(context, true, (120, 36), Timestamp::now, runtime), demo)
}

#[test]
fn a_stored_token_is_offered_before_a_new_one_is_obtained() {
    let (mut driven, _demo) = demo_with_vault();
    let screen = driven.keys("/get orders<enter>o<wait>u");
    assert_shown(&screen, &["no stored token covers these endpoints"]);
    driven.keys("<enter><wait>a<wait><esc><esc>");
    let screen = driven.keys("/get customers<enter><space>o<wait>");
    assert!(!screen.contains("uses the stored token"), "it covers less:\n{screen}");
    let screen = driven.keys("<esc><esc><esc>/get orders<enter>o<wait>");
    assert_shown(&screen, &["u  uses the stored token instead: client dev, orders:read, expires in"]);
    driven.model.current = None;
    let screen = driven.keys("u<wait>");
    assert_shown(&screen, &["using a stored token", "token alice"]);
    assert!(driven.model.pending.is_none() && driven.model.tokens.len() == 1);
}

#[test]
fn a_token_is_revoked_at_its_server() {
    for (mut driven, _demo) in [demo_with_vault(), demo((120, 36))] {
        driven.keys("/get orders<enter>o<enter><wait>a<wait><esc>");
        let screen = driven.keys("t<wait>R");
        assert_shown(
            &screen,
            &["Revoke this token at its server and forget it?", "This can't be undone", "orders:read"],
        );
        assert_shown(&driven.keys("<esc>"), &["alice"]);
        let token = driven.model.token().unwrap().clone();
        let screen = driven.keys("t<wait>R<enter><wait>");
        assert_shown(&screen, &["revoked"]);
        assert!(driven.model.tokens.is_empty(), "{screen}");
        // its refresh token no longer works
        driven.model.add_token(token, Vec::new());
        let refreshed = driven.keys("tr<wait>");
        assert_shown(&refreshed, &["can't refresh the token"]);
    }
    let (mut driven, _demo) = demo((120, 36));
    driven.paste(&super::fixtures::alice());
    assert_shown(&driven.keys("tR"), &["can only be revoked by the client"]);
}

/// Signs in at a URL and returns the final redirect.
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
fn the_redirect_url_of_a_remote_browser_is_pasted() {
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("/get orders<enter>o<enter><wait>");
    assert_shown(&screen, &["p  pastes the URL that the browser ends on"]);
    driven.keys("y");
    let address = driven.copied().concat();
    let back = redirect(&driven, &address);
    assert!(back.contains("code=") && back.contains("state="), "{back}");
    // entered in its field, or pasted on the sign-in sheet
    assert_shown(&driven.keys("p<enter>"), &["enter the redirect URL", "paste the URL first"]);
    assert_shown(&driven.keys("<esc>"), &["sign in"]);
    let screen = driven.paste(&back);
    assert_shown(&screen, &["requested and granted scopes", "granted exactly the requested scopes"]);
    driven.keys("<esc><esc>o<enter><wait>y");
    let address = driven.copied().concat();
    let back = redirect(&driven, &address);
    driven.keys("p");
    driven.paste(&back);
    assert_shown(&driven.keys("<enter><wait>"), &["granted exactly the requested scopes"]);
    // a redirect of another request
    let screen = driven.keys("<esc><esc>o<enter><wait>p?state=other&code=x<enter><wait>");
    assert_shown(&screen, &["the pasted text is not valid", "paste the URL again"]);
}

#[test]
fn the_authorization_request_contains_the_required_sign_in() {
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
    let context = Context::from_source("test", &manifest).unwrap();
    let mut driven = Driven::on(context, false, (120, 36), Timestamp::now, runtime);
    driven.paste(&super::fixtures::token(r#"{"sub":"alice","scope":"read"}"#));
    assert_shown(&driven.keys("c<wait>"), &["the user must sign in again, or with stronger authentication"]);
    let screen = driven.keys("s");
    assert_shown(
        &screen,
        &["requires a new sign-in with acr_values mfa, at most 5 s old", "grant   authorization_code"],
    );
    driven.keys("<enter><wait>y");
    let asked = driven.copied().concat();
    assert!(asked.contains("acr_values=mfa") && asked.contains("max_age=5"), "{asked}");
}

#[test]
fn a_call_without_a_response_stays_in_the_pane_and_in_the_history() {
    let (mut driven, demo) = demo((80, 24));
    drop(demo);
    let screen = driven.keys("c<wait>");
    assert_shown(&screen, &["GET /v1/health   no response", "can't be reached"]);
    assert_shown(&driven.keys("jk<esc>"), &["GET /v1/health   no response"]);
    assert_shown(&driven.keys("4lll"), &["History 1", "GET /v1/health  no response"]);
    assert!(driven.model.calls.len() == 1 && driven.model.sheet.is_none());
}

#[test]
fn a_confirmed_request_is_not_confirmed_again_after_a_step_up() {
    for size in [(120, 36), (80, 24), (60, 16)] {
        let (mut driven, _demo) = demo(size);
        driven.keys("jo<enter><wait>a<wait><esc>");
        assert_shown(&driven.keys("1jjc"), &["POST /orders may change data"]);
        let screen = driven.keys("<enter><wait>");
        assert_shown(
            &screen,
            &["POST /v1/orders   403", "s  step up and call again", "missing customers:read orders:write"],
        );
        let screen = driven.keys("s<enter><wait>a<wait>");
        assert_shown(&screen, &["POST /v1/orders   201", "POST /v1/orders: 201"]);
        assert_eq!(driven.model.calls.len(), 2);
    }
}

#[test]
fn a_call_is_shown_where_the_user_looks() {
    // zoomed, the view switches to the call
    let (mut driven, _demo) = demo((120, 36));
    let screen = driven.keys("<enter>c<wait>");
    assert_shown(&screen, &["4 Call [Diagnosis]", "GET /v1/health   200"]);
    assert!(!screen.contains("1 Endpoints \u{2500}"), "{screen}");
    // a new diagnosis starts at its top
    driven.keys("4Gc<wait>");
    assert_eq!(driven.model.position(crate::tui::model::ListId::Tab(crate::tui::model::Tab::Diagnosis)).cursor, 0);
}

#[test]
fn quitting_asks_once_if_tokens_would_be_lost() {
    let (mut driven, _demo) = demo((80, 24));
    driven.keys("jo<enter><wait>a<wait><esc>");
    driven.model.demo = false;
    assert_shown(&driven.keys("q"), &["1 token was obtained in this session and not stored"]);
    assert!(!driven.model.quit && driven.keys("<esc>").contains("1 Endpoints"));
    driven.keys("<ctrl-c><ctrl-c>");
    assert!(driven.model.quit);
}

#[test]
fn an_approval_is_requested_and_its_reply_pasted() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo::start()).unwrap();
    let approver = demo::Approver::new().unwrap();
    let context = Context::from_source("demo", &approver.manifest(&demo.manifest)).unwrap();
    let context = context.with_client_secret("ci", demo.service_secret.clone()).with_vault(Vault::in_memory());
    let mut driven = Driven::on(context, true, (120, 50), Timestamp::now, runtime);
    let screen = driven.keys("/delete<enter>o");
    assert_shown(&screen, &["obtain a token", "is not allowed to request any scope"]);
    let screen = driven.keys("<enter><wait>");
    assert_shown(&screen, &["An approval is needed. Send the request to 1 of ben (leads).", "tokscope approve FILE"]);
    assert_shown(&screen, &["orders:delete  above the ceiling", "words"]);
    driven.keys("y");
    let request = driven.copied().concat();
    let strange = demo::Approver::new().unwrap().sign(crate::approval::NAMESPACE, &request).unwrap();
    let screen = driven.keys(&format!("<paste {}><wait>", strange.armor()));
    assert_shown(&screen, &["is not an approver for this", "An approval is needed"]);
    let reply = approver.sign(crate::approval::NAMESPACE, &request).unwrap();
    let reply = format!("ok!\n  {}", reply.armor().replace('\n', "\n  "));
    let screen = driven.keys(&format!("<paste {reply}><wait>"));
    assert_shown(&screen, &["obtain a token", "orders:delete orders:write", "approved by ben"]);
    let screen = driven.keys("<enter><wait>a<wait>");
    assert_shown(&screen, &["granted exactly the requested scopes"]);
}
