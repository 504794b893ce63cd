//! Token responses (RFC 6749 §5.1).

use std::collections::BTreeMap;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use zeroize::Zeroizing;

use super::findings::{
    AUTHORIZATION_DETAILS_DIFFER, EXPIRES_IN_WRONG, LIFETIME_LONG, SCOPE_MALFORMED, TOKEN_NOT_BOUND, TOKEN_TYPE_WRONG,
};
use super::response::{Part, ServerResponse};
use super::{ClientIdentity, OAuthError};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Dialect, Place};
use crate::net;
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;

/// Fact with the redirect URI of the login, which some servers require in a refresh.
pub(super) const REDIRECT_FACT: &str = "redirect_uri";

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
    /// Granted scopes; `None` if they are not reported.
    pub scope: Option<ScopeSet>,
    /// Whether scopes that are not reported are the requested ones (RFC 6749 §5.1).
    pub silence_means_requested: bool,
    /// Facts about the account, by name.
    pub facts: BTreeMap<String, String>,
    /// Granted `authorization_details` (RFC 9396 §7).
    pub authorization_details: Option<Value>,
    /// Deviations of the response from the RFCs.
    pub findings: Vec<Diagnostic>,
    /// Position of the place that reported `scope` among those of the dialect.
    rank: usize,
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
        read(&ServerResponse::new("token endpoint", response, Vec::new()), &ClientIdentity::new("", None))
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
/// `identity`: the client that requested it.
///
/// # Errors
/// If the response is an error, can't be parsed, or its token has a type other than `Bearer` and `DPoP`, which must not
/// be used (RFC 6749 §7.1).
pub(super) fn read(response: &ServerResponse, identity: &ClientIdentity) -> Result<TokenSet, OAuthError> {
    read_type(response, identity, &[])
}

/// Like [`read`], for a token exchange: some servers label access tokens `N_A` (RFC 8693 §2.2.1).
pub(super) fn read_exchanged(response: &ServerResponse, identity: &ClientIdentity) -> Result<TokenSet, OAuthError> {
    read_type(response, identity, &["n_a"])
}

/// `tolerated`: token types that are accepted with a finding. A missing type is one, too.
fn read_type(response: &ServerResponse, identity: &ClientIdentity, tolerated: &[&str]) -> Result<TokenSet, OAuthError> {
    let (dialect, bound) = (&identity.dialect, identity.dpop.is_some());
    let mut findings = Vec::new();
    let whole = response.document(StatusCode::OK, &mut findings)?;
    // a refresh may return the token at the top even if the login does not
    let document = whole.at(&dialect.token_at).filter(|inner| inner.text("access_token").is_some());
    let document = document.unwrap_or_else(|| whole.top());
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
    let mut set = TokenSet {
        access_token: Secret::new(access_token),
        token_type: token_type.to_owned(),
        expires_in: lifetime(document, response.received().as_second(), &mut findings),
        refresh_token: document.text("refresh_token").map(Secret::new),
        id_token: document.text("id_token").map(Secret::new),
        scope: None,
        silence_means_requested: dialect.granted_from.is_empty(),
        facts: BTreeMap::new(),
        authorization_details: document.get("authorization_details").filter(|value| !value.is_null()).cloned(),
        findings,
        rank: usize::MAX,
    };
    set.read_places(dialect, |place| match place {
        Place::Response(pointer) => whole.value().pointer(pointer).cloned(),
        Place::Header(name) => response.header(name).map(Value::from),
        _ => None,
    });
    Ok(set)
}

/// Returns the places of the granted scopes: those of the dialect, or `scope` (RFC 6749 §5.1) and what servers use
/// instead.
fn places(dialect: &Dialect) -> Vec<Place> {
    if !dialect.granted_from.is_empty() {
        return dialect.granted_from.clone();
    }
    let mut places = vec![Place::Response("/scope".to_owned()), Place::Response("/scopes".to_owned())];
    if !dialect.token_at.is_empty() {
        places.insert(0, Place::Response(format!("{}/scope", dialect.token_at)));
    }
    places.push(Place::Redirect("scope".to_owned()));
    places
}

impl TokenSet {
    /// Reads the granted scopes and the facts from the places that `value` knows.
    pub(super) fn read_places(&mut self, dialect: &Dialect, value: impl Fn(&Place) -> Option<Value>) {
        for (rank, place) in places(dialect).iter().enumerate().take_while(|(rank, _)| *rank < self.rank) {
            let is_standard = *place == Place::Response("/scope".to_owned());
            // an empty list elsewhere may have another meaning than scopes
            let found =
                value(place).filter(|found| is_standard || found.as_array().is_none_or(|list| !list.is_empty()));
            let Some(found) = found else { continue };
            let mut findings = Vec::new();
            let told = scopes(&found, dialect.scope_separator, &mut findings);
            self.findings.extend(findings.into_iter().filter(|_| is_standard));
            if let Some(told) = told {
                (self.scope, self.rank) = (Some(told), rank);
                break;
            }
        }
        for (name, place) in dialect.facts.iter().filter(|(_, place)| !matches!(place, Place::Nowhere)) {
            let text = match value(place) {
                Some(Value::String(text)) => text,
                Some(Value::Number(number)) => number.to_string(),
                _ => continue,
            };
            // a fact becomes part of a URL or a header
            if !text.is_empty() && text.len() <= LONGEST_FACT && text.bytes().all(|byte| byte.is_ascii_graphic()) {
                self.facts.insert(name.clone(), text);
            }
        }
    }

    /// Whether a place could tell more than is known.
    pub(super) fn lacks(&self, dialect: &Dialect, place: &Place) -> bool {
        let rank = places(dialect).iter().position(|known| known == place);
        rank.is_some_and(|rank| rank < self.rank)
            || dialect.facts.iter().any(|(name, known)| known == place && !self.facts.contains_key(name))
    }
}

/// Maximum length of a fact, in bytes.
const LONGEST_FACT: usize = 1000;

/// Returns the lifetime: from `expires_in`, or from the time of expiry that some servers send instead.
fn lifetime(document: Part<'_>, received: i64, findings: &mut Vec<Diagnostic>) -> Option<Duration> {
    match document.get("expires_in").filter(|value| !value.is_null()) {
        Some(value) => seconds(value, findings),
        // Entra and its v1 endpoint: `expires_on`; Strava: `expires_at`; both in seconds since 1970
        None => ["expires_on", "expires_at"].iter().find_map(|name| {
            let value = document.get(name)?;
            let end = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
            let left = end.checked_sub(received)?;
            u64::try_from(left).ok().filter(|left| *left <= LONGEST).map(Duration::from_secs)
        }),
    }
}

fn seconds(value: &Value, findings: &mut Vec<Diagnostic>) -> Option<Duration> {
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
/// `separator`: of the server's dialect.
pub(super) fn scopes(value: &Value, separator: char, findings: &mut Vec<Diagnostic>) -> Option<ScopeSet> {
    let is_separator = |character: char| character.is_ascii_whitespace() || character == ',';
    let words: Vec<&str> = match value {
        Value::String(text) if separator != ' ' => {
            text.split(|character: char| character == separator || character.is_ascii_whitespace()).collect()
        }
        // a comma may be part of a scope (RFC 6749 §3.3); commas delimit only if there is no space
        Value::String(text) if text.contains(',') && !text.contains(' ') => text.split(is_separator).collect(),
        Value::String(text) => text.split_ascii_whitespace().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).flat_map(str::split_ascii_whitespace).collect(),
        Value::Null => return None,
        _ => Vec::new(),
    };
    let set: ScopeSet = words.iter().filter_map(|word| Scope::parse(word).ok()).collect();
    let commas = separator == ' ' && value.as_str().is_some_and(|text| words.len() > 1 && !text.contains(' '));
    let words: Vec<&str> = words.into_iter().filter(|word| separator == ' ' || !word.is_empty()).collect();
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

    fn client() -> ClientIdentity {
        ClientIdentity::new("c", None)
    }

    fn bound() -> ClientIdentity {
        let key = super::super::DpopKey::generate().unwrap();
        ClientIdentity { dpop: Some(std::sync::Arc::new(key)), ..client() }
    }

    #[test]
    fn an_unbound_token_is_reported_if_a_bound_one_was_requested() {
        let body = r#"{"access_token":"t","token_type":"Bearer"}"#;
        assert_eq!(read(&response(200, body), &bound()).unwrap().findings[0].code.name, "token-not-bound");
        let body = r#"{"access_token":"t","token_type":"dpop"}"#;
        assert!(read(&response(200, body), &bound()).unwrap().findings.is_empty());
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
            let set = read(&response(200, body), &client()).unwrap();
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
            let set = if exchange { read_exchanged(&response, &client()) } else { read(&response, &client()) };
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
            let error = read(&response(status, body), &client()).map(|_| ()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("needle"), "{error:?}");
        }
    }
}
