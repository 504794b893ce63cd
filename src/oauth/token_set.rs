//! What a token endpoint answers.

use std::time::Duration;

use serde_json::Value;

use super::OAuthError;
use super::findings::{EXPIRES_IN_WRONG, SCOPE_MALFORMED, TOKEN_TYPE_WRONG};
use crate::diagnostic::Diagnostic;
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;

/// Who asks.
#[derive(Clone, Debug)]
pub struct ClientIdentity {
    /// `client_id`.
    pub client_id: String,
    /// The secret of a confidential client.
    pub secret: Option<Secret>,
}

/// A token response (RFC 6749 §5.1).
#[derive(Clone, Debug)]
pub struct TokenSet {
    /// The access token.
    pub access_token: Secret,
    /// `token_type` as it was sent.
    pub token_type: String,
    /// Its lifetime, where the server says so.
    pub expires_in: Option<Duration>,
    /// The refresh token.
    pub refresh_token: Option<Secret>,
    /// The ID token.
    pub id_token: Option<Secret>,
    /// `scope`; `None` when the response has none, which means: what was asked for (RFC 6749 §5.1).
    pub scope: Option<ScopeSet>,
    /// Where the server bent the rules.
    pub findings: Vec<Diagnostic>,
}

/// The longest lifetime that is believed: a hundred years.
const LONGEST: u64 = 100 * 366 * 86_400;

/// Reads what a token endpoint answered. Tolerant of what servers really send, with a finding where they bend a rule:
/// `expires_in` as text or fraction, `scope` as a list, an error with status 200.
pub(super) fn read(status: u16, body: &[u8]) -> Result<TokenSet, OAuthError> {
    let broken = |reason| OAuthError::NotATokenResponse { status, reason };
    let document: Value = serde_json::from_slice(body).map_err(|_| broken("it is no JSON"))?;
    let text = |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(error) = text("error") {
        return Err(OAuthError::Refused {
            error: error.to_owned(),
            description: text("error_description").map(str::to_owned),
        });
    }
    if !(200..300).contains(&status) {
        return Err(broken("it is neither a token nor an error"));
    }
    let access_token = text("access_token").ok_or_else(|| broken("it has no `access_token`"))?;
    let mut findings = Vec::new();
    let token_type = text("token_type").unwrap_or_default();
    if !["bearer", "dpop"].iter().any(|known| known.eq_ignore_ascii_case(token_type)) {
        let shown: String = token_type.chars().take(100).collect();
        findings.push(Diagnostic::new(&TOKEN_TYPE_WRONG, format!("the token response has `token_type` `{shown}`")));
    }
    Ok(TokenSet {
        access_token: Secret::new(access_token),
        token_type: token_type.to_owned(),
        expires_in: document.get("expires_in").and_then(|value| lifetime(value, &mut findings)),
        refresh_token: text("refresh_token").map(Secret::new),
        id_token: text("id_token").map(Secret::new),
        scope: document.get("scope").and_then(|value| scopes(value, &mut findings)),
        findings,
    })
}

fn lifetime(value: &Value, findings: &mut Vec<Diagnostic>) -> Option<Duration> {
    let seconds = value.as_u64().filter(|seconds| *seconds <= LONGEST);
    if seconds.is_none() && !value.is_null() {
        findings.push(Diagnostic::new(
            &EXPIRES_IN_WRONG,
            "the token response has an `expires_in` that is no number of seconds",
        ));
    }
    let lenient = || {
        let fraction = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
        // refuses what is negative, not finite or too large
        Duration::try_from_secs_f64(fraction).ok().map(|lifetime| lifetime.as_secs()).filter(|whole| *whole <= LONGEST)
    };
    seconds.or_else(lenient).map(Duration::from_secs)
}

fn scopes(value: &Value, findings: &mut Vec<Diagnostic>) -> Option<ScopeSet> {
    let words: Vec<&str> = match value {
        Value::String(text) => text.split_ascii_whitespace().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).flat_map(str::split_ascii_whitespace).collect(),
        Value::Null => return None,
        _ => Vec::new(),
    };
    let set: ScopeSet = words.iter().filter_map(|word| Scope::parse(word).ok()).collect();
    if !value.is_string() || words.iter().any(|word| Scope::parse(word).is_err()) {
        findings.push(Diagnostic::new(
            &SCOPE_MALFORMED,
            "the token response has a `scope` that is not written as RFC 6749 §3.3 says",
        ));
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_really_send() {
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
            (r#"{"access_token":"t","scope":""}"#, None, Some(""), 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":3600.5}"#, Some(3600), None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"1e3"}"#, Some(1000), None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"inf"}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":"NaN"}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":true}"#, None, None, 1),
            (r#"{"access_token":"t","token_type":"Bearer","expires_in":null,"scope":null}"#, None, None, 0),
            // said, but unreadable: that is not the silence that means "as asked"
            (r#"{"access_token":"t","token_type":"Bearer","scope":{"a":1}}"#, None, Some(""), 1),
            (r#"{"access_token":"t","token_type":"Bearer","scope":5}"#, None, Some(""), 1),
        ] {
            let set = read(200, body.as_bytes()).unwrap();
            let scope_found = set.scope.as_ref().map(ToString::to_string);
            assert_eq!(
                (set.expires_in.map(|lifetime| lifetime.as_secs()), scope_found.as_deref(), set.findings.len()),
                (seconds, scope, findings),
                "{body}"
            );
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
        ] {
            let error = read(status, body.as_bytes()).map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("needle"), "{error:?}");
        }
    }
}
