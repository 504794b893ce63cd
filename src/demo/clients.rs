//! The registered clients, and how they say who they are (RFC 6749 §2.3).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::Algorithm;
use url::form_urlencoded;

use super::answer::OAuthFailure;
use super::parameters::Parameters;
use super::server::Server;

/// A registered client (RFC 6749 §2).
pub(super) struct RegisteredClient {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) confidential: bool,
    pub(super) grants: &'static [&'static str],
    /// What it may ask for; `None`: everything that the server has.
    pub(super) scopes: Option<&'static [&'static str]>,
    /// What its access tokens are signed with.
    pub(super) algorithm: Algorithm,
}

/// The grant type of RFC 8628 §3.4.
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Every client there is.
pub(super) const CLIENTS: &[RegisteredClient] = &[
    RegisteredClient {
        id: "demo",
        name: "the tokscope demo",
        confidential: false,
        grants: &["authorization_code", "refresh_token", DEVICE_CODE],
        scopes: None,
        algorithm: Algorithm::RS256,
    },
    RegisteredClient {
        id: "service",
        name: "a background service",
        confidential: true,
        grants: &["client_credentials"],
        scopes: Some(&["orders:read", "orders:write", "customers:read", "reports:read"]),
        algorithm: Algorithm::ES256,
    },
];

impl RegisteredClient {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.id == id)
    }

    pub(super) fn may_use(&self, grant: &str) -> bool {
        self.grants.contains(&grant)
    }

    pub(super) fn may_request(&self, scope: &str) -> bool {
        self.scopes.is_none_or(|scopes| scopes.contains(&scope))
    }
}

/// Finds out which client sent a request: by HTTP Basic, by `client_id` and `client_secret` in the form, or, for a
/// public client, by `client_id` alone. Only one way per request.
pub(super) fn authenticate(
    server: &Server,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<&'static RegisteredClient, OAuthFailure> {
    let basic = headers.get(header::AUTHORIZATION).map(|value| basic_credentials(value.as_bytes()));
    let by_header = basic.is_some();
    let refuse = || OAuthFailure::invalid_client(by_header);
    let (id, secret) = match basic {
        Some(_) if form.get("client_secret").is_some() => {
            return Err(OAuthFailure::bad("invalid_request", "the client authenticates in two ways at once"));
        }
        Some(Some((id, secret))) => {
            if form.get("client_id").is_some_and(|other| other != id) {
                return Err(OAuthFailure::bad("invalid_request", "client_id differs from the authenticated client"));
            }
            (id, Some(secret))
        }
        Some(None) => return Err(refuse()),
        None => {
            let id = form.get("client_id").ok_or_else(refuse)?;
            (id.to_owned(), form.get("client_secret").map(str::to_owned))
        }
    };
    let client = RegisteredClient::find(&id).ok_or_else(refuse)?;
    let right = match (client.confidential, secret) {
        (true, Some(secret)) => {
            verify_slices_are_equal(secret.as_bytes(), server.service_secret.expose().as_bytes()).is_ok()
        }
        // a public client may send an empty password by Basic, as some libraries do
        (false, secret) => secret.is_none_or(|secret| secret.is_empty()),
        (true, None) => false,
    };
    if right { Ok(client) } else { Err(refuse()) }
}

/// The credentials of `Basic …`: both halves are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic_credentials(header: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    // a bare value parses as a name without a value
    form_urlencoded::parse(text.replace('=', "%3D").replace('&', "%26").as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(basic_credentials(header("c%3Aid:s+e%2Fc").as_bytes()), pair("c:id", "s e/c"));
        assert_eq!(basic_credentials(header("a:b:c=d&e").as_bytes()), pair("a", "b:c=d&e"));
        assert_eq!(basic_credentials(header("a:").as_bytes()), pair("a", ""));
        for bad in ["Basic", "Basic !", "Bearer YTpi", &header("no-colon")] {
            assert_eq!(basic_credentials(bad.as_bytes()), None, "{bad}");
        }
    }
}
