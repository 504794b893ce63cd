//! The pages as a browser sees them; start and stop of the servers.

use super::{authorization_url, http, walk};
use crate::demo::form::Form;
use crate::demo::{Consent, Demo, sign_in, start};

async fn login_page(demo: &Demo) -> (String, Form) {
    let response = http().get(authorization_url(demo, "orders:read", &[])).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let form = Form::find(&response.text().await.unwrap()).unwrap();
    (policy, form)
}

async fn submit(demo: &Demo, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let response = http().post(format!("{}{path}", demo.issuer)).form(fields).send().await.unwrap();
    let policy = response.headers().get("content-security-policy").map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), policy.unwrap_or_default(), response.text().await.unwrap())
}

#[tokio::test]
async fn pages_have_a_strict_policy_and_no_script() {
    let demo = start().await.unwrap();
    let (policy, form) = login_page(&demo).await;
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("form-action 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let fields = [("transaction", form.fields[0].value.as_str()), ("user", "alice"), ("password", "wonderland")];
    let (status, policy, html) = submit(&demo, "/login", &fields).await;
    assert_eq!(status, 200);
    assert!(policy.contains("form-action 'self' http://127.0.0.1:9;"), "the policy must allow the redirect: {policy}");
    assert!(html.contains("type=\"checkbox\" name=\"scope\" value=\"orders:read\" checked"), "{html}");
    assert!(!html.contains("<script"), "{html}");
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_and_forms_are_single_use() {
    let demo = start().await.unwrap();
    let (_, form) = login_page(&demo).await;
    let id = form.fields[0].value.clone();
    let wrong = [("transaction", id.as_str()), ("user", "alice"), ("password", "guess")];
    let (status, _, html) = submit(&demo, "/login", &wrong).await;
    assert_eq!(status, 401);
    let next = Form::find(&html).unwrap().fields[0].value.clone();
    assert_ne!(next, id);
    let right = |id: &str| {
        [("transaction", id.to_owned()), ("user", "alice".to_owned()), ("password", "wonderland".to_owned())]
    };
    let old = right(&id);
    let old: Vec<_> = old.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(submit(&demo, "/login", &old).await.0, 400, "a used transaction");
    let new = right(&next);
    let new: Vec<_> = new.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(submit(&demo, "/login", &new).await.0, 200);
}

#[tokio::test]
async fn consent_requires_a_sign_in() {
    let demo = start().await.unwrap();
    let (_, form) = login_page(&demo).await;
    let id = form.fields[0].value.as_str();
    let fields = [("transaction", id), ("scope", "orders:read"), ("decision", "allow")];
    assert_eq!(submit(&demo, "/consent", &fields).await.0, 400);
    let (_, form) = login_page(&demo).await;
    demo.advance(601);
    let late = [("transaction", form.fields[0].value.as_str()), ("user", "alice"), ("password", "wonderland")];
    assert_eq!(submit(&demo, "/login", &late).await.0, 400);
}

#[tokio::test]
async fn untrusted_text_is_escaped() {
    let demo = start().await.unwrap();
    let url = format!("{}/device", demo.issuer);
    let query = [("user_code", "\"><script>alert(1)</script>\u{202e}")];
    let url = url::Url::parse_with_params(&url, query).unwrap();
    let html = http().get(url).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}\""), "{html}");
}

#[tokio::test]
async fn both_loopback_addresses_are_accepted_as_redirect_uri() {
    let demo = start().await.unwrap();
    let url = authorization_url(&demo, "orders:read", &[("redirect_uri", "http://[::1]:9/x?y=1")]);
    let back = walk(&url, &Consent::Everything).await.unwrap().unwrap();
    assert!(back.as_str().starts_with("http://[::1]:9/x?y=1&code="), "{back}");
}

#[tokio::test]
async fn dropping_the_demo_closes_both_ports() {
    let demo = start().await.unwrap();
    let (issuer, api) = (format!("{}/device", demo.issuer), format!("{}/health", demo.api));
    assert!(!format!("{demo:?}").contains(demo.service_secret.expose()));
    let client = http();
    assert_eq!(client.get(&issuer).send().await.unwrap().status(), 200);
    assert_eq!(client.get(&api).send().await.unwrap().status(), 200);
    drop(demo);
    for url in [issuer, api] {
        for attempt in 0.. {
            // an open connection may still send a response
            if client.get(&url).send().await.is_err() {
                break;
            }
            assert!(attempt < 100, "{url} is still there");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn a_sign_in_redirects_to_the_loopback_listener() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let demo = start().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let redirect = format!("http://{}/cb", listener.local_addr().unwrap());
    let url = authorization_url(&demo, "orders:read", &[("redirect_uri", &redirect)]);
    let received = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1000];
        let length = stream.read(&mut buffer).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").await.unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let client = crate::net::Client::new().unwrap();
    let (received, signed_in) = tokio::join!(received, sign_in(&client, &url, &Consent::Everything));
    signed_in.unwrap();
    assert!(received.starts_with("GET /cb?code="), "{received}");
}

/// The program runs these as tasks: this only has to compile.
#[allow(dead_code, reason = "never called")]
fn the_futures_can_be_spawned<'a>(client: &'a crate::net::Client, url: &'a url::Url) -> impl Send + 'a {
    (start(), sign_in(client, url, &Consent::Everything))
}
