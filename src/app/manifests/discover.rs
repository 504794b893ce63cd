//! Discovery from the URL of an API or issuer: protected resource metadata and authorization servers.

use serde_json::Map;
use url::Url;

use crate::app::recording::{Act, user_log};
use crate::app::{Error, ErrorKind};
use crate::audit::Entry;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Issuer, RedirectUri, providers};
use crate::net;
use crate::oauth::{self, Coverage, LoopbackPort, Metadata, OAuthError, ProtectedResource, Registration, Unauthorized};
use crate::secret::Secret;
use crate::text::readable_url;
use crate::usage::{Event, Record};

/// Decides whether to follow a server to an address of this machine or of a private network: the URL, and the reason
/// for asking.
pub type Consent<'c> = dyn FnMut(&Url, &net::TooNear) -> bool + 'c;

/// A link of the discovery chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveryStep {
    /// What was looked up: `API`, `protected resource`, `authorization server`, `registration`.
    pub what: &'static str,
    /// URL of the lookup.
    pub url: String,
    /// Outcome, in words.
    pub outcome: String,
    /// Whether the lookup succeeded.
    pub holds: bool,
}

/// Result of a discovery.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// The given URL.
    pub url: Url,
    /// Links of the chain, in order.
    pub chain: Vec<DiscoveryStep>,
    /// Response of the API to a request without a token.
    pub api: Option<Unauthorized>,
    /// Protected resource metadata of the API (RFC 9728).
    pub resource: Option<ProtectedResource>,
    /// Authorization servers whose metadata was found.
    pub servers: Vec<Metadata>,
    /// Findings about missing or contradictory metadata.
    pub findings: Vec<Diagnostic>,
    /// HTTP client limited to where the API's server may send requests, and to what the user permitted.
    http: net::Client,
}

/// Follows the chain from the API's challenge to its metadata and its authorization servers. Leaving an origin for an
/// address of this machine or of a private network requires consent.
///
/// # Errors
/// When the string is not a URL that requests may be sent to, or there is no response.
pub async fn discover(text: &str, consent: &mut Consent<'_>) -> Result<Discovery, Error> {
    let url = parse(text)?;
    let http = client(&url)?;
    let api = oauth::probe(&http, &url).await?;
    follow(text, url, http, api, consent).await
}

/// Like [`discover`], from an existing response of the API, and without consent. `headers`, `status`: those of the
/// response.
///
/// # Errors
/// When the string is not a URL that requests may be sent to.
pub async fn discover_from(text: &str, headers: &[(String, String)], status: u16) -> Result<Discovery, Error> {
    let url = parse(text)?;
    let http = client(&url)?;
    let challenges = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    let api = Unauthorized::read(status, challenges.map(|(_, value)| value.clone()).collect());
    follow(text, url, http, api, &mut |_, _| false).await
}

/// Creates the HTTP client. All requests of a discovery share one deadline.
fn client(url: &Url) -> Result<net::Client, Error> {
    let http = net::Client::new().map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
    Ok(http.following(url, net::Follow::Public).within(oauth::USE_CASE))
}

async fn follow(
    text: &str,
    url: Url,
    http: net::Client,
    api: Unauthorized,
    consent: &mut Consent<'_>,
) -> Result<Discovery, Error> {
    let mut found = Discovery {
        url: url.clone(),
        chain: Vec::new(),
        api: None,
        resource: None,
        servers: Vec::new(),
        findings: Vec::new(),
        http,
    };
    found.link("API", &url, response_summary(&api), true);
    let named = api.parameter("resource_metadata").map(str::to_owned);
    found.api = Some(api);
    found.fetch_resource_metadata(named.as_deref(), consent).await;
    let issuers: Vec<String> = match &found.resource {
        Some(resource) if !resource.authorization_servers.is_empty() => resource.authorization_servers.clone(),
        // without metadata the URL may be an issuer
        _ => own_issuers(text, &url),
    };
    let from_resource = found.resource.is_some();
    for issuer in issuers {
        let answered = found.fetch_issuer_metadata(&issuer, consent).await;
        if answered && !from_resource {
            break;
        }
    }
    if found.resource.is_some() {
        found.add_registration_link();
    }
    for server in &found.servers {
        let Some(provider) = providers::recognize(server.issuer.as_str()) else { continue };
        let own = provider.token_endpoint().filter(|url| !url.contains('{'));
        let differs = own.zip(server.token_endpoint.as_ref()).is_some_and(|(own, found)| own != found.as_str());
        if differs {
            found.findings.push(oauth::other_product(&server.issuer, &provider.about.title, provider.name));
        }
    }
    let is_api = found.api.as_ref().is_some_and(|api| api.status == 401 || !api.challenges.is_empty());
    found.findings.extend(oauth::findings_of(
        &found.servers,
        found.resource.as_ref(),
        found.api.as_ref().filter(|_| is_api),
    ));
    Ok(found)
}

/// Registers a client at the first authorization server. The port of its redirect URI is bound first, and held until the
/// returned value is dropped.
///
/// # Errors
/// If discovery found no authorization server, it refuses, or no port can be bound.
pub async fn register(found: &Discovery) -> Result<(Registration, LoopbackPort), Error> {
    let issuer = found.servers.first().map(|server| server.issuer.to_string());
    let record = Record { issuer, ..Record::new(Event::ClientRegistered) };
    let act = Act::begin(&user_log(None)?, record.into()).await?;
    let registered = Box::pin(register_unrecorded(found)).await;
    act.conclude(registered, registered_entry).await
}

/// Discovers the authorization servers of a URL, and registers a client at the first one. Nothing is sent before that is
/// recorded.
///
/// # Errors
/// See [`discover`] and [`register`].
pub async fn discover_and_register(
    text: &str,
    consent: &mut Consent<'_>,
) -> Result<(Discovery, (Registration, LoopbackPort)), Error> {
    let destination = Some(parse(text)?.origin().ascii_serialization());
    let record = Record { destination, ..Record::new(Event::ClientRegistered) };
    let act = Act::begin(&user_log(None)?, record.into()).await?;
    let done = async {
        let found = discover(text, consent).await?;
        let registered = register_unrecorded(&found).await?;
        Ok((found, registered))
    };
    act.conclude(Box::pin(done).await, |(_, registered)| registered_entry(registered)).await
}

fn registered_entry((registration, _): &(Registration, LoopbackPort)) -> Entry {
    Record { client_id: Some(registration.client_id.clone()), ..Record::default() }.into()
}

async fn register_unrecorded(found: &Discovery) -> Result<(Registration, LoopbackPort), Error> {
    let server = found
        .servers
        .first()
        .ok_or_else(|| Error::new(ErrorKind::Refused, "no authorization server found to register with"))?;
    // the user may have taken time to answer the prompt
    let http = found.http.afresh().within(oauth::USE_CASE);
    let port = RedirectUri::parse(oauth::REDIRECT_URI).map_err(OAuthError::Client);
    let port = port.and_then(|any| LoopbackPort::bind(&any))?;
    Ok((oauth::register(&http, server, port.redirect_uri()).await?, port))
}

/// Deletes a client registration, with its registration access token.
///
/// # Errors
/// When the string is not a URL that a token may be sent to, or the server refuses.
pub async fn unregister(text: &str, token: &Secret) -> Result<(), Error> {
    let http = net::Client::new().map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
    let url = parse(text)?;
    let destination = Some(url.origin().ascii_serialization());
    let record = Record { destination, ..Record::new(Event::ClientUnregistered) };
    let act = Act::begin(&user_log(None)?, record.into()).await?;
    let done = oauth::unregister(&http, &url, token).await.map_err(Error::from);
    act.conclude(done, |()| Entry::default()).await
}

fn parse(text: &str) -> Result<Url, Error> {
    let wrong = |reason: String| Error::new(ErrorKind::Usage, format!("`{text}` is not a usable URL: {reason}"));
    let url = readable_url(text)
        .map_err(|reason| wrong(reason).hint("include the scheme, as in `https://api.example.com`"))?;
    net::is_permitted(&url).map_err(wrong)?;
    Ok(url)
}

/// Possible issuers for a URL: as written, without its trailing slash, and its origin.
fn own_issuers(text: &str, url: &Url) -> Vec<String> {
    let mut issuers = vec![text.to_owned(), text.trim_end_matches('/').to_owned()];
    issuers.push(url.origin().ascii_serialization());
    issuers.push(format!("{}/", url.origin().ascii_serialization()));
    let mut seen = std::collections::BTreeSet::new();
    issuers.retain(|issuer| seen.insert(issuer.clone()));
    issuers
}

fn response_summary(api: &Unauthorized) -> String {
    let challenges: Vec<&str> = api.challenges.iter().map(|challenge| challenge.scheme.as_str()).collect();
    match challenges.as_slice() {
        [] => format!("responds with {} and no challenge", api.status),
        schemes => format!("responds with {} and challenges for {}", api.status, schemes.join(", ")),
    }
}

impl Discovery {
    fn link(&mut self, what: &'static str, url: impl ToString, outcome: impl Into<String>, holds: bool) {
        self.chain.push(DiscoveryStep { what, url: url.to_string(), outcome: outcome.into(), holds });
    }

    /// Adds how a client gets an identifier at the first authorization server. Sends no request.
    fn add_registration_link(&mut self) {
        let Some(server) = self.servers.first() else { return };
        let (place, outcome) = match (&server.registration_endpoint, server.client_id_documents) {
            (Some(place), false) => (place.to_string(), "supports dynamic client registration (RFC 7591)"),
            (Some(place), true) => (
                place.to_string(),
                "supports dynamic client registration (RFC 7591), and accepts client ID metadata documents",
            ),
            (None, true) => (
                server.issuer.to_string(),
                "accepts client ID metadata documents: the URL of a document that you publish is the client ID",
            ),
            (None, false) => (server.issuer.to_string(), "not supported: clients must be registered manually"),
        };
        let holds = server.registration_endpoint.is_some() || server.client_id_documents;
        self.link("registration", place, outcome, holds);
    }

    /// Checks that requests may be sent to a URL named by a server; the error is the reason why not.
    async fn may_ask(&mut self, url: &Url, consent: &mut Consent<'_>) -> Result<(), String> {
        let Err(reason) = self.http.may_be_sent_to(url).await else { return Ok(()) };
        if !consent(url, &reason) {
            return Err(format!(
                "not followed: {reason} unless you allow it with `tokscope discover --follow-private`"
            ));
        }
        self.http = self.http.permitting(url);
        Ok(())
    }

    async fn fetch_resource_metadata(&mut self, named: Option<&str>, consent: &mut Consent<'_>) {
        const WHAT: &str = "protected resource";
        let places = match oauth::places(&self.url, named) {
            Ok(places) => places,
            Err(reason) => return self.link(WHAT, named.unwrap_or_default(), reason, false),
        };
        for place in places {
            if let Err(reason) = self.may_ask(&place, consent).await {
                self.link(WHAT, &place, reason, false);
                continue;
            }
            match oauth::protected_resource(&self.http, &place).await {
                Ok(resource) => {
                    let coverage = resource.covers(&self.url);
                    let shown = format!("describes {}", resource.resource);
                    self.link(WHAT, &place, shown, coverage != Coverage::Other);
                    if coverage == Coverage::Other {
                        self.findings.push(oauth::other_resource(&resource, &self.url));
                        continue;
                    }
                    self.resource = Some(resource);
                    return;
                }
                Err(reason) => self.link(WHAT, &place, reason, false),
            }
        }
    }

    /// Fetches the metadata of an issuer. Returns whether it was found.
    async fn fetch_issuer_metadata(&mut self, text: &str, consent: &mut Consent<'_>) -> bool {
        const WHAT: &str = "authorization server";
        let is_same = |known: &Metadata| known.issuer.as_str().trim_end_matches('/') == text.trim_end_matches('/');
        if self.servers.iter().any(is_same) {
            self.link(WHAT, text, "the same server, listed again", true);
            return true;
        }
        let issuer = Issuer::parse(text).and_then(|issuer| {
            oauth::permitted_from(&self.url, issuer.url())?;
            Ok(issuer)
        });
        let issuer = match issuer {
            Ok(issuer) => issuer,
            Err(reason) => {
                self.link(WHAT, text, reason, false);
                return false;
            }
        };
        if let Err(reason) = self.may_ask(issuer.url(), consent).await {
            self.link(WHAT, text, reason, false);
            return false;
        }
        let http = &self.http;
        let mut answered = oauth::discover(http, &issuer, &Map::new()).await;
        if matches!(answered, Err(OAuthError::Metadata { .. })) && self.resource.is_some() {
            // some APIs add a trailing slash that the issuer does not have
            let other = match text.strip_suffix('/') {
                Some(without) => without.to_owned(),
                None => format!("{text}/"),
            };
            if let Ok(other) = Issuer::parse(&other)
                && let Ok(found) = oauth::discover(http, &other, &Map::new()).await
            {
                self.findings.push(oauth::slashed_issuer(text, &other));
                answered = Ok(found);
            }
        }
        match answered {
            Ok(found) => {
                let documents: Vec<&str> = found.documents.iter().map(Url::as_str).collect();
                self.link(WHAT, &found.metadata.issuer, format!("metadata at {}", documents.join(" and ")), true);
                self.findings.extend(found.findings);
                self.servers.push(found.metadata);
                true
            }
            Err(error) => {
                self.link(WHAT, text, error.to_string(), false);
                false
            }
        }
    }
}
