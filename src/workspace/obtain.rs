//! From a plan to a token.

use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::acquire::refresh_token;
use super::identity::Identity;
use super::{Error, HeldToken, Kind, Origin, Plan, Surroundings, Workspace};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Client, GrantType};
use crate::net;
use crate::oauth::{self, AuthorizationRequest, DevicePending, OAuthError, Parameter, Pending, TokenSet};
use crate::scope::{ScopeSet, as_requested};
use crate::secret::Secret;
use crate::token::{Granted, ScopeSource};
use crate::vault::WebOrigin;

/// How long a user may take to sign in and consent.
const PATIENCE: Duration = Duration::from_mins(10);

/// What is done with the user's browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BrowserUse {
    /// The address is only shown.
    #[default]
    Show,
    /// It is opened, unless it would draw in the terminal.
    Window,
    /// It is opened, in the terminal too.
    Open,
}

impl From<bool> for BrowserUse {
    /// `true`: opened, unless it would draw in the terminal.
    fn from(open: bool) -> Self {
        if open { Self::Window } else { Self::Show }
    }
}

/// How a grant is started.
#[derive(Clone, Debug)]
pub struct Start {
    /// The grant.
    pub grant: GrantType,
    /// What is done with the user's browser.
    pub browser: BrowserUse,
    /// The user pastes what the browser was sent to.
    pub paste: bool,
    /// The token to exchange for another (RFC 8693).
    pub subject: Option<Secret>,
    /// `acr_values` and `max_age` of a step-up (RFC 9470 §4), before those of the client.
    pub acr_values: Option<String>,
    /// In seconds.
    pub max_age: Option<u64>,
}

impl Start {
    /// With nothing out of the ordinary.
    #[must_use]
    pub fn new(grant: GrantType, browser: impl Into<BrowserUse>) -> Self {
        Self { grant, browser: browser.into(), paste: false, subject: None, acr_values: None, max_age: None }
    }
}

/// The code that a user enters on another device (RFC 8628 §3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// What is entered. It is shown even with a QR code.
    pub user_code: String,
    /// Where.
    pub verification_uri: Url,
    /// The same with the code in it: what a QR code holds.
    pub verification_uri_complete: Option<Url>,
    /// How long the code is good for.
    pub expires_in: Duration,
}

/// A grant under way. Dropping it cancels.
#[derive(Debug)]
pub struct Obtaining {
    /// Where the user's browser must go, when this grant has a user.
    pub url: Option<Url>,
    /// The code to enter there, with a device.
    pub device: Option<DeviceCode>,
    /// Whether a browser was opened; else why not. `None` when none was asked for.
    pub browser: Option<Result<(), String>>,
    /// What the user should know: a proxy, a shell on another machine.
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

/// A token, and how it compares with what was asked.
#[derive(Clone, Debug)]
pub struct Obtained {
    /// The token.
    pub token: HeldToken,
    /// What was asked for; of what is always requested only what was granted.
    pub asked: ScopeSet,
    /// What was granted: as introspection or the token response says, else as the token itself says, else what was asked
    /// for (RFC 6749 §5.1).
    pub granted: ScopeSet,
    /// Asked for, not granted.
    pub short: ScopeSet,
    /// Granted, not asked for.
    pub beyond: ScopeSet,
    /// Whether the server or the token itself says what was granted; otherwise it counts as granted as it was asked for.
    pub stated: bool,
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
    pub async fn begin(
        &self,
        plan: &Plan,
        grant: GrantType,
        browser: impl Into<BrowserUse>,
    ) -> Result<Obtaining, Error> {
        self.start(plan, Start::new(grant, browser)).await
    }

    /// The same, with everything that can be said about how.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn start(&self, plan: &Plan, start: Start) -> Result<Obtaining, Error> {
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
            notices.push(format!("going through the proxy {proxy}"));
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
                    Error::new(Kind::Usage, "a token exchange needs a token to exchange")
                        .hint("give it by `--subject FILE`, or `--subject -` on standard input")
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
                return Err(Error::new(Kind::Usage, "a refresh needs a token that was obtained before")
                    .hint("`tokscope tokens refresh` refreshes one"));
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
        let surroundings = Surroundings::detect();
        if matches!(grant, Grant::AuthorizationCode(_)) && !start.paste && start.browser != BrowserUse::Show {
            notices.extend(surroundings.advice().map(str::to_owned));
        }
        let browser = url.as_ref().and_then(|url| self.open_browser(url, start.browser, surroundings));
        Ok(Obtaining {
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

    /// Refreshes a token that is not in the vault, narrowed when scopes are given (RFC 6749 §6). It is gone when this
    /// process ends, like everything else of the session: [`Self::refresh_stored`] is for stored tokens.
    ///
    /// # Errors
    /// When the token was not obtained here, has no refresh token, or the server refuses.
    pub async fn refresh(&self, token: &HeldToken, scopes: Option<&ScopeSet>) -> Result<Obtained, Error> {
        let Origin::Obtained { client: name } = &token.origin else {
            return Err(Error::new(Kind::Usage, "only a token that was obtained here can be refreshed"));
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
        // a server that does not rotate leaves the old one in force (RFC 6749 §6)
        obtained.token.refresh_token.get_or_insert_with(|| refresh_token.clone());
        obtained.token.origins.clone_from(&token.origins);
        Ok(obtained)
    }

    fn open_browser(&self, url: &Url, browser: BrowserUse, surroundings: Surroundings) -> Option<Result<(), String>> {
        match browser {
            BrowserUse::Show => None,
            BrowserUse::Window if surroundings.text_browser => {
                Some(Err("the browser that BROWSER names would draw over this screen".to_owned()))
            }
            BrowserUse::Window | BrowserUse::Open => Some(self.browse(url).map_err(|error| error.to_string())),
        }
    }

    /// The audiences of the plan's APIs, each once.
    fn audiences(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        let mut audiences: Vec<String> = Vec::new();
        for id in &plan.endpoints {
            let (api, _) = self.known_endpoint(*id)?;
            audiences.extend(api.audience.clone().filter(|audience| !audiences.contains(audience)));
        }
        Ok(audiences)
    }
}

/// The audiences, as the client has to name them.
pub(super) fn audience_parameters(client: &Client, audiences: &[String]) -> Vec<Parameter> {
    use crate::manifest::AudienceParameter::{Audience, None as Nothing, Resource};
    let name = match client.audience_parameter {
        Resource => "resource",
        Audience => "audience",
        Nothing => return Vec::new(),
    };
    audiences.iter().map(|audience| (name.to_owned(), audience.clone())).collect()
}

fn authorization_request(client: &Client, plan: &Plan, start: &Start, extra: Vec<Parameter>) -> AuthorizationRequest {
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

impl Obtaining {
    /// Whether what comes back can be pasted: [`Self::finish_pasted`].
    #[must_use]
    pub fn can_paste(&self) -> bool {
        matches!(self.grant, Grant::AuthorizationCode(_))
    }

    /// Waits for the end of the grant. Cancel by dropping the future.
    ///
    /// # Errors
    /// When the user or the server refuses, or the time is over.
    pub async fn finish(self) -> Result<Obtained, Error> {
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

    /// The same, or with what the user pastes: the address that the browser was sent to, or the code in it.
    ///
    /// # Errors
    /// As [`Self::finish`], when what was pasted is no answer to this request, and that of `pasted`.
    pub async fn finish_pasted(self, pasted: impl Future<Output = Result<Secret, Error>>) -> Result<Obtained, Error> {
        let Grant::AuthorizationCode(pending) = self.grant else {
            return Err(Error::new(Kind::Usage, "there is nothing to paste in this grant"));
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
) -> Obtained {
    set.limit(client.max_lifetime);
    set.compare_details(client.authorization_details.as_ref());
    let origin = Origin::Obtained { client: client.name.clone() };
    let mut token = HeldToken::new(set.access_token, origin, set.scope.as_ref(), Timestamp::now());
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
    let granted = as_requested(&set.scope.unwrap_or_else(|| held.set()), &asked);
    let beyond = granted.difference(&asked);
    // what is always requested is for the server itself, and many do not repeat it
    let asked = asked.difference(&client.always_request.difference(&granted));
    Obtained {
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

/// A server's refusal or fault, with its way out.
pub(super) fn refused(error: OAuthError) -> Error {
    let kind = match &error {
        OAuthError::Net(_) | OAuthError::Unavailable { .. } | OAuthError::Listener(_) | OAuthError::PortInUse(_) => {
            Kind::Failed
        }
        OAuthError::Client(_) | OAuthError::NotLoopback(_) | OAuthError::Pasted(_) => Kind::Usage,
        _ => Kind::Refused,
    };
    let refusal = match &error {
        OAuthError::Refused { error, .. } => Some(error.clone()),
        _ => None,
    };
    let failure = Error { refusal, ..Error::new(kind, error.to_string()) };
    error.hint().into_iter().fold(failure, Error::hint)
}
