//! Whether a token fits an API, before its scopes are compared: kind, validity, issuer and audience; and which of its
//! scopes count there.

use jiff::Timestamp;

use crate::app::error::quoted;
use crate::app::{LoadedToken, Origin};
use crate::diagnosis::TokenEvidence;
use crate::manifest::Api;
use crate::scope::{Scope, ScopeSet};
use crate::token::entra::{EntraIssuer, is_entra, is_same_application, is_same_external_tenant, short_scope};
use crate::token::{self, Validity};

/// Why a token is unusable with an API, whatever its scopes are. Untrusted, since it may quote the token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfit {
    /// Reason, with the token as "it".
    pub reason: String,
    /// How to resolve it.
    pub hint: Option<String>,
}

/// A name in the token that differs from that in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// The same name.
    Exact,
    /// Another name of the same thing, with a remark.
    Equivalent(Option<String>),
    /// Another name, with a hint.
    Different(Option<String>),
}

/// Returns why a token is unusable with an API: first its kind, then its form, validity, issuer and audience.
pub(super) fn unfit(token: &LoadedToken, api: &Api, now: Timestamp) -> Option<Unfit> {
    let because = |reason: String| Some(Unfit { reason, hint: None });
    if let Some(unfit) = wrong_kind(token, api) {
        return Some(unfit);
    }
    if !token.decoded.whole {
        return because("it is malformed or truncated".to_owned());
    }
    let evidence = token.evidence(now);
    match &evidence.validity {
        Some(Validity::Valid(_)) | None => {}
        Some(validity) => return because(format!("it {}", validity.words(now))),
    }
    if let Some((issuer, Match::Different(hint))) = issuer(&evidence, api) {
        return Some(Unfit { reason: format!("its issuer `{issuer}` is not this API's issuer"), hint });
    }
    if let Some((expected, Match::Different(hint))) = audience(&evidence, api) {
        let found = quoted(evidence.audience.iter().map(String::as_str));
        return Some(Unfit { reason: format!("its audience is {found}, not `{expected}`"), hint });
    }
    None
}

/// Returns why a given token is not an access token (RFC 8725 §3.11, RFC 9068 §4). What an authorization server delivered
/// as an access token is one.
pub(super) fn wrong_kind(token: &LoadedToken, api: &Api) -> Option<Unfit> {
    let purpose = token.decoded.purpose.as_ref().filter(|_| token.origin == Origin::Given)?;
    let claimed = token.claimed();
    let is_for_this_api = match audience(&claimed, api) {
        Some((_, found)) => !matches!(found, Match::Different(_)),
        None => claimed.audience.iter().any(|audience| api.base_url.as_str().starts_with(audience.as_str())),
    };
    purpose.is_refused_by_apis(is_for_this_api).then(|| Unfit {
        reason: format!("it is {} ({}), not an access token", purpose.meaning(), purpose.reason),
        hint: (purpose.purpose.name == "id-token").then(|| "use the `access_token` of the same response".to_owned()),
    })
}

/// Returns remarks about names that an API may compare more strictly.
pub(super) fn remarks(token: &LoadedToken, api: &Api) -> Vec<String> {
    let evidence = token.claimed();
    let found = [issuer(&evidence, api).map(|(_, found)| found), audience(&evidence, api).map(|(_, found)| found)];
    let remark = |found| match found {
        Match::Equivalent(remark) => remark,
        Match::Exact | Match::Different(_) => None,
    };
    found.into_iter().flatten().filter_map(remark).collect()
}

/// Compares the issuer of a token with that of an API. `None` if one of them has none. Exact, except for the two issuers of
/// one tenant at Microsoft Entra.
pub(super) fn issuer<'e>(evidence: &'e TokenEvidence, api: &Api) -> Option<(&'e str, Match)> {
    let (issuer, expected) = evidence.issuer.as_deref().zip(api.issuer.as_ref())?;
    if expected.as_str() == issuer {
        return Some((issuer, Match::Exact));
    }
    let Some((found, expected)) = EntraIssuer::parse(issuer).zip(EntraIssuer::parse(expected.as_str())) else {
        let is_named_otherwise = is_same_external_tenant(issuer, expected.as_str());
        let hint = "the same tenant of Microsoft Entra External ID under another name: set `issuer` to that of the token, \
                    which its metadata has too";
        return Some((issuer, Match::Different(is_named_otherwise.then(|| hint.to_owned()))));
    };
    Some((
        issuer,
        match () {
            () if found.is_same_tenant(&expected) => {
                Match::Equivalent((found.version != expected.version).then(|| {
                    format!(
                        "it is a v{} token of the same tenant: an API that expects the issuer of v{} refuses it; \
                 `requestedAccessTokenVersion` in the app registration of the API decides",
                        found.version, expected.version
                    )
                }))
            }
            () if expected.is_any_tenant() => {
                let hint = "stands for any tenant, and no token has it as issuer: set `issuer` to that of the tenant";
                Match::Different(Some(format!("`{}` {hint}", expected.tenant)))
            }
            () => Match::Different(None),
        },
    ))
}

/// Compares the audiences of a token with that of an API. `None` if one of them has none. Exact, except for the ID of an
/// application at Microsoft Entra and the App ID URI with this ID.
pub(super) fn audience<'a>(evidence: &TokenEvidence, api: &'a Api) -> Option<(&'a str, Match)> {
    let expected = api.audience.as_deref().filter(|_| !evidence.audience.is_empty())?;
    if evidence.audience.iter().any(|audience| audience == expected) {
        return Some((expected, Match::Exact));
    }
    if !is_of_entra(evidence, api) {
        return Some((expected, Match::Different(None)));
    }
    let same = evidence.audience.iter().any(|audience| is_same_application(audience, expected));
    Some((expected, match same {
        true => Match::Equivalent(Some(format!("`{expected}` and its audience are names of the same application"))),
        false => Match::Different(Some(
            "a v2.0 token of Microsoft Entra has the application (client) ID of the API as audience, a v1.0 token its App \
             ID URI"
                .to_owned(),
        )),
    }))
}

/// Returns whether a token claims to be of Microsoft Entra, and the manifest does not say otherwise.
fn is_of_entra(evidence: &TokenEvidence, api: &Api) -> bool {
    evidence.issuer.as_deref().is_some_and(is_entra)
        && api.issuer.as_ref().is_none_or(|issuer| is_entra(issuer.as_str()))
}

/// Returns the granted scopes that count at an API: those at the places that the manifest names, or else the usual ones,
/// under the names of the manifest.
#[must_use]
pub(super) fn scopes_at(token: &LoadedToken, api: &Api) -> ScopeSet {
    let claims = token.decoded.claims().filter(|_| !api.scopes_claim.is_empty());
    if let Some(claims) = claims {
        return token::granted_at(claims, &api.scopes_claim).unwrap_or_default().set();
    }
    let granted = token.scopes();
    let evidence = token.claimed();
    if !is_of_entra(&evidence, api) {
        return granted;
    }
    let is_api = match audience(&evidence, api) {
        Some((_, Match::Different(_))) => return granted,
        Some((_, Match::Exact | Match::Equivalent(_))) => true,
        None => false,
    };
    let declared: Vec<(&Scope, &str)> = api
        .hierarchy
        .scopes()
        .filter_map(|scope| {
            let mut names =
                evidence.audience.iter().filter_map(|audience| short_scope(scope.as_str(), audience, is_api));
            names.next().map(|name| (scope, name))
        })
        .collect();
    let full = |scope: &Scope| match declared.iter().find(|(_, name)| *name == scope.as_str()) {
        Some((full, _)) if !api.hierarchy.declares(scope.as_str()) => (*full).clone(),
        _ => scope.clone(),
    };
    granted.iter().map(full).collect()
}

/// Returns the claims that may grant a token more than its scopes, which the manifest does not assess.
pub(super) fn permissions_elsewhere(token: &LoadedToken, api: &Api) -> Vec<String> {
    let claims = token.decoded.claims().filter(|_| api.scopes_claim.is_empty());
    claims.map(token::permissions_elsewhere).unwrap_or_default()
}

/// Returns the facts that a diagnosis uses, with the scopes that count at an API.
pub(super) fn evidence_at(token: &LoadedToken, api: &Api, now: Timestamp) -> TokenEvidence {
    let evidence = token.evidence(now);
    let granted = match (&evidence.granted, api.scopes_claim.is_empty()) {
        (None, true) => None,
        _ => Some(scopes_at(token, api)),
    };
    TokenEvidence { granted, ..evidence }
}
