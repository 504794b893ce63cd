//! Compares granted scopes with those that an endpoint requires.

use jiff::Timestamp;

use super::fit::{Unfit, permissions_elsewhere, remarks, scopes_at, unfit};
use crate::app::error::quoted;
use crate::app::{Context, EndpointId, LoadedToken, PolicyGate, PolicyRuling, Question, QuestionScopes};
use crate::manifest::Api;
use crate::scope::{Comparison, ScopeSet, compare};
use crate::token::{TokenKind, roles};

/// Outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The token is allowed to call the endpoint.
    Allowed,
    /// A scope is missing.
    Missing,
    /// The token lists permissions in claims that the manifest does not name.
    Unknown(Unfit),
    /// The token is expired, malformed, unreadable, of the wrong kind, or issued for another API.
    Unusable(Unfit),
}

impl CheckOutcome {
    /// Returns the name in `tokscope.check/v1`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Missing => "missing",
            Self::Unknown(_) => "unknown",
            Self::Unusable(_) => "unusable",
        }
    }

    /// Returns why the outcome does not depend on the scopes.
    #[must_use]
    pub fn unfit(&self) -> Option<&Unfit> {
        match self {
            Self::Unknown(unfit) | Self::Unusable(unfit) => Some(unfit),
            Self::Allowed | Self::Missing => None,
        }
    }
}

/// Result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Endpoint.
    pub endpoint: EndpointId,
    /// The outcome.
    pub outcome: CheckOutcome,
    /// Granted scopes that count at this API, under the names of the manifest.
    pub granted: ScopeSet,
    /// The comparison; `None` if the granted scopes are not known.
    pub comparison: Option<Comparison>,
    /// Remarks that do not change the outcome; untrusted, since they may quote the token.
    pub remarks: Vec<String>,
}

impl Check {
    /// Returns what the policy decides about a call of the endpoint with this token. `None` if the manifest has no policy.
    #[must_use]
    pub fn ruling(
        &self,
        context: &Context,
        token: &LoadedToken,
        client: Option<&str>,
        now: Timestamp,
    ) -> Option<PolicyRuling> {
        let gate = PolicyGate::new(context);
        let question = Question {
            client: client.or_else(|| token.client(context)),
            endpoints: &[self.endpoint],
            scopes: QuestionScopes::Needed(Some(&self.granted)),
            signed_in: token.sign_in_time(),
            ..Question::default()
        };
        gate.ruling_with(&question, gate.facts(&question, now))
    }
}

/// Compares the granted scopes of a token with the requirement of an endpoint. `None` if the manifest does not have the endpoint.
///
/// The kind of a token comes before its scopes. A readable JWT without scopes was granted none. Of an unreadable token
/// nothing is known, so it is unusable.
#[must_use]
pub fn check(context: &Context, token: &LoadedToken, endpoint: EndpointId, now: Timestamp) -> Option<Check> {
    let (api, details) = context.endpoint(endpoint)?;
    let granted = scopes_at(token, api);
    let comparison = token.is_readable().then(|| compare(&granted, &details.requirement, &api.hierarchy));
    let mut remarks = remarks(token, api);
    let allowed = comparison.as_ref().map(Comparison::is_allowed);
    let outcome = outcome(token, unfit(token, api, now), allowed, || elsewhere(token, api));
    if let Some(comparison) = &comparison
        && matches!(outcome, CheckOutcome::Missing | CheckOutcome::Unknown(_))
    {
        remarks.extend(role_of_that_name(token, api, comparison));
    }
    Some(Check { endpoint, outcome, granted, comparison, remarks })
}

/// Returns the outcome. `allowed`: whether the granted scopes satisfy the requirement; `None` if they are not known.
/// `elsewhere`: where the token lists further permissions.
pub(super) fn outcome(
    token: &LoadedToken,
    unfit: Option<Unfit>,
    allowed: Option<bool>,
    elsewhere: impl FnOnce() -> Option<Unfit>,
) -> CheckOutcome {
    match (unfit, allowed) {
        (Some(unfit), _) => CheckOutcome::Unusable(unfit),
        (None, Some(true)) => CheckOutcome::Allowed,
        (None, Some(false)) => elsewhere().map_or(CheckOutcome::Missing, CheckOutcome::Unknown),
        (None, None) => CheckOutcome::Unusable(unreadable(token)),
    }
}

/// Returns where a token lists permissions that the manifest does not assess.
pub(super) fn elsewhere(token: &LoadedToken, api: &Api) -> Option<Unfit> {
    let claims = permissions_elsewhere(token, api);
    let first = claims.first()?;
    let hint = format!("if they count, add `scopes_claim = \"{first}\"` to `[api.{}]`", api.name);
    let reason = format!(
        "it lists permissions in {}, and the manifest does not say whether they count",
        quoted(claims.iter().map(String::as_str))
    );
    Some(Unfit { reason, hint: Some(hint) })
}

/// Returns a remark if a role has the name of a missing scope.
fn role_of_that_name(token: &LoadedToken, api: &Api, comparison: &Comparison) -> Option<String> {
    let claims = token.decoded.claims().filter(|_| api.scopes_claim.is_empty())?;
    let missing = |scope: &str| comparison.missing.iter().any(|missing| missing.contains(scope));
    let found = roles(claims).0.into_iter().find(|role| missing(role.scope.as_str()))?;
    Some(format!(
        "`{}` is a role of the token ({}), and roles count only with `scopes_claim`",
        found.scope, found.place
    ))
}

fn unreadable(token: &LoadedToken) -> Unfit {
    let (reason, hint) = match token.decoded.kind {
        TokenKind::Jwe => ("it is encrypted, so only its recipient can read the scopes", None),
        _ => (
            "it is opaque, so only the authorization server knows its scopes",
            Some("`tokscope tokens introspect --token - --client NAME` asks the server"),
        ),
    };
    Unfit { reason: reason.to_owned(), hint: hint.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    /// Returns the verdict on `GET /a`, and its reason, hint and remarks. `keys`: of the API; `scope`: what it requires.
    fn verdict(keys: &str, scope: &str, header: &str, claims: &str) -> (&'static str, String) {
        let source = format!(
            "[api.a]\nbase_url = \"https://api.example.com/v1\"\n{keys}\n[api.a.scopes]\n\"{scope}\" = {{}}\n\
             [api.a.endpoints]\n\"GET /a\" = \"{scope}\"\n"
        );
        let context = Context::from_source("tokscope.toml", &source).unwrap();
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        let token = LoadedToken::read(&format!("{header}.{claims}.c2ln"), Timestamp::UNIX_EPOCH).unwrap();
        let endpoint = context.find("/a", None).unwrap().id;
        let check = check(&context, &token, endpoint, Timestamp::UNIX_EPOCH).unwrap();
        let unfit = check.outcome.unfit().cloned().unwrap_or_default();
        let words = [Some(unfit.reason), unfit.hint].into_iter().flatten().chain(check.remarks);
        (check.outcome.as_str(), words.collect::<Vec<_>>().join("; "))
    }

    const RS: &str = r#"{"alg":"RS256"}"#;
    const AUDIENCE: &str = "audience = \"https://api.example.com\"";

    #[test]
    fn kind_of_a_token_comes_before_its_scopes() {
        for (header, claims, expected) in [
            (RS, r#"{"aud":"https://api.example.com","scope":"r"}"#, "allowed"),
            (r#"{"alg":"ES256","typ":"dpop+jwt"}"#, r#"{"aud":"https://api.example.com","scope":"r"}"#, "unusable"),
            (r#"{"alg":"RS256","typ":"client-authentication+jwt"}"#, r#"{"scope":"r"}"#, "unusable"),
            (r#"{"alg":"RS256","typ":"oauth-id-jag+jwt"}"#, r#"{"scope":"r"}"#, "unusable"),
            (r#"{"alg":"RS256","typ":"acme+jwt"}"#, r#"{"aud":"https://api.example.com","scope":"r"}"#, "unusable"),
            (RS, r#"{"aud":"https://api.example.com","at_hash":"x","scope":"r"}"#, "unusable"),
            (RS, r#"{"aud":"https://api.example.com","typ":"Refresh","scope":"r"}"#, "unusable"),
            (RS, r#"{"events":{},"jti":"j","sid":"s","scope":"r"}"#, "unusable"),
            // a guess does not outweigh the audience
            (RS, r#"{"iss":"i","sub":"s","aud":"https://api.example.com","exp":9,"email":"e"}"#, "missing"),
            (RS, r#"{"iss":"i","sub":"s","aud":"client","exp":9,"email":"e"}"#, "unusable"),
            (RS, r#"{"sub":"system:serviceaccount:d:s","aud":"https://api.example.com","scope":"r"}"#, "allowed"),
        ] {
            assert_eq!(verdict(AUDIENCE, "r", header, claims).0, expected, "{header} {claims}");
        }
        let (_, words) = verdict("", "r", RS, r#"{"iss":"i","sub":"s","aud":"client","exp":9,"nonce":"n"}"#);
        assert!(words.contains("it is an ID token") && words.contains("use the `access_token`"), "{words}");
    }

    #[test]
    fn permissions_elsewhere_are_neither_missing_nor_allowed() {
        let uma = r#"{"authorization":{"permissions":[{"rsname":"orders","scopes":["view"]}]}}"#;
        for (keys, scope, claims, expected) in [
            ("", "r", r#"{"https://example.com/permissions":["r"]}"#, "unknown"),
            ("", "r", r#"{"scope":"r","https://example.com/permissions":["r"]}"#, "allowed"),
            ("", "r", r#"{"scope":"openid","https://example.com/permissions":["x"]}"#, "unknown"),
            (
                "scopes_claim = \"https://example.com/permissions\"",
                "r",
                r#"{"https://example.com/permissions":["r"]}"#,
                "allowed",
            ),
            (
                "scopes_claim = \"https://example.com/permissions\"",
                "r",
                r#"{"scope":"r","https://example.com/permissions":["x"]}"#,
                "missing",
            ),
            (
                "scopes_claim = [\"scope\", \"/realm_access/roles\"]",
                "r",
                r#"{"scope":"x","realm_access":{"roles":["r"]}}"#,
                "allowed",
            ),
            ("", "orders#view", uma, "unknown"),
            ("scopes_claim = \"/authorization/permissions\"", "orders#view", uma, "allowed"),
            ("", "r", r#"{"app_metadata":{"permissions":["r"]}}"#, "unknown"),
            (
                "scopes_claim = \"/app_metadata/permissions\"",
                "r",
                r#"{"app_metadata":{"permissions":["r"]}}"#,
                "allowed",
            ),
            ("", "r", r#"{"permissions":[{"name":"r"}]}"#, "unknown"),
            ("scopes_claim = \"permissions\"", "r", r#"{"permissions":[{"name":"r"}]}"#, "allowed"),
            ("", "r", r#"{"roles":["r"]}"#, "missing"),
            ("", "r", r#"{"sub":"s"}"#, "missing"),
        ] {
            assert_eq!(verdict(keys, scope, RS, claims).0, expected, "{keys} {claims}");
        }
        let (_, words) = verdict("", "r", RS, r#"{"https://example.com/permissions":["r"]}"#);
        assert!(words.contains("add `scopes_claim = \"https://example.com/permissions\"` to `[api.a]`"), "{words}");
        let (_, words) = verdict("", "orders#view", RS, uma);
        assert!(words.contains("`scopes_claim = \"/authorization/permissions\"`"), "{words}");
        let (_, words) = verdict("", "r", RS, r#"{"roles":["r"]}"#);
        assert!(words.contains("roles count only with `scopes_claim`"), "{words}");
    }

    #[test]
    fn names_of_microsoft_entra_are_compared_as_it_uses_them() {
        const TENANT: &str = "11111111-2222-3333-4444-555555555555";
        const APP: &str = "66666666-7777-8888-9999-000000000000";
        let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        let v1 = format!("https://sts.windows.net/{TENANT}/");
        let common = "https://login.microsoftonline.com/common/v2.0".to_owned();
        let uri = format!("api://{APP}");
        let full = "api://orders/read";
        // issuer and audience of the API, required scope, issuer, audience and `scp` of the token
        for (api_issuer, api_audience, scope, issuer, audience, expected, word) in [
            (&v2, APP, full, &v2, APP, "allowed", ""),
            (&v2, APP, "read", &v2, APP, "allowed", ""),
            (&v2, "api://orders", full, &v1, "api://orders", "allowed", "v1.0"),
            (&v2, uri.as_str(), "read", &v2, APP, "allowed", "same application"),
            (&v2, "api://orders", "read", &v2, APP, "unusable", "v2.0"),
            (&v2, APP, "https://graph.microsoft.com/read", &v2, APP, "missing", ""),
            (&v2, APP, "api://66666666-7777-8888-9999-111111111111/read", &v2, APP, "missing", ""),
            (&common, APP, "read", &v2, APP, "unusable", "any tenant"),
            (&v2, APP, "read", &"https://sts.windows.net/other/".to_owned(), APP, "unusable", "issuer"),
            // nobody else's names are loosened
            (&v2, APP, full, &"https://login.example.com".to_owned(), APP, "unusable", "issuer"),
            (
                &"https://login.example.com".to_owned(),
                APP,
                full,
                &"https://login.example.com".to_owned(),
                APP,
                "missing",
                "",
            ),
        ] {
            let keys = format!("issuer = \"{api_issuer}\"\naudience = \"{api_audience}\"");
            let claims = format!(r#"{{"iss":"{issuer}","aud":"{audience}","scp":"read","azpacr":"0"}}"#);
            let (found, words) = verdict(&keys, scope, RS, &claims);
            assert_eq!(found, expected, "{keys} {scope} {claims} {words}");
            assert!(words.contains(word), "{keys} {scope} {claims} {words}");
        }
        let audience = "api://orders";
        let claims = format!(r#"{{"iss":"{v2}","aud":"{audience}","scp":"read","azpacr":"0"}}"#);
        assert_eq!(verdict("", full, RS, &claims).0, "allowed");
        let claims = format!(r#"{{"iss":"{v2}","aud":"{APP}","scp":"read","azpacr":"0"}}"#);
        assert_eq!(verdict("", full, RS, &claims).0, "missing");
    }
}
