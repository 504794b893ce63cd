//! A request as it would be sent, with a placeholder for the token.

use std::collections::BTreeMap;

use url::Url;

use super::call::{Caller, outgoing};
use super::request::CallRequest;
use crate::app::Error;
use crate::manifest::Client;
use crate::net;

/// A request that is not sent.
#[derive(Clone, Debug)]
pub struct RequestPreview {
    /// Method.
    pub method: String,
    /// URL.
    pub url: Url,
    /// Header fields in their order, without that of the token. Values that the user has given are not masked.
    pub headers: Vec<(String, String)>,
    /// Field that carries the token, if one is sent.
    pub token: Option<TokenField>,
    /// Body.
    pub body: Option<Vec<u8>>,
}

/// Header field that carries a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenField {
    /// Name.
    pub name: String,
    /// Scheme before the token (RFC 9110 §11.1), if there is one.
    pub scheme: Option<&'static str>,
    /// Whether a proof of possession is sent, too (RFC 9449).
    pub has_proof: bool,
}

impl Caller<'_> {
    /// Returns a request as [`Self::call`] would send it first, with what the API and the client need. `client`: the client
    /// whose token is sent; `has_token`: whether one is. Facts about an account are left as `{name}`.
    ///
    /// # Errors
    /// If the request is not valid.
    pub fn preview(
        &self,
        request: &CallRequest,
        client: Option<&Client>,
        has_token: bool,
    ) -> Result<RequestPreview, Error> {
        let (_, endpoint) = self.context.require_endpoint(request.endpoint)?;
        let sent = outgoing(endpoint, request, self.url(request)?, None)?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers = vec![("user-agent".to_owned(), net::USER_AGENT.to_owned())];
        headers.extend(sent.headers.iter().map(|(name, value)| (name.to_string(), text(value))));
        let client = client.filter(|_| has_token);
        if let Some(client) = client {
            let facts: BTreeMap<String, String> =
                client.dialect.facts.keys().map(|name| (name.clone(), format!("{{{name}}}"))).collect();
            for (name, value) in client.dialect.api_headers_with(&facts) {
                if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                    headers.push((name, value));
                }
            }
        }
        let own = client.and_then(|client| client.dialect.token_header.clone());
        let has_proof = client.is_some_and(|client| client.dpop);
        let scheme = if has_proof { "DPoP" } else { "Bearer" };
        let token = has_token.then(|| TokenField {
            scheme: own.is_none().then_some(scheme),
            name: own.unwrap_or_else(|| "authorization".to_owned()),
            has_proof,
        });
        Ok(RequestPreview { method: sent.method.to_string(), url: sent.url, headers, token, body: sent.body })
    }
}
