//! Client authentication (RFC 6749 section 2.3).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::parameters::Parameters;
use super::response::OAuthFailure;
use super::server::Server;
use super::state::RegisteredClient;

/// Authenticates the client with HTTP Basic, with `client_id` and `client_secret` in the form, or, for a public client,
/// with `client_id` alone. A request must use exactly one method.
pub(super) fn authenticate(
    server: &Server,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<&'static RegisteredClient, OAuthFailure> {
    let basic = headers.get(header::AUTHORIZATION).map(|value| basic_credentials(value.as_bytes()));
    let with_header = basic.is_some();
    let refuse = || OAuthFailure::invalid_client(with_header);
    let (id, secret) = match basic {
        Some(_) if form.get("client_secret").is_some() => {
            return Err(OAuthFailure::bad("invalid_request", "more than one client authentication method is used"));
        }
        Some(Some((id, secret))) => {
            if form.get("client_id").is_some_and(|other| other != id) {
                return Err(OAuthFailure::bad("invalid_request", "client_id is not the authenticated client"));
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
        // some libraries send an empty Basic password for a public client
        (false, secret) => secret.is_none_or(|secret| secret.is_empty()),
        (true, None) => false,
    };
    if right { Ok(client) } else { Err(refuse()) }
}

/// Parses the credentials of `Basic …`, both parts of which are form-encoded (RFC 6749 section 2.3.1).
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
    // a plain value parses as a name without a value
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
