//! Device authorization grant (RFC 8628): codes, the page for the user code, and polling.

use std::sync::Arc;

use aws_lc_rs::rand;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::client_authentication::authenticate;
use super::pages;
use super::parameters::Parameters;
use super::random::random_string;
use super::request_checks::{check_form, check_resource, requested_scopes};
use super::response::{OAuthFailure, not_stored};
use super::server::Server;
use super::sign_in::show_login;
use super::state::{DEVICE_CODE, DeviceGrant, DeviceState, Grant, Purpose, RegisteredClient, Transaction};

/// Letters of a user code: without vowels, to avoid words (RFC 8628 section 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Limit for wrong user codes within a minute (RFC 8628 section 5.1).
const MAX_WRONG_CODES: usize = 10;

/// Serves `POST /device_authorization` (RFC 8628 section 3.1).
pub(super) async fn device_authorization(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthFailure> {
    let form = Parameters::parse(&body);
    check_form(&form)?;
    let client = authenticate(&server, &headers, &form)?;
    if !client.may_use(DEVICE_CODE) {
        return Err(OAuthFailure::bad("unauthorized_client", "the client is not allowed to use this grant type"));
    }
    check_resource(&server, &form)?;
    let scopes = requested_scopes(client, form.get("scope"))?;
    let device_code = random_string(32)?;
    let user_code = new_user_code()?;
    let (lifetime, interval) = (server.options.device_lifetime_seconds(), server.options.device_interval_seconds());
    let expires = server.now().saturating_add(lifetime);
    let grant = DeviceGrant {
        client,
        scopes,
        user_code: user_code.clone(),
        state: DeviceState::Pending,
        expires,
        interval,
        polled: None,
    };
    server.store().devices.insert(device_code.clone(), grant);
    let page = format!("{}/device", server.issuer);
    let response = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": lifetime,
        "interval": interval,
    });
    Ok(not_stored(StatusCode::OK, &response))
}

/// Returns a user code: eight letters with a hyphen in the middle (34 bits).
fn new_user_code() -> Result<String, String> {
    let mut code = String::with_capacity(9);
    while code.len() < 9 {
        let mut byte = [0; 1];
        rand::fill(&mut byte).map_err(|_| "no random numbers available")?;
        // 240 is the largest multiple of 20: larger values would favor the first letters
        let letter = byte.first().filter(|byte| **byte < 240).and_then(|byte| LETTERS.get(usize::from(byte % 20)));
        if let Some(letter) = letter {
            if code.len() == 4 {
                code.push('-');
            }
            code.push(char::from(*letter));
        }
    }
    Ok(code)
}

/// Normalizes a user code as typed: without hyphens and spaces, in upper case.
fn normalized(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_uppercase()).take(20).collect()
}

/// Serves `GET /device`. A code in the query is filled in but not submitted: the user has to compare it first (section
/// 3.3.1).
pub(super) async fn page(RawQuery(query): RawQuery) -> Response {
    let query = Parameters::parse(query.unwrap_or_default().as_bytes());
    pages::user_code(query.get("user_code").unwrap_or_default(), None)
}

/// Serves `POST /device`.
pub(super) async fn enter(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = Parameters::parse(&body);
    let now = server.now();
    let entered = normalized(form.get("user_code").unwrap_or_default());
    let transaction = {
        let mut store = server.store();
        store.wrong_user_codes.retain(|time| *time > now.saturating_sub(60));
        if store.wrong_user_codes.len() >= MAX_WRONG_CODES {
            let message = "Too many wrong codes. Wait a minute.";
            return pages::user_code("", Some((StatusCode::TOO_MANY_REQUESTS, message)));
        }
        let waits = |device: &DeviceGrant| device.expires > now && matches!(device.state, DeviceState::Pending);
        let found = store.devices.iter().find(|(_, device)| waits(device) && normalized(&device.user_code) == entered);
        let transaction = found.map(|(device_code, device)| Transaction {
            client: device.client,
            scopes: device.scopes.clone(),
            purpose: Purpose::Device { device_code: device_code.to_owned(), user_code: device.user_code.clone() },
            signed_in: None,
            expires: 0,
        });
        if transaction.is_none() {
            store.wrong_user_codes.push_back(now);
        }
        transaction
    };
    match transaction {
        Some(transaction) => show_login(&server, transaction, false),
        None => pages::user_code("", Some((StatusCode::BAD_REQUEST, "Unknown code. Check it and try again."))),
    }
}

/// Answers a poll of the device at the token endpoint (RFC 8628 sections 3.4 and 3.5).
pub(super) fn poll(server: &Server, client: &RegisteredClient, device_code: &str) -> Result<Grant, OAuthFailure> {
    let now = server.now();
    let mut store = server.store();
    let device = match store.devices.get_mut(device_code) {
        Some(device) if device.client.id == client.id => device,
        _ => return Err(OAuthFailure::bad("invalid_grant", "unknown device code")),
    };
    if device.expires <= now {
        return Err(OAuthFailure::bad("expired_token", "the device code has expired"));
    }
    let last = device.polled.replace(now);
    match &device.state {
        DeviceState::Pending if last.is_some_and(|last| now.saturating_sub(last) < device.interval) => {
            device.interval = device.interval.saturating_add(5);
            Err(OAuthFailure::bad("slow_down", format!("wait {} s between polls", device.interval)))
        }
        DeviceState::Pending => Err(OAuthFailure::bad("authorization_pending", "the user has not decided yet")),
        DeviceState::Approved(grant) => {
            let grant = grant.clone();
            store.devices.remove(device_code);
            Ok(grant)
        }
        DeviceState::Denied => {
            store.devices.remove(device_code);
            Err(OAuthFailure::bad("access_denied", "the user denied the request"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn user_codes_are_normalized_as_typed() {
        let code = new_user_code().unwrap();
        assert_eq!(code.len(), 9);
        assert_eq!(code.find('-'), Some(4));
        assert!(code.bytes().filter(|byte| *byte != b'-').all(|byte| LETTERS.contains(&byte)));
        assert_eq!(normalized(&format!(" {} ", code.to_lowercase().replace('-', " "))), normalized(&code));
        assert_ne!(code, new_user_code().unwrap());
    }
}
