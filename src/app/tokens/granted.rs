//! Tokens that were just granted, compared with the request.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::loaded::{LoadedToken, Origin};
use crate::app::clients::Identity;
use crate::diagnostic::Diagnostic;
use crate::manifest::Client;
use crate::oauth::{Parameter, TokenSet};
use crate::scope::{Scope, ScopeSet};
use crate::secret::Secret;
use crate::token::{Granted, ScopeSource, Validity};
use crate::vault::Record;

/// An obtained token, compared with the request.
#[derive(Clone, Debug)]
pub struct GrantedToken {
    /// Token.
    pub token: LoadedToken,
    /// ID token.
    pub id_token: Option<Secret>,
    /// Requested scopes; of `always_request` only the granted ones.
    pub asked: ScopeSet,
    /// Granted scopes: from introspection or the token response, otherwise from the token itself, otherwise the
    /// requested ones (RFC 6749 §5.1).
    pub granted: ScopeSet,
    /// Requested but not granted.
    pub short: ScopeSet,
    /// Granted but not requested.
    pub beyond: ScopeSet,
    /// Whether the server or the token states the granted scopes; otherwise they are assumed to be the requested ones.
    pub stated: bool,
    /// Whether the server is known to report granted scopes nowhere: nothing is known about them then.
    pub unreported: bool,
    /// Facts about the account, by name.
    pub facts: BTreeMap<String, String>,
    /// `token_type`, verbatim.
    pub token_type: String,
    /// Lifetime, if stated.
    pub expires_in: Option<Duration>,
    /// Deviations of the server from the RFCs.
    pub findings: Vec<Diagnostic>,
}

impl GrantedToken {
    /// Returns the token's expiry by this machine's clock: as stated by the server, or by the token if that is earlier.
    /// A new token that appears expired indicates a wrong clock.
    #[must_use]
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        let said = self.expires_in.map(|lifetime| Record::end_of(now, lifetime));
        let own = match self.token.validity(now) {
            Some(Validity::Valid(end)) => end,
            Some(Validity::Expired(end)) if said.is_none() => end,
            Some(Validity::Expired(_) | Validity::NotYet(_) | Validity::Malformed(_)) | None => None,
        };
        [said, own].into_iter().flatten().min()
    }
}

/// Returns the audience parameters, as configured for the client.
pub(in crate::app) fn audience_parameters(client: &Client, audiences: &[String]) -> Vec<Parameter> {
    use crate::manifest::AudienceParameter::{Audience, None as Nothing, Resource};
    let name = match client.audience_parameter {
        Resource => "resource",
        Audience => "audience",
        Nothing => return Vec::new(),
    };
    audiences.iter().map(|audience| (name.to_owned(), audience.clone())).collect()
}

pub(in crate::app) async fn obtained(
    mut set: TokenSet,
    client: &Client,
    asked: ScopeSet,
    identity: &Identity,
    audiences: Vec<String>,
) -> GrantedToken {
    identity.party().look_up(&mut set).await;
    set.limit(client.max_lifetime);
    set.compare_details(client.authorization_details.as_ref());
    let origin = Origin::Obtained { client: client.name.clone() };
    let mut token = LoadedToken::new(set.access_token, origin, set.scope.as_ref(), Timestamp::now());
    token.refresh_token = set.refresh_token;
    token.audiences = audiences;
    token.facts.clone_from(&set.facts);
    token.dpop = identity.dpop_key().filter(|_| set.token_type.eq_ignore_ascii_case("dpop"));
    if token.granted.is_none()
        && let Some(scopes) = identity.introspected(&token.secret).await
    {
        let granted = token.granted.get_or_insert_default();
        scopes.into_iter().for_each(|scope| granted.add(scope, ScopeSource::Introspection));
    }
    let telling_scopes = set.scope.is_some() || token.granted.is_some();
    // silence means: as asked (RFC 6749 §5.1); yet a server or a token that says otherwise is the better witness, and an
    // access token by RFC 9068 §2.2.3 says what it was granted: nothing, when it has no `scope`
    let telling = token.decoded.header.as_ref().and_then(|header| header.get("typ")?.as_str()).is_some_and(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.strip_prefix("application/").unwrap_or(&kind) == "at+jwt"
    });
    let held = token.granted.get_or_insert_with(|| {
        let mut granted = Granted::default();
        for scope in asked.iter().filter(|_| !telling) {
            granted.add(scope.clone(), ScopeSource::TokenResponse);
        }
        granted
    });
    // some servers grant a scope under another name than the one by which it was requested
    let vocabulary = &client.dialect.vocabulary;
    let granted = vocabulary.as_requested(&set.scope.unwrap_or_else(|| held.set()), &asked);
    let beyond = granted.difference(&asked);
    // what is always requested is for the server itself, and many do not repeat it
    let asked = asked.difference(&client.always_request.difference(&granted));
    let stated = telling_scopes || telling;
    // a refresh token or an ID token shows that its scope was granted, whether or not the response repeats it (OpenID
    // Connect Core §3.1.2.1, §11)
    let is_shown = |scope: &&Scope| match scope.as_str() {
        "offline_access" => token.refresh_token.is_some(),
        "openid" => set.id_token.is_some(),
        _ => false,
    };
    let implicit: ScopeSet = asked.iter().filter(is_shown).cloned().collect();
    GrantedToken {
        short: vocabulary.not_granted(&asked.difference(&implicit), &granted),
        beyond,
        token,
        id_token: set.id_token,
        asked,
        granted,
        stated,
        unreported: !stated && !set.silence_means_requested,
        facts: set.facts,
        token_type: set.token_type,
        expires_in: set.expires_in,
        findings: set.findings,
    }
}
