//! From a plan to a token.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::{Error, HeldToken, Kind, Origin, Plan, Workspace};
use crate::diagnostic::Diagnostic;
use crate::manifest::{AudienceParameter, Client, GrantType};
use crate::net;
use crate::oauth::{self, AuthorizationRequest, ClientIdentity, Metadata, OAuthError, Pending, TokenSet};
use crate::scope::ScopeSet;
use crate::token::{Granted, Place};
use crate::vault::WebOrigin;

/// How long a user may take to sign in and consent.
const PATIENCE: Duration = Duration::from_mins(10);

/// A grant under way. Dropping it cancels.
#[derive(Debug)]
pub struct Obtaining {
    /// Where the user's browser must go, when this grant has a user.
    pub url: Option<Url>,
    /// Whether a browser was opened; else why not. `None` when none was asked for.
    pub browser: Option<Result<(), String>>,
    client: String,
    asked: ScopeSet,
    origins: Vec<WebOrigin>,
    http: net::Client,
    grant: Grant,
}

#[derive(Debug)]
enum Grant {
    AuthorizationCode(Pending),
    ClientCredentials { metadata: Box<Metadata>, identity: ClientIdentity, extra: Vec<(String, String)> },
}

/// A token, and how it compares with what was asked.
#[derive(Clone, Debug)]
pub struct Obtained {
    /// The token.
    pub token: HeldToken,
    /// What was asked for.
    pub asked: ScopeSet,
    /// What was granted: as the token response says, else as the token itself says, else what was asked for
    /// (RFC 6749 §5.1).
    pub granted: ScopeSet,
    /// Asked for, not granted.
    pub short: ScopeSet,
    /// Granted, not asked for.
    pub beyond: ScopeSet,
    /// `token_type` as the server wrote it.
    pub token_type: String,
    /// Its lifetime, where the server says so.
    pub expires_in: Option<Duration>,
    /// Where the server bent the rules.
    pub findings: Vec<Diagnostic>,
}

impl Workspace {
    /// Starts a grant; opens the browser if asked to and if the grant needs one.
    ///
    /// # Errors
    /// When the authorization server can't be reached, does not fit, or no port can be bound.
    pub async fn begin(&self, plan: &Plan, grant: GrantType, open_browser: bool) -> Result<Obtaining, Error> {
        self.demand_trust()?;
        let origins = self.origins_of(plan)?;
        let (client, identity) = self.identity(&plan.client)?;
        let extra = self.audience_parameters(client, plan)?;
        let http = self.http()?.clone();
        let metadata = oauth::discover(&http, &client.issuer).await.map_err(refused)?;
        let mut browser = None;
        let grant = match grant {
            GrantType::AuthorizationCode => {
                let request = AuthorizationRequest {
                    client: identity,
                    scopes: plan.scopes.clone(),
                    extra,
                    port: client.redirect_port,
                    patience: PATIENCE,
                };
                let pending = oauth::begin(&metadata, request).await.map_err(refused)?;
                browser = open_browser.then(|| oauth::open(pending.url()).map_err(|error| error.to_string()));
                Grant::AuthorizationCode(pending)
            }
            GrantType::ClientCredentials => Grant::ClientCredentials { metadata: Box::new(metadata), identity, extra },
            other => {
                let message = format!("the grant `{}` can't be started here", other.as_str());
                return Err(Error::new(Kind::Usage, message));
            }
        };
        let url = match &grant {
            Grant::AuthorizationCode(pending) => Some(pending.url().clone()),
            Grant::ClientCredentials { .. } => None,
        };
        Ok(Obtaining { url, browser, client: client.name.clone(), asked: plan.scopes.clone(), origins, http, grant })
    }

    /// Trades a token's refresh token for a new token, narrowed when scopes are given (RFC 6749 §6).
    ///
    /// # Errors
    /// When the token was not obtained here, has no refresh token, or the server refuses.
    pub async fn refresh(&self, token: &HeldToken, scopes: Option<&ScopeSet>) -> Result<Obtained, Error> {
        let Origin::Obtained { client: name } = &token.origin else {
            return Err(Error::new(Kind::Usage, "only a token that was obtained here can be refreshed"));
        };
        let Some(refresh_token) = &token.refresh_token else {
            return Err(Error::new(Kind::Refused, "the token came without a refresh token")
                .hint("obtain a new one; many servers want the scope `offline_access` for that"));
        };
        self.demand_trust()?;
        let (client, identity) = self.identity(name)?;
        let http = self.http()?;
        let metadata = oauth::discover(http, &client.issuer).await.map_err(refused)?;
        let set = oauth::refresh(http, &metadata, &identity, refresh_token, scopes).await.map_err(refused)?;
        let mut obtained = obtained(set, name, scopes.cloned().unwrap_or_else(|| token.scopes()));
        // a server that does not rotate leaves the old one in force (RFC 6749 §6)
        obtained.token.refresh_token.get_or_insert_with(|| refresh_token.clone());
        obtained.token.origins.clone_from(&token.origins);
        Ok(obtained)
    }

    fn identity(&self, name: &str) -> Result<(&Client, ClientIdentity), Error> {
        let client = self.client(name)?;
        let secret = self.client_secret(client)?;
        Ok((client, ClientIdentity { client_id: client.client_id.clone(), secret }))
    }

    /// The audiences of the plan's APIs, as the client has to name them.
    fn audience_parameters(&self, client: &Client, plan: &Plan) -> Result<Vec<(String, String)>, Error> {
        let name = match client.audience_parameter {
            AudienceParameter::Resource => "resource",
            AudienceParameter::Audience => "audience",
            AudienceParameter::None => return Ok(Vec::new()),
        };
        let mut extra: Vec<(String, String)> = Vec::new();
        for id in &plan.endpoints {
            let (api, _) = self.known_endpoint(*id)?;
            let parameter = api.audience.as_ref().map(|audience| (name.to_owned(), audience.clone()));
            extra.extend(parameter.filter(|parameter| !extra.contains(parameter)));
        }
        Ok(extra)
    }
}

impl Obtaining {
    /// Waits for the end of the grant. Cancel by dropping the future.
    ///
    /// # Errors
    /// When the user or the server refuses, or the time is over.
    pub async fn finish(self) -> Result<Obtained, Error> {
        let set = match self.grant {
            Grant::AuthorizationCode(pending) => pending.finish(&self.http).await,
            Grant::ClientCredentials { metadata, identity, extra } => {
                oauth::client_credentials(&self.http, &metadata, &identity, &self.asked, &extra).await
            }
        };
        let mut obtained = obtained(set.map_err(refused)?, &self.client, self.asked);
        obtained.token.origins = Some(self.origins);
        Ok(obtained)
    }
}

fn obtained(set: TokenSet, client: &str, asked: ScopeSet) -> Obtained {
    let origin = Origin::Obtained { client: client.to_owned() };
    let mut token = HeldToken::new(set.access_token, origin, set.scope.as_ref(), Timestamp::now());
    token.refresh_token = set.refresh_token;
    // silence means: as asked (RFC 6749 §5.1); yet a token that says otherwise is the better witness
    let held = token.granted.get_or_insert_with(|| {
        let mut granted = Granted::default();
        for scope in &asked {
            granted.add(scope.clone(), Place::TokenResponse);
        }
        granted
    });
    let granted = set.scope.unwrap_or_else(|| held.set());
    Obtained {
        short: asked.difference(&granted),
        beyond: granted.difference(&asked),
        token,
        asked,
        granted,
        token_type: set.token_type,
        expires_in: set.expires_in,
        findings: set.findings,
    }
}

fn refused(error: OAuthError) -> Error {
    let kind = match &error {
        OAuthError::Net(_) => Kind::Failed,
        _ => Kind::Refused,
    };
    Error::new(kind, error.to_string())
}
