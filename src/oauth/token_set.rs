//! Token responses (RFC 6749 §5.1).

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use zeroize::Zeroizing;

use super::OAuthError;
use super::findings::{
    AUTHORIZATION_DETAILS_DIFFER, EXPIRES_IN_WRONG, LIFETIME_LONG, SCOPE_MALFORMED, TOKEN_NOT_BOUND, TOKEN_TYPE_WRONG,
};
use super::response::ServerResponse;
use crate::diagnostic::Diagnostic;
use crate::net;
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;

/// A token response (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct TokenSet {
    /// Access token.
    pub access_token: Secret,
    /// `token_type`, verbatim.
    pub token_type: String,
    /// Lifetime, if stated.
    pub expires_in: Option<Duration>,
    /// Refresh token.
    pub refresh_token: Option<Secret>,
    /// ID token.
    pub id_token: Option<Secret>,
    /// `scope`; `None` if absent, which means the requested scopes (RFC 6749 §5.1).
    pub scope: Option<ScopeSet>,
    /// Granted `authorization_details` (RFC 9396 §7).
    pub authorization_details: Option<Value>,
    /// Deviations of the response from the RFCs.
    pub findings: Vec<Diagnostic>,
}

impl TokenSet {
    /// Parses a token response from its status, `Content-Type` and body. Tolerated deviations are in the
    /// findings.
    ///
    /// # Errors
    /// If it is an error response, can't be parsed, or has a duplicate member.
    pub fn parse(status: StatusCode, content_type: HeaderValue, body: &[u8]) -> Result<Self, OAuthError> {
        let response = net::Response {
            version: http::Version::HTTP_11,
            status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
            body: Zeroizing::new(body.to_vec()),
            timing: net::Timing::default(),
        };
        read(&ServerResponse::new("token endpoint", response, Vec::new()), false)
    }

    /// Adds a finding if the lifetime exceeds the client's limit, in seconds.
    pub fn limit(&mut self, most: Option<u64>) {
        let (Some(most), Some(lifetime)) = (most, self.expires_in) else { return };
        if lifetime.as_secs() > most {
            let message = format!("the token's lifetime is {} s; the client accepts {most} s", lifetime.as_secs());
            self.findings.push(Diagnostic::new(&LIFETIME_LONG, message));
        }
    }
}

impl TokenSet {
    /// Adds a finding if the granted authorization details differ from the requested ones. A server that supports them
    /// returns the granted ones (RFC 9396 §7).
    pub fn compare_details(&mut self, asked: Option<&Value>) {
        let message = match (asked, &self.authorization_details) {
            (Some(asked), Some(granted)) if asked != granted => {
                "the server granted other authorization details than requested"
            }
            (Some(_), None) => "the server does not confirm the authorization details; it may not support them",
            _ => return,
        };
        self.findings.push(Diagnostic::new(&AUTHORIZATION_DETAILS_DIFFER, message));
    }
}

/// Upper bound for a lifetime: a hundred years.
const LONGEST: u64 = 100 * 366 * 86_400;

/// Reads a token response. Deviations that occur in practice are tolerated with a finding:
/// `expires_in` as a string or fraction, `scope` as an array or with commas, and those in [`ServerResponse::document`].
/// `bound`: a DPoP-bound token was requested.
///
/// # Errors
/// If the response is an error, can't be parsed, or its token has a type other than `Bearer` and `DPoP`, which must not
/// be used (RFC 6749 §7.1).
pub(super) fn read(response: &ServerResponse, bound: bool) -> Result<TokenSet, OAuthError> {
    read_type(response, bound, &[])
}

/// Like [`read`], for a token exchange: some servers label access tokens `N_A` (RFC 8693 §2.2.1).
pub(super) fn read_exchanged(response: &ServerResponse, bound: bool) -> Result<TokenSet, OAuthError> {
    read_type(response, bound, &["n_a"])
}

/// `tolerated`: token types that are accepted with a finding. A missing type is one, too.
fn read_type(response: &ServerResponse, bound: bool, tolerated: &[&str]) -> Result<TokenSet, OAuthError> {
    let mut findings = Vec::new();
    let document = response.document(StatusCode::OK, &mut findings)?;
    let access_token = document.text("access_token").ok_or_else(|| response.unreadable("it has no `access_token`"))?;
    if !access_token.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(response.unreadable("its `access_token` has characters that are not allowed (RFC 6749 §A.12)"));
    }
    let token_type = match document.get("token_type") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(response.unreadable("its `token_type` is not a string")),
    };
    let is_one_of = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(token_type));
    if !is_one_of(&["bearer", "dpop"]) {
        // bearer tokens under another name: Slack has `bot` and `user`, idpyoidc 5 has `access_token`
        if !token_type.is_empty() && !is_one_of(tolerated) && !is_one_of(&["bot", "user", "access_token"]) {
            return Err(response.wrong_type(token_type));
        }
        findings
            .push(Diagnostic::new(&TOKEN_TYPE_WRONG, format!("the token response has `token_type` `{token_type}`")));
    }
    if bound && !token_type.eq_ignore_ascii_case("dpop") {
        findings.push(Diagnostic::new(
            &TOKEN_NOT_BOUND,
            "the token is not bound to the key; anyone who obtains it can use it",
        ));
    }
    Ok(TokenSet {
        access_token: Secret::new(access_token),
        token_type: token_type.to_owned(),
        expires_in: document.get("expires_in").and_then(|value| lifetime(value, &mut findings)),
        refresh_token: document.text("refresh_token").map(Secret::new),
        id_token: document.text("id_token").map(Secret::new),
        scope: document.get("scope").and_then(|value| scopes(value, &mut findings)),
        authorization_details: document.get("authorization_details").filter(|value| !value.is_null()).cloned(),
        findings,
    })
}

fn lifetime(value: &Value, findings: &mut Vec<Diagnostic>) -> Option<Duration> {
    // 0 is not a lifetime: servers send it for tokens that do not expire
    let seconds = value.as_u64().filter(|seconds| (1..=LONGEST).contains(seconds));
    if seconds.is_none() && !value.is_null() {
        findings.push(Diagnostic::new(
            &EXPIRES_IN_WRONG,
            "`expires_in` of the token response is not a positive number of seconds",
        ));
    }
    let lenient = || {
        let fraction = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
        // fails for negative, non-finite and too large numbers
        Duration::try_from_secs_f64(fraction)
            .ok()
            .map(|lifetime| lifetime.as_secs())
            .filter(|whole| (1..=LONGEST).contains(whole))
    };
    seconds.or_else(lenient).map(Duration::from_secs)
}

/// Parses `scope`; a form that deviates from RFC 6749 §3.3 is a finding.
pub(super) fn scopes(value: &Value, findings: &mut Vec<Diagnostic>) -> Option<ScopeSet> {
    let is_separator = |character: char| character.is_ascii_whitespace() || character == ',';
    let words: Vec<&str> = match value {
        // a comma may be part of a scope (RFC 6749 §3.3); commas delimit only if there is no space
        Value::String(text) if text.contains(',') && !text.contains(' ') => text.split(is_separator).collect(),
        Value::String(text) => text.split_ascii_whitespace().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).flat_map(str::split_ascii_whitespace).collect(),
        Value::Null => return None,
        _ => Vec::new(),
    };
    let set: ScopeSet = words.iter().filter_map(|word| Scope::parse(word).ok()).collect();
    let commas = value.as_str().is_some_and(|text| words.len() > 1 && !text.contains(' '));
    if !value.is_string() || commas || words.iter().any(|word| Scope::parse(word).is_err()) {
        findings.push(Diagnostic::new(&SCOPE_MALFORMED, "`scope` of the token response does not follow RFC 6749 §3.3"));
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn response(status: u16, body: &str) -> ServerResponse {
        let response = net::Response {
            version: http::Version::HTTP_11,
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
            body: Zeroizing::new(body.as_bytes().to_vec()),
            timing: net::Timing::default(),
        };
        ServerResponse::new("token endpoint", response, Vec::new())
    }

    #[test]
    fn an_unbound_token_is_reported_if_a_bound_one_was_requested() {
        let body = r#"{"access_token":"t","token_type":"Bearer"}"#;
        assert_eq!(read(&response(200, body), true).unwrap().findings[0].code.name, "token-not-bound");
        let body = r#"{"access_token":"t","token_type":"dpop"}"#;
        assert!(read(&response(200, body), true).unwrap().findings.is_empty());
    }

    #[test]
    fn deviating_token_responses_are_accepted_with_findings() {
        for (body, seconds, scope, findings) in [
            (r#"{"access_token":"t","token_type":"bearer","expires_in":60,"scope":"a b"}"#, Some(60), Some("a b"), 0),
            (r#"{"access_token":"t","token_type":"BEARER"}"#, None, None, 0),
            (
                r#"{"access_token":"t","token_type":"Bearer","expires_in":"60","scope":["a","b"]}"#,
                Some(60),
                Some("a b"),
                2,
            ),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":18446744073709551615}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":-1}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":0}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"0"}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":0.5}"#, None, None, 1),
            (r#"{"access_token":"t","scope":""}"#, None, Some(""), 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":3600.5}"#, Some(3600), None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"1e3"}"#, Some(1000), None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"inf"}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"NaN"}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":true}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":null,"scope":null}"#, None, None, 0),
            // present but unreadable, which is not the same as absent ("as requested")
            (r#"{"access_token":"t","token_type":"Bearer","scope":{"a":1}}"#, None, Some(""), 1),
            (r#"{"access_token":"t","token_type":"Bearer","scope":5}"#, None, Some(""), 1),
            (r#"{"access_token":"t","token_type":"bearer","scope":"repo,gist"}"#, None, Some("gist repo"), 1),
            (r#"{"access_token":"t","token_type":"bearer","scope":"a b,c"}"#, None, Some("a b,c"), 0),
            (r#"{"access_token":"t","token_type":"Bearer","scope":"a\u0007b c"}"#, None, Some("c"), 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":9223372036854775808}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":""}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":null}"#, None, None, 1),
        ] {
            let set = read(&response(200, body), false).unwrap();
            let scope_found = set.scope.as_ref().map(ToString::to_string);
            assert_eq!(
                (set.expires_in.map(|lifetime| lifetime.as_secs()), scope_found.as_deref(), set.findings.len()),
                (seconds, scope, findings),
                "{body}"
            );
        }
    }

    #[test]
    fn a_token_of_another_type_is_refused() {
        for (token_type, exchange, accepted) in [
            (r#""Bearer""#, false, true),
            (r#""bEARER""#, false, true),
            (r#""dpop""#, false, true),
            ("null", false, true),
            (r#""N_A""#, true, true),
            (r#""N_A""#, false, false),
            (r#""mac""#, false, false),
            (r#""mac""#, true, false),
            (r#""Bearer ""#, false, false),
            (r#""bearer,mac""#, false, false),
            (r#"["Bearer"]"#, false, false),
            ("7", false, false),
        ] {
            let response = response(200, &format!(r#"{{"access_token":"needle","token_type":{token_type}}}"#));
            let set = if exchange { read_exchanged(&response, false) } else { read(&response, false) };
            assert_eq!(set.is_ok(), accepted, "{token_type} {exchange}");
            let shown = set.map(|_| ()).map_err(|error| format!("{error} {error:?}")).err().unwrap_or_default();
            assert!(!shown.contains("needle"), "{shown}");
        }
    }

    #[test]
    fn errors_hold_no_token() {
        for (status, body) in [
            (400, r#"{"error":"invalid_grant","access_token":"needle"}"#),
            (200, r#"{"error":"invalid_scope"}"#),
            (500, r#"{"access_token":"needle"}"#),
            (200, r#"{"access_tokens":"needle"}"#),
            (200, "needle"),
            (200, ""),
            (200, r#"{"access_token":""}"#),
            (200, r#"{"access_token":"needle\r\nX: y"}"#),
            (200, r#"{"access_token":"needle\u00e9"}"#),
            (200, r#"{"access_token":["needle"]}"#),
        ] {
            let error = read(&response(status, body), false).map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("needle"), "{error:?}");
        }
    }
}
