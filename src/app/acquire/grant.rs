//! Obtains a token by a plan.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::acquire::refresh_token;
use super::identity::Identity;
use super::{Context, Error, ErrorKind, HostEnvironment, LoadedToken, Origin, Plan};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Client, GrantType};
use crate::net;
use crate::oauth::{self, AuthorizationRequest, DevicePending, OAuthError, Parameter, Pending, TokenSet};
use crate::scope::{ScopeSet, as_requested};
use crate::secret::Secret;
use crate::token::{Granted, ScopeSource};
use crate::vault::WebOrigin;

/// Time limit for the user to sign in and consent.
const PATIENCE: Duration = Duration::from_mins(10);

/// Use of the user's browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BrowserUse {
    /// Only show the URL.
    #[default]
    Show,
    /// Open it, unless it would run in the terminal.
    Window,
    /// Open it, even in the terminal.
    Open,
}

impl From<bool> for BrowserUse {
    /// `true` means [`Self::Window`].
    fn from(open: bool) -> Self {
        if open { Self::Window } else { Self::Show }
    }
}

/// Options for starting a grant.
#[derive(Clone, Debug)]
pub struct GrantOptions {
    /// Grant.
    pub grant: GrantType,
    /// Use of the user's browser.
    pub browser: BrowserUse,
    /// Whether the user pastes the redirect URL.
    pub paste: bool,
    /// Subject token of a token exchange (RFC 8693).
    pub subject: Option<Secret>,
    /// `acr_values` of a step-up (RFC 9470 §4), which override those of the client.
    pub acr_values: Option<String>,
    /// `max_age` in seconds.
    pub max_age: Option<u64>,
}

impl GrantOptions {
    /// Creates default options for a grant.
    #[must_use]
    pub fn new(grant: GrantType, browser: impl Into<BrowserUse>) -> Self {
        Self { grant, browser: browser.into(), paste: false, subject: None, acr_values: None, max_age: None }
    }
}

/// Code that the user enters on another device (RFC 8628 §3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// User code. It is shown even with a QR code.
    pub user_code: String,
    /// Where.
    pub verification_uri: Url,
    /// URL that includes the code, for the QR code.
    pub verification_uri_complete: Option<Url>,
    /// Lifetime of the code.
    pub expires_in: Duration,
}

/// A grant in progress. Dropping it cancels.
#[derive(Debug)]
pub struct PendingGrant {
    /// URL to open in the browser, if the grant has a user.
    pub url: Option<Url>,
    /// Device code to enter.
    pub device: Option<DeviceCode>,
    /// Result of opening the browser; `None` if it was not requested.
    pub browser: Option<Result<(), String>>,
    /// Notices for the user, such as a proxy or a remote shell.
    pub notices: Vec<String>,
    client: Box<Client>,
    asked: ScopeSet,
    origins: Vec<WebOrigin>,
    audiences: Vec<String>,
    identity: Box<Identity>,
    grant: Grant,
}

#[derive(Debug)]
enum Grant {
    AuthorizationCode(Box<Pending>),
    Device(Box<DevicePending>),
    ClientCredentials(Vec<Parameter>),
    TokenExchange(Secret, Vec<Parameter>),
    JwtBearer(Secret, Vec<Parameter>),
}

/// An obtained token, compared with the request.
#[derive(Clone, Debug)]
pub struct GrantedToken {
    /// The token.
    pub token: LoadedToken,
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
    /// `token_type`, verbatim.
    pub token_type: String,
    /// Lifetime, if stated.
    pub expires_in: Option<Duration>,
    /// Deviations of the server from the RFCs.
    pub findings: Vec<Diagnostic>,
}

impl Context {
    /// Starts a grant; opens the browser if requested and needed.
    ///
    /// # Errors
    /// If the authorization server can't be reached or is not suitable, or no port can be bound.
    pub async fn begin(
        &self,
        plan: &Plan,
        grant: GrantType,
        browser: impl Into<BrowserUse>,
    ) -> Result<PendingGrant, Error> {
        self.start(plan, GrantOptions::new(grant, browser)).await
    }

    /// Starts a grant with options.
    ///
    /// # Errors
    /// See [`Self::begin`].
    pub async fn start(&self, plan: &Plan, start: GrantOptions) -> Result<PendingGrant, Error> {
        self.demand_trust()?;
        let client = Box::new(self.client(&plan.client)?.clone());
        let origins = self.origins_of(plan)?;
        let audiences = self.audiences(plan)?;
        let mut extra = audience_parameters(&client, &audiences);
        extra.extend(
            client.authorization_details.as_ref().map(|list| ("authorization_details".to_owned(), list.to_string())),
        );
        let identity = Box::new(self.identity(&client, None).await?);
        let mut notices = Vec::new();
        if let Some(proxy) = net::proxy_for(client.issuer.url()) {
            notices.push(format!("using the proxy {proxy}"));
        }
        let grant = match start.grant {
            GrantType::AuthorizationCode => {
                let request = authorization_request(&client, plan, &start, extra);
                let pending = oauth::begin(identity.party(), request).await.map_err(refused)?;
                Grant::AuthorizationCode(Box::new(pending))
            }
            GrantType::DeviceCode => {
                let pending = oauth::begin_device(identity.party(), &plan.scopes, &extra).await.map_err(refused)?;
                Grant::Device(Box::new(pending))
            }
            GrantType::ClientCredentials => Grant::ClientCredentials(extra),
            GrantType::TokenExchange => {
                let subject = start.subject.clone().ok_or_else(|| {
                    Error::new(ErrorKind::Usage, "a token exchange needs a subject token")
                        .hint("pass it with `--subject FILE`, or `--subject -` (stdin)")
                })?;
                Grant::TokenExchange(subject, extra)
            }
            GrantType::JwtBearer => {
                let assertion = match &client.assertion {
                    Some(reference) => self.referenced(&client, "assertion", reference)?,
                    None => {
                        let subject = client.subject.as_deref().unwrap_or(&client.client_id);
                        identity.party().sign_assertion(subject).map_err(refused)?
                    }
                };
                Grant::JwtBearer(assertion, extra)
            }
            GrantType::RefreshToken => {
                return Err(Error::new(ErrorKind::Usage, "a refresh needs a stored token")
                    .hint("`tokscope tokens refresh` refreshes a stored token"));
            }
        };
        let device = match &grant {
            Grant::Device(pending) => Some(DeviceCode {
                user_code: pending.user_code.clone(),
                verification_uri: pending.verification_uri.clone(),
                verification_uri_complete: pending.verification_uri_complete.clone(),
                expires_in: pending.expires_in,
            }),
            _ => None,
        };
        let url = match (&grant, &device) {
            (Grant::AuthorizationCode(pending), _) => Some(pending.url().clone()),
            (_, Some(code)) => Some(code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri).clone()),
            _ => None,
        };
        let surroundings = HostEnvironment::detect();
        if matches!(grant, Grant::AuthorizationCode(_)) && !start.paste && start.browser != BrowserUse::Show {
            notices.extend(surroundings.advice().map(str::to_owned));
        }
        let browser = url.as_ref().and_then(|url| self.open_browser(url, start.browser, surroundings));
        Ok(PendingGrant {
            url,
            device,
            browser,
            notices,
            client,
            asked: plan.scopes.clone(),
            origins,
            audiences,
            identity,
            grant,
        })
    }

    /// Refreshes a token that is not in the vault, narrowed if scopes are given (RFC 6749 §6). It is discarded when
    /// this process ends; [`Self::refresh_stored`] is for stored tokens.
    ///
    /// # Errors
    /// If the token was not obtained by tokscope, has no refresh token, or the server refuses.
    pub async fn refresh(&self, token: &LoadedToken, scopes: Option<&ScopeSet>) -> Result<GrantedToken, Error> {
        let Origin::Obtained { client: name } = &token.origin else {
            return Err(Error::new(ErrorKind::Usage, "only a token that tokscope obtained can be refreshed"));
        };
        let refresh_token = refresh_token(token)?;
        self.demand_trust()?;
        let client = self.client(name)?.clone();
        // a refresh token of a public client is bound to the key of its first token (RFC 9449 §5)
        let identity = self.identity(&client, token.dpop.clone()).await?;
        let extra = audience_parameters(&client, &token.audiences);
        let set = identity.party().refresh(refresh_token, scopes, &extra).await.map_err(refused)?;
        let asked = scopes.cloned().unwrap_or_else(|| token.scopes());
        let mut obtained = obtained(set, &client, asked, &identity, token.audiences.clone()).await;
        // without rotation the old refresh token stays valid (RFC 6749 §6)
        obtained.token.refresh_token.get_or_insert_with(|| refresh_token.clone());
        obtained.token.origins.clone_from(&token.origins);
        Ok(obtained)
    }

    fn open_browser(
        &self,
        url: &Url,
        browser: BrowserUse,
        surroundings: HostEnvironment,
    ) -> Option<Result<(), String>> {
        match browser {
            BrowserUse::Show => None,
            BrowserUse::Window if surroundings.text_browser => {
                Some(Err("the browser in BROWSER runs in the terminal, over this screen".to_owned()))
            }
            BrowserUse::Window | BrowserUse::Open => Some(self.browse(url).map_err(|error| error.to_string())),
        }
    }

    /// Returns the audiences of the plan's APIs, without duplicates.
    fn audiences(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        let mut audiences: Vec<String> = Vec::new();
        for id in &plan.endpoints {
            let (api, _) = self.require_endpoint(*id)?;
            audiences.extend(api.audience.clone().filter(|audience| !audiences.contains(audience)));
        }
        Ok(audiences)
    }
}

/// Returns the audience parameters, as configured for the client.
pub(super) fn audience_parameters(client: &Client, audiences: &[String]) -> Vec<Parameter> {
    use crate::manifest::AudienceParameter::{Audience, None as Nothing, Resource};
    let name = match client.audience_parameter {
        Resource => "resource",
        Audience => "audience",
        Nothing => return Vec::new(),
    };
    audiences.iter().map(|audience| (name.to_owned(), audience.clone())).collect()
}

fn authorization_request(
    client: &Client,
    plan: &Plan,
    start: &GrantOptions,
    extra: Vec<Parameter>,
) -> AuthorizationRequest {
    let max_age = start.max_age.or(client.max_age);
    let parameters = [
        ("prompt", client.prompt.clone()),
        ("acr_values", start.acr_values.clone().or_else(|| client.acr_values.clone())),
        ("max_age", max_age.map(|seconds| seconds.to_string())),
    ];
    let parameters = parameters.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    AuthorizationRequest {
        scopes: plan.scopes.clone(),
        parameters: parameters.collect(),
        extra,
        redirect_uri: client.redirect_uri.clone(),
        pushed: client.pushed,
        paste: start.paste,
        max_age,
        patience: PATIENCE,
    }
}

impl PendingGrant {
    /// Whether the redirect can be pasted: [`Self::finish_pasted`].
    #[must_use]
    pub fn can_paste(&self) -> bool {
        matches!(self.grant, Grant::AuthorizationCode(_))
    }

    /// Waits for the end of the grant. Drop the future to cancel.
    ///
    /// # Errors
    /// If the user or the server refuses, or the time limit passes.
    pub async fn finish(self) -> Result<GrantedToken, Error> {
        let party = self.identity.party();
        let set = match self.grant {
            Grant::AuthorizationCode(pending) => pending.finish(party.http).await,
            Grant::Device(pending) => pending.finish(party.http).await,
            Grant::ClientCredentials(extra) => party.client_credentials(&self.asked, &extra).await,
            Grant::TokenExchange(subject, extra) => party.exchange_token(&subject, &self.asked, &extra).await,
            Grant::JwtBearer(assertion, extra) => party.jwt_bearer(&assertion, &self.asked, &extra).await,
        };
        let set = set.map_err(refused)?;
        let mut obtained = obtained(set, &self.client, self.asked, &self.identity, self.audiences).await;
        obtained.token.origins = Some(self.origins);
        Ok(obtained)
    }

    /// Like [`Self::finish`], but also accepts pasted input: the redirect URL, or the code in it.
    ///
    /// # Errors
    /// See [`Self::finish`]; also if the pasted text is not a response to this request, or `pasted` fails.
    pub async fn finish_pasted(
        self,
        pasted: impl Future<Output = Result<Secret, Error>>,
    ) -> Result<GrantedToken, Error> {
        let Grant::AuthorizationCode(pending) = self.grant else {
            return Err(Error::new(ErrorKind::Usage, "this grant has no redirect to paste"));
        };
        let (sender, text) = tokio::sync::oneshot::channel();
        let waiting = pending.finish_pasted(self.identity.party().http, async {
            match text.await {
                Ok(text) => text,
                Err(_) => std::future::pending().await,
            }
        });
        let mut waiting = std::pin::pin!(waiting);
        let set = tokio::select! {
            set = &mut waiting => set,
            pasted = pasted => {
                // the other end is held by `waiting`
                let _ = sender.send(pasted?);
                waiting.await
            }
        };
        let set = set.map_err(refused)?;
        let mut obtained = obtained(set, &self.client, self.asked, &self.identity, self.audiences).await;
        obtained.token.origins = Some(self.origins);
        Ok(obtained)
    }
}

pub(super) async fn obtained(
    mut set: TokenSet,
    client: &Client,
    asked: ScopeSet,
    identity: &Identity,
    audiences: Vec<String>,
) -> GrantedToken {
    set.limit(client.max_lifetime);
    set.compare_details(client.authorization_details.as_ref());
    let origin = Origin::Obtained { client: client.name.clone() };
    let mut token = LoadedToken::new(set.access_token, origin, set.scope.as_ref(), Timestamp::now());
    token.refresh_token = set.refresh_token;
    token.audiences = audiences;
    token.dpop = identity.dpop_key().filter(|_| set.token_type.eq_ignore_ascii_case("dpop"));
    if token.granted.is_none()
        && let Some(scopes) = identity.introspected(&token.secret).await
    {
        let granted = token.granted.get_or_insert_default();
        scopes.into_iter().for_each(|scope| granted.add(scope, ScopeSource::Introspection));
    }
    let telling_scopes = set.scope.is_some() || token.granted.is_some();
    // an absent `scope` means as requested (RFC 6749 §5.1), but a statement of the server or the token takes
    // precedence, and an access token by RFC 9068 §2.2.3 without `scope` was granted no scopes
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
    // some servers grant a scope under another name than requested
    let granted = as_requested(&set.scope.unwrap_or_else(|| held.set()), &asked);
    let beyond = granted.difference(&asked);
    // `always_request` scopes are for the server itself, and many servers do not repeat them
    let asked = asked.difference(&client.always_request.difference(&granted));
    GrantedToken {
        short: asked.difference(&granted),
        beyond,
        token,
        asked,
        granted,
        stated: telling_scopes || telling,
        token_type: set.token_type,
        expires_in: set.expires_in,
        findings: set.findings,
    }
}

/// Converts an error of the server, with its hint.
pub(super) fn refused(error: OAuthError) -> Error {
    let kind = match &error {
        OAuthError::Net(_) | OAuthError::Unavailable { .. } | OAuthError::Listener(_) | OAuthError::PortInUse(_) => {
            ErrorKind::Failed
        }
        OAuthError::Client(_) | OAuthError::NotLoopback(_) | OAuthError::Pasted(_) => ErrorKind::Usage,
        _ => ErrorKind::Refused,
    };
    let refusal = match &error {
        OAuthError::Refused { error, .. } => Some(error.clone()),
        _ => None,
    };
    let failure = Error { refusal, ..Error::new(kind, error.to_string()) };
    error.hint().into_iter().fold(failure, Error::hint)
}
