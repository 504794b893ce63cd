//! The authorization endpoint (RFC 6749 §3.1): checks a request, has the user sign in and consent, and sends the
//! browser back.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

use super::answer::{OAuthFailure, plain};
use super::catalog::scope_set;
use super::clients::RegisteredClient;
use super::parameters::Parameters;
use super::server::Server;
use super::store::{Code, Grant, random_text};
use super::token_endpoint::{check_resource, requested_scopes};
use super::{device, pages};
use crate::scope::ScopeSet;

/// How long a user may take between two pages, in seconds.
const PATIENCE: i64 = 10 * 60;

/// A request that waits for the user. It has an unguessable id, which each form carries and which works once: a
/// form of another site can't know it, and a form that is sent twice does nothing.
pub(super) struct Transaction {
    pub(super) client: &'static RegisteredClient,
    pub(super) scopes: ScopeSet,
    pub(super) purpose: Purpose,
    /// When the user signed in, in seconds since 1970; `None`: not yet.
    pub(super) signed_in: Option<i64>,
    pub(super) expires: i64,
}

/// What a consent is for.
pub(super) enum Purpose {
    /// An authorization code.
    Code { back: Back, redirect_uri: String, challenge: String, nonce: Option<String> },
    /// A device (RFC 8628).
    Device { device_code: String, user_code: String },
}

/// Where the browser goes with the answer.
#[derive(Clone)]
pub(super) struct Back {
    uri: Url,
    state: Option<String>,
}

/// Why there is no transaction.
enum Refusal {
    /// The redirect URI can't be trusted, so the person is told, and nobody else.
    Page(String),
    /// The client is told.
    Redirect(Box<Back>, OAuthFailure),
}

/// `GET /authorize`
pub(super) async fn authorize(State(server): State<Arc<Server>>, RawQuery(query): RawQuery) -> Response {
    match check(&server, &Parameters::parse(query.unwrap_or_default().as_bytes())) {
        Ok(transaction) => show_login(&server, transaction, false),
        Err(Refusal::Page(words)) => pages::error(&words),
        Err(Refusal::Redirect(back, failure)) => refuse(&server, &back, &failure),
    }
}

fn check(server: &Server, query: &Parameters) -> Result<Transaction, Refusal> {
    let page = |words: &str| Refusal::Page(words.to_owned());
    if query.all("client_id").nth(1).is_some() || query.all("redirect_uri").nth(1).is_some() {
        return Err(page("The request repeats client_id or redirect_uri."));
    }
    let client = query.get("client_id").and_then(RegisteredClient::find);
    let client = client.ok_or_else(|| page("The request names no client that is known here."))?;
    let redirect_uri = query.get("redirect_uri").ok_or_else(|| page("The request has no redirect_uri."))?;
    let uri = loopback(redirect_uri).ok_or_else(|| {
        page("The redirect_uri is not registered: it must be http on 127.0.0.1 or [::1], on any port.")
    })?;
    let back = Back { uri, state: query.get("state").map(str::to_owned) };
    let tell = |failure: OAuthFailure| Refusal::Redirect(Box::new(back.clone()), failure);
    let bad = |code: &'static str, words: &str| tell(OAuthFailure::bad(code, words));
    if let Some(name) = query.repeated() {
        return Err(bad("invalid_request", &format!("{name} is there more than once")));
    }
    if !client.may_use("authorization_code") {
        return Err(bad("unauthorized_client", "the client may not use this grant"));
    }
    match query.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(bad("unsupported_response_type", "the only response_type here is code")),
        None => return Err(bad("invalid_request", "response_type is missing")),
    }
    if query.get("request").is_some() || query.get("request_uri").is_some() {
        return Err(bad("request_not_supported", "request objects are not supported"));
    }
    let challenge = query.get("code_challenge").unwrap_or_default();
    if query.get("code_challenge_method") != Some("S256") || !is_challenge(challenge) {
        return Err(bad("invalid_request", "a code_challenge by the method S256 is needed (RFC 7636)"));
    }
    check_resource(server, query).map_err(tell)?;
    Ok(Transaction {
        client,
        scopes: requested_scopes(client, query.get("scope")).map_err(tell)?,
        purpose: Purpose::Code {
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            nonce: query.get("nonce").map(str::to_owned),
            back,
        },
        signed_in: None,
        expires: 0,
    })
}

/// 43 characters of base64url: a SHA-256 hash (RFC 7636 §4.2).
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A redirect to the loopback interface, by a literal address, with any port (RFC 8252 §7.3) and any path: the client
/// stands for every program on this machine.
pub(super) fn loopback(text: &str) -> Option<Url> {
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

/// Remembers a transaction under a new id and shows the login page for it.
pub(super) fn show_login(server: &Server, transaction: Transaction, wrong: bool) -> Response {
    let client = transaction.client.name;
    match remember(server, transaction) {
        Ok(id) => pages::login(&id, client, wrong),
        Err(error) => pages::error(&error),
    }
}

fn remember(server: &Server, mut transaction: Transaction) -> Result<String, String> {
    let id = random_text(32)?;
    transaction.expires = server.now().saturating_add(PATIENCE);
    server.store().transactions.insert(id.clone(), transaction);
    Ok(id)
}

/// Takes the transaction that a form names out of the store.
fn take(server: &Server, form: &Parameters) -> Option<Transaction> {
    let now = server.now();
    let transaction = server.store().transactions.remove(form.get("transaction")?)?;
    (transaction.expires > now).then_some(transaction)
}

const SPENT: &str = "This form was sent before, or is too old. Go back to the program and begin again.";

/// `POST /login`
pub(super) async fn login(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = Parameters::parse(&body);
    let Some(mut transaction) = take(&server, &form) else { return pages::error(SPENT) };
    let password = form.get("password").unwrap_or_default();
    let known = form.get("user") == Some(pages::USER)
        && verify_slices_are_equal(password.as_bytes(), pages::PASSWORD.as_bytes()).is_ok();
    if !known {
        return show_login(&server, transaction, true);
    }
    transaction.signed_in = Some(server.now());
    let (client, scopes) = (transaction.client.name, transaction.scopes.clone());
    let (user_code, goes_to) = match &transaction.purpose {
        Purpose::Code { back, .. } => (None, Some(policy_source(&back.uri))),
        Purpose::Device { user_code, .. } => (Some(user_code.clone()), None),
    };
    match remember(&server, transaction) {
        Ok(id) => pages::consent(&id, client, &scopes, user_code.as_deref(), goes_to.as_deref()),
        Err(error) => pages::error(&error),
    }
}

/// The origin as a source of a content security policy, which has no form for IPv6 addresses.
fn policy_source(uri: &Url) -> String {
    match uri.host() {
        Some(Host::Ipv4(_)) => uri.origin().ascii_serialization(),
        _ => "http:".to_owned(),
    }
}

/// `POST /consent`
pub(super) async fn consent(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = Parameters::parse(&body);
    let Some(transaction) = take(&server, &form) else { return pages::error(SPENT) };
    let Some(signed_in) = transaction.signed_in else { return pages::error("Sign in first.") };
    let ticked = scope_set(form.all("scope"));
    let scopes: ScopeSet = transaction.scopes.iter().filter(|scope| ticked.contains(scope.as_str())).cloned().collect();
    let allowed = form.get("decision") == Some("allow") && !scopes.is_empty();
    let family = match random_text(9) {
        Ok(family) => family,
        Err(error) => return pages::error(&error),
    };
    let grant = |nonce| Grant {
        family,
        client: transaction.client.id,
        subject: pages::USER.to_owned(),
        scopes,
        signed_in,
        nonce,
    };
    match transaction.purpose {
        Purpose::Code { back, .. } if !allowed => {
            refuse(&server, &back, &OAuthFailure::bad("access_denied", "the user refused"))
        }
        Purpose::Code { back, redirect_uri, challenge, nonce } => {
            give_code(&server, &back, redirect_uri, challenge, grant(nonce))
        }
        Purpose::Device { device_code, .. } => device::decide(&server, &device_code, allowed.then(|| grant(None))),
    }
}

fn give_code(server: &Server, back: &Back, redirect_uri: String, challenge: String, grant: Grant) -> Response {
    let Ok(text) = random_text(32) else { return refuse(server, back, &OAuthFailure::server("no random numbers")) };
    let expires = server.now().saturating_add(server.options.code_lifetime_seconds());
    let code = Code { grant, redirect_uri, challenge, expires, used: false };
    server.store().codes.insert(text.clone(), code);
    redirect(server, back, &[("code", &text)])
}

fn refuse(server: &Server, back: &Back, failure: &OAuthFailure) -> Response {
    redirect(server, back, &[("error", failure.code), ("error_description", &plain(&failure.description))])
}

/// Back to the client, with the state as it came and with the issuer (RFC 9207 §2).
fn redirect(server: &Server, back: &Back, parameters: &[(&str, &str)]) -> Response {
    let mut uri = back.uri.clone();
    {
        let mut pairs = uri.query_pairs_mut();
        pairs.extend_pairs(parameters);
        if let Some(state) = &back.state {
            pairs.append_pair("state", state);
        }
        pairs.append_pair("iss", &server.issuer);
    }
    match HeaderValue::try_from(uri.as_str()) {
        Ok(location) => {
            let no_store = HeaderValue::from_static("no-store");
            let no_referrer = HeaderValue::from_static("no-referrer");
            let headers = [
                (header::LOCATION, location),
                (header::CACHE_CONTROL, no_store),
                (header::REFERRER_POLICY, no_referrer),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => pages::error("The redirect_uri can't be written into a header."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_literals_are_redirected_to() {
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
