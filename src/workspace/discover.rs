//! From the URL of an API or of an issuer to everything that can be known about both.

use serde_json::Map;
use url::Url;

use super::obtain::refused;
use super::{Error, Kind};
use crate::diagnostic::Diagnostic;
use crate::manifest::Issuer;
use crate::net;
use crate::oauth::{self, Coverage, Metadata, OAuthError, ProtectedResource, Registration, Unauthorized};
use crate::secret::Secret;
use crate::text::readable_url;

/// Decides whether a server may send us to an address of this machine or of a private network: the URL, and why the
/// question comes up.
pub type Consent<'c> = dyn FnMut(&Url, &net::TooNear) -> bool + 'c;

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What was looked for: `API`, `protected resource`, `authorization server`, `registration`.
    pub what: &'static str,
    /// Where.
    pub url: String,
    /// What came of it, in words.
    pub outcome: String,
    /// Whether the chain goes on from here.
    pub holds: bool,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// What was asked about.
    pub url: Url,
    /// The chain, in the order in which it was followed.
    pub chain: Vec<Link>,
    /// How the API answered without a token, when it is one.
    pub api: Option<Unauthorized>,
    /// What the API says about itself.
    pub resource: Option<ProtectedResource>,
    /// The authorization servers whose metadata was found.
    pub servers: Vec<Metadata>,
    /// What is missing or contradictory.
    pub findings: Vec<Diagnostic>,
    /// Goes where the API's server may send us, and where somebody permitted it.
    http: net::Client,
}

/// Follows the chain: the challenge of the API, its metadata, its authorization servers. From one origin to an address of
/// this machine or of a private network at another one it goes only with consent.
///
/// # Errors
/// When the text is not a URL that can be asked, or nothing answers there.
pub async fn discover(text: &str, consent: &mut Consent<'_>) -> Result<Discovery, Error> {
    let url = parse(text)?;
    let http = client(&url)?;
    let api = oauth::probe(&http, &url).await.map_err(refused)?;
    follow(text, url, http, api, consent).await
}

/// The same from a response that is there already, without anybody who could consent. `headers`, `status`: the response of
/// the API.
///
/// # Errors
/// When the text is not a URL that can be asked.
pub async fn discover_from(text: &str, headers: &[(String, String)], status: u16) -> Result<Discovery, Error> {
    let url = parse(text)?;
    let http = client(&url)?;
    let challenges = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    let api = Unauthorized::read(status, challenges.map(|(_, value)| value.clone()).collect());
    follow(text, url, http, api, &mut |_, _| false).await
}

/// All requests of a discovery share one deadline.
fn client(url: &Url) -> Result<net::Client, Error> {
    let http = net::Client::new().map_err(|error| Error::new(Kind::Failed, error.to_string()))?;
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
    found.link("API", &url, said(&api), true);
    let named = api.parameter("resource_metadata").map(str::to_owned);
    found.api = Some(api);
    found.ask_resource(named.as_deref(), consent).await;
    let issuers: Vec<String> = match &found.resource {
        Some(resource) if !resource.authorization_servers.is_empty() => resource.authorization_servers.clone(),
        // without metadata the URL may be the issuer's own
        _ => own_issuers(text, &url),
    };
    let from_resource = found.resource.is_some();
    for issuer in issuers {
        let answered = found.ask_issuer(&issuer, consent).await;
        if answered && !from_resource {
            break;
        }
    }
    if found.resource.is_some() {
        found.look_for_registration();
    }
    let is_api = found.api.as_ref().is_some_and(|api| api.status == 401 || !api.challenges.is_empty());
    found.findings.extend(oauth::findings_of(
        &found.servers,
        found.resource.as_ref(),
        found.api.as_ref().filter(|_| is_api),
    ));
    Ok(found)
}

/// Registers a client at the issuer that was found.
///
/// # Errors
/// When there is none, or it refuses.
pub async fn register(found: &Discovery) -> Result<Registration, Error> {
    let server = found
        .servers
        .first()
        .ok_or_else(|| Error::new(Kind::Refused, "no authorization server was found to register at"))?;
    // somebody may have thought about the question meanwhile
    let http = found.http.afresh().within(oauth::USE_CASE);
    oauth::register(&http, server).await.map_err(refused)
}

/// Ends a registration, with the token that came with it.
///
/// # Errors
/// When the text is no URL that a token may be sent to, or the server refuses.
pub async fn unregister(text: &str, token: &Secret) -> Result<(), Error> {
    let http = net::Client::new().map_err(|error| Error::new(Kind::Failed, error.to_string()))?;
    oauth::unregister(&http, &parse(text)?, token).await.map_err(refused)
}

fn parse(text: &str) -> Result<Url, Error> {
    let wrong = |reason: String| Error::new(Kind::Usage, format!("`{text}` can't be asked: {reason}"));
    let url = readable_url(text)
        .map_err(|reason| wrong(reason).hint("write it with its scheme, as in `https://api.example.com`"))?;
    net::is_permitted(&url).map_err(wrong)?;
    Ok(url)
}

/// What the URL could be as an issuer: as it was written, without the slash at its end, and its origin alone.
fn own_issuers(text: &str, url: &Url) -> Vec<String> {
    let mut issuers = vec![text.to_owned(), text.trim_end_matches('/').to_owned()];
    issuers.push(url.origin().ascii_serialization());
    issuers.push(format!("{}/", url.origin().ascii_serialization()));
    let mut seen = std::collections::BTreeSet::new();
    issuers.retain(|issuer| seen.insert(issuer.clone()));
    issuers
}

fn said(api: &Unauthorized) -> String {
    let challenges: Vec<&str> = api.challenges.iter().map(|challenge| challenge.scheme.as_str()).collect();
    match challenges.as_slice() {
        [] => format!("answers {} without a challenge", api.status),
        schemes => format!("answers {} and wants {}", api.status, schemes.join(", ")),
    }
}

impl Discovery {
    fn link(&mut self, what: &'static str, url: impl ToString, outcome: impl Into<String>, holds: bool) {
        self.chain.push(Link { what, url: url.to_string(), outcome: outcome.into(), holds });
    }

    /// Whether the first authorization server takes clients by itself. Nothing is asked for it.
    fn look_for_registration(&mut self) {
        let Some(server) = self.servers.first() else { return };
        let (place, outcome) = match &server.registration_endpoint {
            Some(place) => (place.to_string(), "takes clients by itself (RFC 7591)"),
            None => (server.issuer.to_string(), "is not offered: a client has to be known there already"),
        };
        let holds = server.registration_endpoint.is_some();
        self.link("registration", place, outcome, holds);
    }

    /// Whether a URL that a server named may be asked; else why not.
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

    async fn ask_resource(&mut self, named: Option<&str>, consent: &mut Consent<'_>) {
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
                    let shown = format!("is about {}", resource.resource);
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

    /// Whether the issuer's metadata was found.
    async fn ask_issuer(&mut self, text: &str, consent: &mut Consent<'_>) -> bool {
        const WHAT: &str = "authorization server";
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
            // some APIs write a slash that the issuer itself does not have
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
