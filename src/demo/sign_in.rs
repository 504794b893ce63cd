//! Login and consent pages, and what follows: a code for the client, or the approval of a device.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use url::{Host, Url};

use super::catalogue::scope_set;
use super::client_redirect::{redirect, redirect_error};
use super::pages;
use super::parameters::Parameters;
use super::random::random_string;
use super::response::OAuthFailure;
use super::server::Server;
use super::state::{ClientRedirect, Code, DeviceState, Grant, Purpose, Transaction};
use crate::scope::ScopeSet;

/// Lifetime of a form, in seconds.
const FORM_LIFETIME: i64 = 10 * 60;

/// Stores a transaction under a new id and shows its login page. `wrong`: the last password was wrong.
pub(super) fn show_login(server: &Server, transaction: Transaction, wrong: bool) -> Response {
    let client = transaction.client.name;
    match store(server, transaction) {
        Ok(id) => pages::login(&id, client, wrong),
        Err(error) => pages::error(&error),
    }
}

fn store(server: &Server, mut transaction: Transaction) -> Result<String, String> {
    let id = random_string(32)?;
    transaction.expires = server.now().saturating_add(FORM_LIFETIME);
    server.store().transactions.insert(id.clone(), transaction);
    Ok(id)
}

/// Removes the transaction of a form from the store. `None`: unknown or expired.
fn take(server: &Server, form: &Parameters) -> Option<Transaction> {
    let now = server.now();
    let transaction = server.store().transactions.remove(form.get("transaction")?)?;
    (transaction.expires > now).then_some(transaction)
}

/// Shown for a form whose transaction is gone.
const EXPIRED_FORM: &str = "This form was already submitted, or has expired. Return to the program and start again.";

/// Serves `POST /login`.
pub(super) async fn login(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = Parameters::parse(&body);
    let Some(mut transaction) = take(&server, &form) else { return pages::error(EXPIRED_FORM) };
    let password = form.get("password").unwrap_or_default();
    let known = form.get("user") == Some(pages::USER)
        && verify_slices_are_equal(password.as_bytes(), pages::PASSWORD.as_bytes()).is_ok();
    if !known {
        return show_login(&server, transaction, true);
    }
    transaction.signed_in = Some(server.now());
    let (client, scopes) = (transaction.client.name, transaction.scopes.clone());
    let (user_code, form_target) = match &transaction.purpose {
        Purpose::Code { client_redirect, .. } => (None, Some(policy_source(&client_redirect.uri))),
        Purpose::Device { user_code, .. } => (Some(user_code.clone()), None),
    };
    match store(&server, transaction) {
        Ok(id) => pages::consent(&id, client, &scopes, user_code.as_deref(), form_target.as_deref()),
        Err(error) => pages::error(&error),
    }
}

/// Returns the origin as a source of a content security policy, which does not support IPv6 addresses.
fn policy_source(uri: &Url) -> String {
    match uri.host() {
        Some(Host::Ipv4(_)) => uri.origin().ascii_serialization(),
        _ => "http:".to_owned(),
    }
}

/// Serves `POST /consent`.
pub(super) async fn consent(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let form = Parameters::parse(&body);
    let Some(transaction) = take(&server, &form) else { return pages::error(EXPIRED_FORM) };
    let Some(signed_in) = transaction.signed_in else { return pages::error("Sign in first.") };
    let ticked = scope_set(form.all("scope"));
    let scopes: ScopeSet = transaction.scopes.iter().filter(|scope| ticked.contains(scope.as_str())).cloned().collect();
    let allowed = form.get("decision") == Some("allow") && !scopes.is_empty();
    let family = match random_string(9) {
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
        Purpose::Code { client_redirect, .. } if !allowed => redirect_error(
            &server,
            &client_redirect,
            &OAuthFailure::bad("access_denied", "the user denied the request"),
        ),
        Purpose::Code { client_redirect, redirect_uri, challenge, nonce } => {
            issue_code(&server, &client_redirect, redirect_uri, challenge, grant(nonce))
        }
        Purpose::Device { device_code, .. } => decide_device(&server, &device_code, allowed.then(|| grant(None))),
    }
}

/// Issues an authorization code and redirects to the client.
fn issue_code(
    server: &Server,
    client_redirect: &ClientRedirect,
    redirect_uri: String,
    challenge: String,
    grant: Grant,
) -> Response {
    let Ok(text) = random_string(32) else {
        return redirect_error(server, client_redirect, &OAuthFailure::server("no random numbers available"));
    };
    let expires = server.now().saturating_add(server.options.code_lifetime_seconds());
    let code = Code { grant, redirect_uri, challenge, expires, used: false };
    server.store().codes.insert(text.clone(), code);
    redirect(server, client_redirect, &[("code", &text)])
}

/// Records the user's decision about a device; `None` denies it.
fn decide_device(server: &Server, device_code: &str, grant: Option<Grant>) -> Response {
    let now = server.now();
    match server.store().devices.get_mut(device_code) {
        Some(device) if device.expires > now && matches!(device.state, DeviceState::Pending) => {
            let allowed = grant.is_some();
            device.state = grant.map_or(DeviceState::Denied, DeviceState::Approved);
            pages::done(if allowed {
                "The device is authorized. You can close this page."
            } else {
                "The device was denied. You can close this page."
            })
        }
        _ => pages::error("The code has expired, or was already used. Start again on the device."),
    }
}
