//! Concerns that the user has to confirm before a request is sent: the token may be for another API, or the request may
//! contain a token.

use std::fmt;

use url::{Url, form_urlencoded};

use super::open::quoted;
use super::{CallRequest, Context, Error, ErrorKind, LoadedToken, Origin, ProbePlan};
use crate::manifest::{Api, SecretReference};
use crate::secret::Secret;
use crate::token;
use crate::vault::WebOrigin;

/// Minimum length of a secret that is searched for: a shorter one can occur by chance.
const SHORTEST_SECRET: usize = 8;

/// A reason to ask before a request is sent. It holds no secret, but may hold untrusted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The given token has another issuer than the API.
    Issuer {
        /// Name of the API.
        api: String,
        /// `iss` of the token.
        found: String,
        /// Issuer of the API.
        expected: String,
    },
    /// The given token has other audiences than the API.
    Audience {
        /// Name of the API.
        api: String,
        /// `aud` of the token.
        found: Vec<String>,
        /// Audience of the API, or its base URL if the manifest has no audience.
        expected: String,
    },
    /// A part of the request contains a token or a secret.
    Carries {
        /// Part of the request: `the query`, `the header X`.
        part: String,
        /// What it contains.
        what: String,
    },
}

impl fmt::Display for Concern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer { api, found, expected } => {
                write!(formatter, "the token was issued by `{found}`, but the issuer of API `{api}` is `{expected}`")
            }
            Self::Audience { api, found, expected } => {
                let found = quoted(found.iter().map(String::as_str));
                write!(formatter, "the token's audience is {found}, but the audience of API `{api}` is `{expected}`")
            }
            Self::Carries { part, what } => write!(formatter, "{part} contains {what}"),
        }
    }
}

/// Compares the claims of a given token with an API.
///
/// A stored token is bound to the origins in its record; of a given token only the claims are
/// known. Issuers and audiences are compared as exact strings, even if a provider has two names for one API (a GUID
/// and an `api://` URI): the user can confirm that.
fn contradictions(api: &Api, token: &LoadedToken) -> Vec<Concern> {
    if token.origin != Origin::Given {
        return Vec::new();
    }
    let evidence = token.claimed();
    let mut found = Vec::new();
    let issuers = evidence.issuer.as_deref().zip(api.issuer.as_ref());
    if let Some((issuer, expected)) = issuers.filter(|(issuer, expected)| expected.as_str() != *issuer) {
        let (found_issuer, expected) = (issuer.to_owned(), expected.to_string());
        found.push(Concern::Issuer { api: api.name.clone(), found: found_issuer, expected });
    }
    let audience = &evidence.audience;
    let expected = match &api.audience {
        _ if audience.is_empty() => None,
        Some(expected) => (!audience.contains(expected)).then(|| expected.clone()),
        // the issuer matches, and the manifest has no audience
        None if issuers.is_some() && found.is_empty() => None,
        None => is_of_other_origins(audience, &api.base_url).then(|| api.base_url.to_string()),
    };
    if let Some(expected) = expected {
        found.push(Concern::Audience { api: api.name.clone(), found: audience.clone(), expected });
    }
    found
}

/// Whether every audience is a server URL, and none has the API's origin.
fn is_of_other_origins(audience: &[String], base: &Url) -> bool {
    let own = WebOrigin::of(base);
    audience.iter().all(|audience| {
        let url = Url::parse(audience).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.is_some_and(|url| WebOrigin::of(&url) != own)
    })
}

/// Returns the named parts of a request that the user provides.
fn parts(request: &CallRequest) -> impl Iterator<Item = (String, &[u8])> {
    let parameters = request.parameters.iter().map(|(name, value)| (format!("the path parameter `{name}`"), value));
    let parameters = parameters.map(|(name, value)| (name, value.as_bytes()));
    let query = request.query.iter().map(|query| ("the query".to_owned(), query.as_bytes()));
    let headers = request.headers.iter().flat_map(|(name, value)| {
        // a header name that is a token must not be repeated
        let shown = if token::carried(name.as_bytes()).is_some() { "…" } else { name };
        let part = format!("the header `{shown}`");
        [(part.clone(), name.as_bytes()), (part, value.as_bytes())]
    });
    let body = request.body.iter().map(|body| ("the body".to_owned(), body.as_slice()));
    parameters.chain(query).chain(headers).chain(body)
}

/// Whether the text has a word that is long enough to be a token.
fn may_hold_token(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_graphic() || b"&=\"',;:{}[]()".contains(byte)).any(|word| word.len() >= 16)
}

/// Whether the text contains one of the secrets, verbatim or percent-encoded.
fn holds(text: &[u8], secrets: &[&Secret]) -> bool {
    let within = |text: &[u8]| {
        let mut known = secrets.iter().map(|secret| secret.expose().as_bytes());
        known.any(|secret| secret.len() >= SHORTEST_SECRET && memchr::memmem::find(text, secret).is_some())
    };
    let decoded = || form_urlencoded::parse(text).flat_map(|(name, value)| [name, value]);
    let encoded = text.iter().any(|byte| matches!(byte, b'%' | b'+'));
    within(text) || (encoded && decoded().any(|part| within(part.as_bytes())))
}

impl Context {
    /// Returns the concerns about sending this request with this token; empty if no confirmation is needed.
    /// `held`: additional secrets that don't belong in a request.
    #[must_use]
    pub fn concerns(&self, request: &CallRequest, token: Option<&LoadedToken>, held: &[&Secret]) -> Vec<Concern> {
        let api = self.endpoint(request.endpoint).map(|(api, _)| api);
        let mut found = api.zip(token).map(|(api, token)| contradictions(api, token)).unwrap_or_default();
        if parts(request).all(|(_, text)| text.len() < SHORTEST_SECRET) {
            return found;
        }
        let own = self.own_secrets();
        let sent = token.into_iter().flat_map(|token| [Some(&token.secret), token.refresh_token.as_ref()]).flatten();
        let secrets: Vec<&Secret> = held.iter().copied().chain(sent).chain(&own).collect();
        for (part, text) in parts(request) {
            let what = match token::carried(text) {
                Some(what) => Some(what),
                None => holds(text, &secrets).then(|| "a stored token or secret".to_owned()),
            };
            let concern = what.map(|what| Concern::Carries { part, what });
            found.extend(concern.filter(|concern| !found.contains(concern)));
        }
        found
    }

    /// Returns the stored tokens, if the request has something that could be one of them. A vault that can't be
    /// opened is ignored.
    pub async fn kept_secrets(&self, request: &CallRequest) -> Vec<Secret> {
        if self.vault().is_none() || !parts(request).any(|(_, text)| may_hold_token(text)) {
            return Vec::new();
        }
        let records = self.tokens().await.unwrap_or_default();
        records.into_iter().flat_map(|record| [Some(record.access_token), record.refresh_token]).flatten().collect()
    }

    /// Returns the concerns about all calls of a probe, without duplicates.
    #[must_use]
    pub fn probe_concerns(&self, plan: &ProbePlan, token: Option<&LoadedToken>, held: &[&Secret]) -> Vec<Concern> {
        let mut found = Vec::new();
        for trial in &plan.trials {
            for concern in self.concerns(&trial.request, token, held) {
                if !found.contains(&concern) {
                    found.push(concern);
                }
            }
        }
        found
    }

    /// Refuses a request with unconfirmed concerns.
    pub(super) fn demand_confirmed(&self, request: &CallRequest, token: Option<&LoadedToken>) -> Result<(), Error> {
        let concerns = if request.confirmed { Vec::new() } else { self.concerns(request, token, &[]) };
        if concerns.is_empty() {
            return Ok(());
        }
        let reasons: Vec<String> = concerns.iter().map(Concern::to_string).collect();
        let message = format!("the request was not sent: {}", reasons.join("; "));
        Err(Error::new(ErrorKind::Usage, message).hint("confirm it with `--yes`"))
    }

    /// Returns the client secrets that are available without a prompt.
    fn own_secrets(&self) -> Vec<Secret> {
        let clients = self.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
        let referenced = clients.iter().flat_map(|client| {
            let references = [&client.secret, &client.key, &client.assertion].into_iter().flatten();
            let silent = references.filter(|reference| !matches!(reference, SecretReference::Keyring));
            silent.filter_map(|reference| self.referenced(client, "secret", reference).ok())
        });
        referenced.chain(self.secrets.values().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jiff::Timestamp;

    use super::*;

    fn context(identity: &str) -> Context {
        let source = format!(
            "[api.a]\nbase_url = \"https://api.example.com/v1\"\n{identity}\n[api.a.scopes]\nr = {{}}\n\
             [api.a.endpoints]\n\"GET /a\" = \"r\"\n\"GET /a/{{id}}\" = \"r\"\n"
        );
        Context::from_source("tokscope.toml", &source).unwrap()
    }

    fn held(claims: &str, origin: Origin) -> LoadedToken {
        let jwt = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(claims));
        LoadedToken::new(Secret::new(jwt), origin, None, Timestamp::UNIX_EPOCH)
    }

    const BOTH: &str = "issuer = \"https://as.example.com\"\naudience = \"https://api.example.com\"";
    const ISSUER: &str = "issuer = \"https://as.example.com\"";
    const AUDIENCE: &str = "audience = \"api://orders\"";

    #[test]
    fn a_given_token_of_another_issuer_or_audience_needs_confirmation() {
        for (identity, claims, concerns) in [
            (BOTH, r#"{"iss":"https://as.example.com","aud":"https://api.example.com"}"#, 0),
            (BOTH, r#"{"iss":"https://as.example.com","aud":["x","https://api.example.com"]}"#, 0),
            (BOTH, r#"{"iss":"https://as.example.com/","aud":"https://api.example.com"}"#, 1),
            (BOTH, r#"{"iss":"https://as.example.com","aud":"https://api.example.com/"}"#, 1),
            (BOTH, r#"{"iss":"https://other.example","aud":["x","y"]}"#, 2),
            (BOTH, r#"{"sub":"no issuer and no audience"}"#, 0),
            (BOTH, r#"{"iss":7,"aud":[]}"#, 0),
            // one API under two names: needs confirmation
            (AUDIENCE, r#"{"aud":"00000003-0000-0000-c000-000000000000"}"#, 1),
            (AUDIENCE, r#"{"aud":"api://orders"}"#, 0),
            // without an audience in the manifest the issuer decides, otherwise the origin of the base URL
            (ISSUER, r#"{"iss":"https://as.example.com","aud":"https://orders.internal"}"#, 0),
            (ISSUER, r#"{"iss":"https://other.example","aud":"https://api.example.com"}"#, 1),
            (ISSUER, r#"{"aud":"https://orders.internal"}"#, 1),
            ("", r#"{"iss":"https://any.example","aud":"https://api.example.com/other"}"#, 0),
            ("", r#"{"iss":"https://any.example","aud":["https://b.example","https://c.example"]}"#, 1),
            ("", r#"{"aud":["https://b.example","orders"]}"#, 0),
            ("", r#"{"aud":"https://api.example.com.evil.example"}"#, 1),
        ] {
            let context = context(identity);
            let endpoint = context.find("GET /a", None).unwrap().id;
            let request = CallRequest::new(endpoint, Vec::new());
            let found = context.concerns(&request, Some(&held(claims, Origin::Given)), &[]);
            assert_eq!(found.len(), concerns, "{identity} {claims}: {found:?}");
            assert_eq!(context.demand_confirmed(&request, Some(&held(claims, Origin::Given))).is_ok(), concerns == 0);
            let obtained = held(claims, Origin::Obtained { client: "dev".to_owned() });
            assert_eq!(context.concerns(&request, Some(&obtained), &[]), []);
        }
    }

    #[test]
    fn an_opaque_token_raises_no_concern() {
        let context = context(BOTH);
        let request = CallRequest::new(context.find("GET /a", None).unwrap().id, Vec::new());
        let token = LoadedToken::new(Secret::new("2YotnFZFEjr1zCsicMWpAA"), Origin::Given, None, Timestamp::UNIX_EPOCH);
        assert_eq!(context.concerns(&request, Some(&token), &[]), []);
    }

    #[test]
    fn a_token_in_any_part_of_a_request_needs_confirmation() {
        let context = context(BOTH);
        let found = context.find("GET /a/7", None).unwrap();
        let jwt = held(r#"{"sub":"alice"}"#, Origin::Given).secret;
        let opaque = Secret::new("2YotnFZFEjr1zCsicMWpAA/x");
        let plain = CallRequest::new(found.id, found.parameters);
        assert_eq!(context.concerns(&plain, None, &[&opaque]), []);
        for text in [jwt.expose(), opaque.expose(), "2YotnFZFEjr1zCsicMWpAA%2Fx"] {
            for (request, part) in [
                (CallRequest { parameters: vec![("id".to_owned(), text.to_owned())], ..plain.clone() }, "`id`"),
                (CallRequest { query: Some(format!("a=b&c={text}")), ..plain.clone() }, "the query"),
                (CallRequest { headers: vec![("X-A".to_owned(), text.to_owned())], ..plain.clone() }, "`X-A`"),
                (CallRequest { headers: vec![(jwt.expose().to_owned(), "x".to_owned())], ..plain.clone() }, "`…`"),
                (CallRequest { body: Some(format!("{{\"t\":\"{text}\"}}").into_bytes()), ..plain.clone() }, "the body"),
            ] {
                let concerns = context.concerns(&request, None, &[&opaque]);
                let words: Vec<String> = concerns.iter().map(Concern::to_string).collect();
                assert_eq!(words.len(), 1, "{words:?}");
                assert!(words.concat().contains(part) && !words.concat().contains(text), "{words:?}");
            }
        }
        let sent = CallRequest { query: Some(format!("t={}", opaque.expose())), ..plain };
        let token = LoadedToken::new(opaque, Origin::Given, None, Timestamp::UNIX_EPOCH);
        assert!(context.demand_confirmed(&sent, Some(&token)).is_err());
        assert!(context.demand_confirmed(&CallRequest { confirmed: true, ..sent }, Some(&token)).is_ok());
    }

    #[test]
    fn a_client_secret_in_a_request_needs_confirmation() {
        let source = "[api.a]\nbase_url = \"https://api.example.com\"\n[api.a.endpoints]\n\"GET /a\" = []\n\
                      [client.c]\nissuer = \"https://as.example.com\"\nclient_id = \"c\"\n";
        let context = Context::from_source("tokscope.toml", source).unwrap();
        let context = context.with_client_secret("c", Secret::new("correct horse"));
        let mut request = CallRequest::new(context.find("GET /a", None).unwrap().id, Vec::new());
        request.add_query(&[("q".to_owned(), "correct horse".to_owned())]);
        assert_eq!(context.concerns(&request, None, &[]).len(), 1);
    }
}
