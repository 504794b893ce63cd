//! Redirects from the authorization endpoint to the client.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::pages;
use super::response::{OAuthFailure, plain};
use super::server::Server;
use super::state::ClientRedirect;

/// Redirects to the client with an error (RFC 6749 section 4.1.2.1).
pub(super) fn redirect_error(server: &Server, client_redirect: &ClientRedirect, failure: &OAuthFailure) -> Response {
    redirect(server, client_redirect, &[("error", failure.code), ("error_description", &plain(&failure.description))])
}

/// Redirects to the client, with its `state` and the issuer (RFC 9207 section 2).
pub(super) fn redirect(server: &Server, client_redirect: &ClientRedirect, parameters: &[(&str, &str)]) -> Response {
    let mut uri = client_redirect.uri.clone();
    {
        let mut pairs = uri.query_pairs_mut();
        pairs.extend_pairs(parameters);
        if let Some(state) = &client_redirect.state {
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
        Err(_) => pages::error("The redirect_uri is not valid in a header."),
    }
}
