//! Tokens in JSON: JSON serializations, token responses, recordings of requests (HAR).

use std::time::Duration;

use super::{Input, InputError, MOST_NESTED, described, find as find_in_text, http, is_removed};
use crate::secret::Secret;
use crate::token::Json;

/// Paths of tokens in JSON documents. The first one that is present is used.
const PLACES: &[&[&str]] = &[
    // RFC 6749 §5.1
    &["access_token"],
    // Azure CLI; MSAL
    &["accessToken"],
    // Amazon Cognito
    &["AuthenticationResult", "AccessToken"],
    &["AccessToken"],
    // Kubernetes: TokenRequest, ExecCredential
    &["status", "token"],
    // Slack: oauth.v2.access
    &["authed_user", "access_token"],
    // HashiCorp Vault
    &["auth", "client_token"],
    &["data", "access_token"],
    // OpenID Connect Core §3.1.3.3
    &["id_token"],
    &["idToken"],
    &["token"],
    &["jwt"],
    &["refresh_token"],
];

pub(super) fn find(text: &str, depth: usize) -> Result<Input, InputError> {
    let document = Json::parse(text).map_err(|_| InputError::NotFound)?;
    let is_text = |name: &&str| document.get(name).is_some_and(|value| value.as_str().is_some());
    let is_signed =
        ["signature", "protected"].iter().any(is_text) || matches!(document.get("signatures"), Some(Json::Array(_)));
    let is_detached = document.get("payload").is_none()
        && match document.get("signatures") {
            Some(Json::Array(signatures)) => signatures.iter().all(|one| one.get("signature").is_some()),
            _ => is_text(&"signature") && is_text(&"protected"),
        };
    if (is_text(&"payload") && is_signed) || is_detached || is_text(&"ciphertext") {
        return Ok(Input::bare(text));
    }
    if let Some(Json::Array(entries)) = document.get("log").and_then(|log| log.get("entries")) {
        return recording(entries, depth);
    }
    if let Some(name) = repeated(&document) {
        return Err(InputError::Repeated(name));
    }
    let member = |path: &&[&str]| {
        let found = path.iter().try_fold(&document, |value, name| value.get(name))?;
        found.as_str().map(str::trim).filter(|text| !text.is_empty())
    };
    let Some(token) = PLACES.iter().find_map(member) else {
        if let Some(found) = described::of_object(&document, text) {
            return found;
        }
        return Err(match document.get("error").and_then(Json::as_str) {
            Some(error) => InputError::ErrorResponse(error.to_owned()),
            None => InputError::NoTokenInJson,
        });
    };
    let seconds = match document.get("expires_in") {
        Some(Json::Number(text) | Json::String(text)) => text.parse().ok(),
        _ => None,
    };
    Ok(Input {
        token: Secret::new(token),
        scope: document.get("scope").and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned),
        expires_in: seconds.map(Duration::from_secs),
        sent: false,
        left_out: None,
        described: None,
    })
}

/// Returns a relevant member of a token response that occurs more than once.
fn repeated(document: &Json) -> Option<&'static str> {
    let others = ["scope", "expires_in", "token_type"];
    let names = PLACES.iter().filter_map(|path| path.first().copied()).chain(others);
    let occurs_again = |name: &&str| document.members().iter().filter(|(member, _)| member == *name).nth(1).is_some();
    names.into_iter().find(occurs_again)
}

/// The value of a header field of a recorded request.
fn sent_field<'j>(entry: &'j Json, wanted: &str) -> Option<&'j str> {
    let Some(Json::Array(headers)) = entry.get("request")?.get("headers") else { return None };
    let named = headers
        .iter()
        .find(|header| header.get("name").and_then(Json::as_str).is_some_and(|name| name.eq_ignore_ascii_case(wanted)));
    named?.get("value")?.as_str()
}

/// Finds a token in a HAR 1.2: the first one sent in a header, else in a cookie or a URL, else the first one received.
fn recording(entries: &[Json], depth: usize) -> Result<Input, InputError> {
    let is_redacted = entries.iter().any(|entry| sent_field(entry, "authorization").is_some_and(is_removed));
    let header = |entry: &Json, wanted: &str| {
        sent_field(entry, wanted).filter(|value| !is_removed(value)).and_then(|value| http::field(wanted, value))
    };
    let url = |entry: &Json| {
        let url = entry.get("request")?.get("url")?.as_str()?;
        super::after_parameter(url)
    };
    let answer = |entry: &Json| {
        let text = entry.get("response")?.get("content")?.get("text")?.as_str()?;
        // only JSON can be a token response; any other text would be read as a token
        let is_json = depth < MOST_NESTED && text.trim_start().starts_with('{');
        is_json.then(|| find_in_text(text, depth + 1).ok()).flatten()
    };
    (entries.iter().find_map(|entry| header(entry, "authorization")))
        .or_else(|| entries.iter().find_map(|entry| header(entry, "cookie")))
        .or_else(|| entries.iter().find_map(url))
        .or_else(|| entries.iter().find_map(answer))
        .ok_or(if is_redacted { InputError::Removed } else { InputError::NoTokenInJson })
}
