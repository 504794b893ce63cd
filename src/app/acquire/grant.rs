//! Obtains a token by a plan.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::Plan;
use super::entries::plan_entry;
use super::identity_assertion::identity_assertion;
use crate::app::approvals::ApprovalUse;
use crate::app::clients::{ClientSecrets, Identity, explained};
use crate::app::policy::noted;
use crate::app::recording::Act;
use crate::app::tokens::{apis_of, audience_parameters, granted, obtained, origins_with_facts};
use crate::app::{
    Approvals, Context, Error, ErrorKind, GrantedToken, HostEnvironment, PolicyGate, PolicyRuling, Question,
    QuestionScopes,
};
use crate::approval::UseKind;
use crate::manifest::{Api, Client, GrantType, Pkce};
use crate::net;
use crate::oauth::{self, AuthorizationRequest, DevicePending, Parameter, Pending};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Time limit for the user to sign in and consent.
const PATIENCE: Duration = Duration::from_mins(10);

/// How long a sign-in takes that needs no advice.
const ADVICE_AFTER: Duration = Duration::from_secs(20);

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
    /// Subject token of a token exchange (RFC 8693): an access token, or the ID token for an identity provider.
    pub subject: Option<Secret>,
    /// `acr_values` of a step-up (RFC 9470 §4), which override those of the client.
    pub acr_values: Option<String>,
    /// `max_age` in seconds.
    pub max_age: Option<u64>,
    /// Whether no prompt is shown (OpenID Connect Core 1.0, `prompt=none`): the browser has a session.
    pub silent: bool,
    /// How long the browser may take before the usual causes of an error page are reported.
    pub advice_after: Duration,
}

impl GrantOptions {
    /// Creates default options for a grant.
    #[must_use]
    pub fn new(grant: GrantType, browser: impl Into<BrowserUse>) -> Self {
        Self {
            grant,
            browser: browser.into(),
            paste: false,
            subject: None,
            acr_values: None,
            max_age: None,
            silent: false,
            advice_after: ADVICE_AFTER,
        }
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
    apis: Vec<Api>,
    audiences: Vec<String>,
    identity: Box<Identity>,
    grant: Grant,
    act: Box<Act>,
    approval: Box<ApprovalUse>,
    /// Decision of the policy.
    pub ruling: Option<Box<PolicyRuling>>,
}

#[derive(Debug)]
enum Grant {
    AuthorizationCode(Box<Pending>),
    Device(Box<DevicePending>),
    ClientCredentials(Vec<Parameter>),
    TokenExchange(Secret, Vec<Parameter>),
    JwtBearer { assertion: Secret, scopes: ScopeSet, extra: Vec<Parameter> },
}

fn browse(
    context: &Context,
    url: &Url,
    browser: BrowserUse,
    surroundings: HostEnvironment,
) -> Option<Result<(), String>> {
    match browser {
        BrowserUse::Show => None,
        BrowserUse::Window if surroundings.text_browser => {
            Some(Err("the browser in BROWSER runs in the terminal, over this screen".to_owned()))
        }
        BrowserUse::Window | BrowserUse::Open => Some(context.open_browser(url).map_err(|error| error.to_string())),
    }
}

/// Returns the audiences of the plan's APIs, without duplicates.
fn audiences(context: &Context, plan: &Plan) -> Result<Vec<String>, Error> {
    let mut audiences: Vec<String> = Vec::new();
    for id in &plan.endpoints {
        let (api, _) = context.require_endpoint(*id)?;
        audiences.extend(api.audience.clone().filter(|audience| !audiences.contains(audience)));
    }
    Ok(audiences)
}

fn authorization_request(
    client: &Client,
    plan: &Plan,
    start: &GrantOptions,
    extra: Vec<Parameter>,
) -> AuthorizationRequest {
    let max_age = start.max_age.or(client.max_age);
    let parameters = [
        ("prompt", if start.silent { Some("none".to_owned()) } else { client.prompt.clone() }),
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

/// Returns the assertion of the grant `jwt_bearer`, and the scopes to request with it.
async fn assertion(
    context: &Context,
    client: &Client,
    identity: &Identity,
    plan: &Plan,
    (start, audiences): (&GrantOptions, &[String]),
) -> Result<(Secret, ScopeSet), Error> {
    if let Some(provider) = &client.identity_provider {
        let provider = context.client(provider)?;
        let id_token = start.subject.as_ref().ok_or_else(|| {
            Error::login_needed(Some(&provider.name))
                .hint("pass an ID token of the user with `--subject FILE`, or `--subject -` from stdin")
        })?;
        let obtained = identity_assertion(context, client, provider, plan, (id_token, audiences)).await?;
        // what the identity provider does not allow would be refused
        let scopes = obtained.scope.unwrap_or_else(|| plan.scopes.clone());
        return Ok((obtained.jwt, scopes));
    }
    let assertion = match &client.assertion {
        Some(reference) => ClientSecrets::new(context).referenced(client, "assertion", reference)?,
        None => identity.party().sign_assertion(client.subject.as_deref().unwrap_or(&client.client_id))?,
    };
    Ok((assertion, plan.scopes.clone()))
}

impl PendingGrant {
    /// Starts a grant, and opens the browser if requested.
    ///
    /// # Errors
    /// If the authorization server can't be reached, lacks the endpoint, or no port can be bound.
    pub async fn start(context: &Context, plan: &Plan, start: GrantOptions) -> Result<Self, Error> {
        let client = context.client(&plan.client)?;
        let question = Question {
            client: Some(&plan.client),
            endpoints: &plan.endpoints,
            scopes: QuestionScopes::Exactly(&plan.scopes),
            signed_in: start.grant.needs_user().then(Timestamp::now),
            requests: true,
            ..Question::default()
        };
        let ruling = PolicyGate::new(context).permit(&question).await?;
        let approval = match &plan.approval {
            Some(link) => Approvals::new(context).take(&link.id, UseKind::Token)?,
            None => ApprovalUse::none(),
        };
        let begun = async {
            let entry = || {
                let mut entry = noted(plan_entry(context, client, plan, start.grant), ruling.as_deref());
                if let Some(approved) = approval.approved_by() {
                    approved.note(&mut entry.record);
                }
                entry
            };
            let act = context.begin(entry).await?;
            match Box::pin(Self::begin(context, plan, start)).await {
                Ok(pending) => Ok(Self { act: Box::new(act), ..pending }),
                Err(error) => Err(act.fail(error).await),
            }
        };
        match begun.await {
            Ok(pending) => Ok(Self { approval: Box::new(approval), ruling, ..pending }),
            Err(error) => {
                let failed: Result<(), Error> = Err(error.clone());
                approval.conclude(&failed).await;
                Err(error)
            }
        }
    }

    /// Starts a grant that is not recorded.
    async fn begin(context: &Context, plan: &Plan, start: GrantOptions) -> Result<Self, Error> {
        context.demand_trust()?;
        let client = Box::new(context.client(&plan.client)?.clone());
        let apis: Vec<Api> = apis_of(context, &client, &plan.endpoints, &plan.scopes)?.into_iter().cloned().collect();
        let audiences = audiences(context, plan)?;
        let mut extra = audience_parameters(&client, &audiences);
        extra.extend(
            client.authorization_details.as_ref().map(|list| ("authorization_details".to_owned(), list.to_string())),
        );
        let identity = Box::new(Identity::of(context, &client, None).await?);
        let mut notices = Vec::new();
        if let Some(proxy) = net::proxy_for(client.issuer.url()) {
            notices.push(format!("using the proxy {proxy}"));
        }
        if start.grant == GrantType::AuthorizationCode && client.dialect.pkce == Some(Pkce::Ignored) {
            let who = client.dialect.title.as_deref().unwrap_or("the authorization server");
            notices.push(format!("{who} ignores PKCE: only `state` protects this sign-in"));
        }
        let grant = match start.grant {
            GrantType::AuthorizationCode => {
                let request = authorization_request(&client, plan, &start, extra);
                let pending = oauth::begin(identity.party(), request).await;
                let pending = pending.map_err(|error| explained(error, &client))?;
                Grant::AuthorizationCode(Box::new(pending))
            }
            GrantType::DeviceCode => {
                let pending = oauth::begin_device(identity.party(), &plan.scopes, &extra).await;
                let pending = pending.map_err(|error| explained(error, &client))?;
                Grant::Device(Box::new(pending))
            }
            GrantType::ClientCredentials => Grant::ClientCredentials(extra),
            GrantType::TokenExchange => {
                let subject = start.subject.clone().ok_or_else(|| {
                    Error::new(ErrorKind::Usage, "a token exchange needs a subject token")
                        .hint("pass it with `--subject FILE`, or `--subject -` from stdin")
                })?;
                Grant::TokenExchange(subject, extra)
            }
            GrantType::JwtBearer => {
                let (assertion, scopes) = assertion(context, &client, &identity, plan, (&start, &audiences)).await?;
                Grant::JwtBearer { assertion, scopes, extra }
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
        let browser = url.as_ref().and_then(|url| browse(context, url, start.browser, surroundings));
        let (asked, act) = (plan.scopes.clone(), Box::new(Act::nothing()));
        let (approval, ruling) = (Box::new(ApprovalUse::none()), None);
        Ok(Self {
            url,
            device,
            browser,
            notices,
            client,
            asked,
            apis,
            audiences,
            identity,
            grant,
            act,
            approval,
            ruling,
        })
    }

    /// Returns what usually causes an error page in the browser, which tokscope does not see; one line each.
    #[must_use]
    pub fn advice(&self) -> Vec<String> {
        let Grant::AuthorizationCode(pending) = &self.grant else { return Vec::new() };
        let uri = pending.redirect_uri();
        let mut lines = vec![
            "if the browser shows an error page, these are the usual causes:".to_owned(),
            format!("  the redirect URI is not registered exactly like this: {uri}"),
        ];
        if !self.asked.is_empty() {
            let asked = &self.asked;
            lines.push(format!("  the server does not know a scope, or does not allow it for this client: {asked}"));
        }
        let of_provider = self.client.dialect.browser_errors();
        lines.extend(of_provider.map(|(code, known)| format!("  {code}: {}; {}", known.cause, known.fix)));
        lines
    }

    /// Whether the redirect can be pasted: [`Self::finish_pasted`].
    #[must_use]
    pub fn can_paste(&self) -> bool {
        matches!(self.grant, Grant::AuthorizationCode(_))
    }

    /// Waits for the end of the grant. Drop the future to cancel.
    ///
    /// # Errors
    /// If the user or the server refuses, or the time limit passes.
    pub async fn finish(mut self) -> Result<GrantedToken, Error> {
        let (act, approval) = (std::mem::take(&mut self.act), std::mem::take(&mut self.approval));
        let obtained = Box::pin(self.wait()).await;
        let obtained = act.conclude(obtained, granted).await;
        approval.conclude(&obtained).await;
        obtained
    }

    async fn wait(self) -> Result<GrantedToken, Error> {
        let party = self.identity.party();
        let has_user = matches!(self.grant, Grant::AuthorizationCode(_) | Grant::Device(_));
        let set = match self.grant {
            Grant::AuthorizationCode(pending) => pending.finish(party.http).await,
            Grant::Device(pending) => pending.finish(party.http).await,
            Grant::ClientCredentials(extra) => party.client_credentials(&self.asked, &extra).await,
            Grant::TokenExchange(subject, extra) => party.exchange_token(&subject, &self.asked, &extra).await,
            Grant::JwtBearer { assertion, scopes, extra } => party.jwt_bearer(&assertion, &scopes, &extra).await,
        };
        let set = set.map_err(|error| explained(error, &self.client))?;
        let mut obtained = obtained(set, &self.client, self.asked, &self.identity, self.audiences).await;
        let apis: Vec<&Api> = self.apis.iter().collect();
        obtained.token.origins = Some(origins_with_facts(&apis, &self.client, &obtained.facts));
        obtained.token.signed_in = has_user.then(Timestamp::now);
        Ok(obtained)
    }

    /// Like [`Self::finish`], but also accepts pasted input: the redirect URL, or the code in it. `pasted` waits for it,
    /// and is called again with the reason if the text is not a response to this request.
    ///
    /// # Errors
    /// See [`Self::finish`]; also if `pasted` fails: with the reason why the last text was rejected, if any was.
    pub async fn finish_pasted(
        mut self,
        pasted: impl AsyncFnMut(Option<Error>) -> Result<Secret, Error>,
    ) -> Result<GrantedToken, Error> {
        let (act, approval) = (std::mem::take(&mut self.act), std::mem::take(&mut self.approval));
        let obtained = Box::pin(self.wait_pasted(pasted)).await;
        let obtained = act.conclude(obtained, granted).await;
        approval.conclude(&obtained).await;
        obtained
    }

    async fn wait_pasted(
        self,
        mut pasted: impl AsyncFnMut(Option<Error>) -> Result<Secret, Error>,
    ) -> Result<GrantedToken, Error> {
        let Grant::AuthorizationCode(pending) = self.grant else {
            return Err(Error::new(ErrorKind::Usage, "this grant has no redirect to paste"));
        };
        let mut failure = None;
        let set = pending
            .finish_pasted(self.identity.party().http, async |rejected| {
                match pasted(rejected.cloned().map(Error::from)).await {
                    Ok(text) => Some(text),
                    Err(error) => {
                        failure = rejected.is_none().then_some(error);
                        None
                    }
                }
            })
            .await;
        if let Some(error) = failure {
            return Err(error);
        }
        let set = set.map_err(|error| explained(error, &self.client))?;
        let mut obtained = obtained(set, &self.client, self.asked, &self.identity, self.audiences).await;
        let apis: Vec<&Api> = self.apis.iter().collect();
        obtained.token.origins = Some(origins_with_facts(&apis, &self.client, &obtained.facts));
        obtained.token.signed_in = Some(Timestamp::now());
        Ok(obtained)
    }
}
