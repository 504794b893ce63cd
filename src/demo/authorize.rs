//! Authorization endpoint (RFC 6749 section 3.1): checks a request and shows the login page.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use url::{Host, Url};

use super::client_redirect::redirect_error;
use super::pages;
use super::parameters::Parameters;
use super::request_checks::{check_resource, requested_scopes};
use super::response::OAuthFailure;
use super::server::Server;
use super::sign_in::show_login;
use super::state::{ClientRedirect, Purpose, RegisteredClient, Transaction};

/// A rejected authorization request.
enum Refusal {
    /// Shown to the user, because the redirect URI is not trusted.
    Page(String),
    /// Sent to the client.
    Redirect(Box<ClientRedirect>, OAuthFailure),
}

/// Serves `GET /authorize`.
pub(super) async fn authorize(State(server): State<Arc<Server>>, RawQuery(query): RawQuery) -> Response {
    match check(&server, &Parameters::parse(query.unwrap_or_default().as_bytes())) {
        Ok(transaction) => show_login(&server, transaction, false),
        Err(Refusal::Page(words)) => pages::error(&words),
        Err(Refusal::Redirect(client_redirect, failure)) => redirect_error(&server, &client_redirect, &failure),
    }
}

fn check(server: &Server, query: &Parameters) -> Result<Transaction, Refusal> {
    let page = |words: &str| Refusal::Page(words.to_owned());
    if query.all("client_id").nth(1).is_some() || query.all("redirect_uri").nth(1).is_some() {
        return Err(page("The request repeats client_id or redirect_uri."));
    }
    let client = query.get("client_id").and_then(RegisteredClient::find);
    let client = client.ok_or_else(|| page("The request has no known client_id."))?;
    let redirect_uri = query.get("redirect_uri").ok_or_else(|| page("The request has no redirect_uri."))?;
    let uri = loopback(redirect_uri).ok_or_else(|| {
        page("The redirect_uri is not registered: it must be http on 127.0.0.1 or [::1], on any port.")
    })?;
    let client_redirect = ClientRedirect { uri, state: query.get("state").map(str::to_owned) };
    let tell = |failure: OAuthFailure| Refusal::Redirect(Box::new(client_redirect.clone()), failure);
    let bad = |code: &'static str, words: &str| tell(OAuthFailure::bad(code, words));
    if let Some(name) = query.repeated() {
        return Err(bad("invalid_request", &format!("{name} is repeated")));
    }
    if !client.may_use("authorization_code") {
        return Err(bad("unauthorized_client", "the client is not allowed to use this grant type"));
    }
    match query.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(bad("unsupported_response_type", "the only supported response_type is code")),
        None => return Err(bad("invalid_request", "response_type is missing")),
    }
    if query.get("request").is_some() || query.get("request_uri").is_some() {
        return Err(bad("request_not_supported", "request objects are not supported"));
    }
    let challenge = query.get("code_challenge").unwrap_or_default();
    if query.get("code_challenge_method") != Some("S256") || !is_challenge(challenge) {
        return Err(bad("invalid_request", "a code_challenge with the method S256 is required (RFC 7636)"));
    }
    check_resource(server, query).map_err(tell)?;
    Ok(Transaction {
        client,
        scopes: requested_scopes(client, query.get("scope")).map_err(tell)?,
        purpose: Purpose::Code {
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            nonce: query.get("nonce").map(str::to_owned),
            client_redirect,
        },
        signed_in: None,
        expires: 0,
    })
}

/// Returns whether it is a base64url-encoded SHA-256 hash (RFC 7636 section 4.2).
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Parses a redirect URI on a literal loopback address, with any port (RFC 8252 section 7.3) and any path. The client
/// represents every program on this machine.
fn loopback(text: &str) -> Option<Url> {
    let rest = text.strip_prefix("http://127.0.0.1").or_else(|| text.strip_prefix("http://[::1]"))?;
    let ends_there = rest.is_empty() || rest.starts_with([':', '/', '?']);
    let printable = text.len() <= 1000 && text.bytes().all(|byte| byte.is_ascii_graphic());
    let url = Url::parse(text).ok()?;
    let host = match url.host()? {
        Host::Ipv4(address) => address == Ipv4Addr::LOCALHOST,
        Host::Ipv6(address) => address == Ipv6Addr::LOCALHOST,
        Host::Domain(_) => false,
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (ends_there && printable && host && bare).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literal_loopback_redirect_uris_are_accepted() {
        for good in [
            "http://127.0.0.1:1234/callback",
            "http://[::1]:1234/x?y=1",
            "http://127.0.0.1/",
            "http://127.0.0.1:1",
            "http://127.0.0.1?x",
        ] {
            assert!(loopback(good).is_some(), "{good}");
        }
        for bad in [
            "http://localhost:1234/",
            "https://127.0.0.1:1234/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://127.0.0.1:80@example.com/",
            "http://127.0.0.10/",
            "http://127.1/",
            "http://0x7f.1/",
            "http://example.com/",
            "http://127.0.0.1/#x",
            "http://127.0.0.1/\n",
            "http://127.0.0.1/\u{e4}",
            "HTTP://127.0.0.1/",
            "http://127.0.0.1\\@example.com/",
            "http://u@127.0.0.1/",
            "urn:ietf:wg:oauth:2.0:oob",
            "",
        ] {
            assert!(loopback(bad).is_none(), "{bad}");
        }
    }
}
