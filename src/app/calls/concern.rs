//! Reasons to ask the user before a request is sent: the token may be meant for another API, or the request itself may
//! contain a token.

use std::fmt;

use url::Url;

use super::fit::{self, Match};
use super::request::CallRequest;
use crate::app::clients::ClientSecrets;
use crate::app::error::quoted;
use crate::app::tokens::TokenStore;
use crate::app::{Context, Error, ErrorKind, LoadedToken, Origin};
use crate::manifest::{Api, SecretReference};
use crate::secret::Secret;
use crate::token::{self, Decoded, Json, TokenKind};
use crate::vault::WebOrigin;

/// Minimum length of a secret: shorter ones occur in requests by chance.
const SHORTEST_SECRET: usize = 8;

/// A reason to ask the user before a request is sent. Its text holds no secret, but may hold untrusted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// A given token is not an access token.
    Kind {
        /// What it is, with the token as "it".
        reason: String,
    },
    /// A given token has another issuer than the API.
    Issuer {
        /// Name of the API.
        api: String,
        /// The token's `iss`.
        found: String,
        /// Issuer of the API.
        expected: String,
    },
    /// A given token has other audiences than the API.
    Audience {
        /// Name of the API.
        api: String,
        /// The token's `aud`.
        found: Vec<String>,
        /// The API's audience, or its base URL if the manifest declares no audience.
        expected: String,
    },
    /// A claim of a given token that says which API it is for can't be read, or contradicts itself.
    Unreadable {
        /// Name of the claim.
        claim: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A part of the request contains a token or a secret.
    Carries {
        /// The part, such as `the query` or `the header X`.
        part: String,
        /// What it carries.
        what: String,
    },
}

impl fmt::Display for Concern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { reason } => write!(formatter, "the token can't be used: {reason}"),
            Self::Issuer { api, found, expected } => {
                write!(formatter, "the token was issued by `{found}`, but the issuer of API `{api}` is `{expected}`")
            }
            Self::Audience { api, found, expected } => {
                let found = quoted(found.iter().map(String::as_str));
                write!(formatter, "the token's audience is {found}, but the audience of API `{api}` is `{expected}`")
            }
            Self::Unreadable { claim, reason } => {
                write!(formatter, "the token's `{claim}` {reason}: APIs may read it differently")
            }
            Self::Carries { part, what } => write!(formatter, "{part} contains {what}"),
        }
    }
}

/// Returns how a given token contradicts an API.
///
/// Tokens that were obtained here have a stricter rule, the origins in their record. Of a given token only the claims are
/// known. Issuers and audiences are compared as [`super::fit`] does: as exact strings, except for names that are provably the
/// same. Where a provider has two names for one API (a GUID and an `api://` URI), the user decides.
fn contradictions(api: &Api, token: &LoadedToken) -> Vec<Concern> {
    if token.origin != Origin::Given {
        return Vec::new();
    }
    let evidence = token.claimed();
    let mut found: Vec<Concern> = ["iss", "aud"]
        .into_iter()
        .filter_map(|claim| Some(Concern::Unreadable { claim, reason: unreadable(&token.decoded, claim)? }))
        .collect();
    let issuers = evidence.issuer.as_deref().zip(api.issuer.as_ref());
    let is_readable = found.is_empty();
    if let (Some((issuer, expected)), Some((_, Match::Different(_)))) = (issuers, fit::issuer(&evidence, api)) {
        let (found_issuer, expected) = (issuer.to_owned(), expected.to_string());
        found.push(Concern::Issuer { api: api.name.clone(), found: found_issuer, expected });
    }
    let audience = &evidence.audience;
    let expected = match &api.audience {
        _ if audience.is_empty() => None,
        Some(_) => match fit::audience(&evidence, api) {
            Some((expected, Match::Different(_))) => Some(expected.to_owned()),
            Some((_, Match::Exact | Match::Equivalent(_))) | None => None,
        },
        // issued by the API's issuer; the manifest does not declare an audience
        None if issuers.is_some() && is_readable && found.is_empty() => None,
        None => is_of_other_origins(audience, &api.base_url).then(|| api.base_url.to_string()),
    };
    if let Some(expected) = expected {
        found.push(Concern::Audience { api: api.name.clone(), found: audience.clone(), expected });
    }
    let kind = fit::wrong_kind(token, api).map(|unfit| Concern::Kind { reason: unfit.reason });
    kind.into_iter().chain(found).collect()
}

/// Returns what is wrong with `iss` or `aud`, if it is present. Both may also be in the header of an encrypted token, with
/// the same value (RFC 7519 §5.3).
fn unreadable(decoded: &Decoded, claim: &str) -> Option<&'static str> {
    let named = |object: Option<&'_ Json>| -> Vec<Json> {
        let members = object.map(Json::members).unwrap_or_default();
        members.iter().filter(|(name, _)| name == claim).map(|(_, value)| value.clone()).collect()
    };
    let header = decoded.header.as_ref().filter(|_| decoded.kind == TokenKind::Jwe);
    let (header, claims) = (named(header), named(decoded.claims()));
    let is_fine = |value: &Json| match value {
        Json::String(_) => true,
        Json::Array(several) if claim == "aud" => {
            !several.is_empty() && several.iter().all(|one| matches!(one, Json::String(_)))
        }
        _ => false,
    };
    if header.len() > 1 || claims.len() > 1 {
        return Some("occurs more than once");
    }
    if !header.iter().chain(&claims).all(is_fine) {
        return Some(match claim {
            "aud" => "is neither a string nor a list of strings",
            _ => "is not a string",
        });
    }
    let differs = header.first().zip(claims.first()).is_some_and(|(header, claims)| header != claims);
    differs.then_some("differs between its header and its claims")
}

/// Returns whether every audience is a URL of another origin.
fn is_of_other_origins(audience: &[String], base: &Url) -> bool {
    let own = WebOrigin::of(base);
    audience.iter().all(|audience| {
        let url = Url::parse(audience).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.is_some_and(|url| WebOrigin::of(&url) != own)
    })
}

/// Returns the parts of a request that the user writes, with their names.
fn parts(request: &CallRequest) -> impl Iterator<Item = (String, &[u8])> {
    let parameters = request.parameters.iter().map(|(name, value)| (format!("the path parameter `{name}`"), value));
    let parameters = parameters.map(|(name, value)| (name, value.as_bytes()));
    let query = request.query.iter().map(|query| ("the query".to_owned(), query.as_bytes()));
    let headers = request.headers.iter().flat_map(|(name, value)| {
        // a name that is a token is not repeated
        let shown = if token::carried(name.as_bytes()).is_some() { "…" } else { name };
        let part = format!("the header `{shown}`");
        [(part.clone(), name.as_bytes()), (part, value.as_bytes())]
    });
    let body = request.body.iter().map(|body| ("the body".to_owned(), body.as_slice()));
    parameters.chain(query).chain(headers).chain(body)
}

/// Returns whether a text has a word as long as the shortest tokens.
fn may_hold_token(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_graphic() || b"&=\"',;:{}[]()".contains(byte)).any(|word| word.len() >= 16)
}

/// Returns whether a text holds one of these secrets, as it is, percent-encoded or in base64.
fn holds(text: &[u8], secrets: &[&Secret]) -> bool {
    let mut within = |text: &[u8]| {
        let mut known = secrets.iter().map(|secret| secret.expose().as_bytes());
        let found = known.any(|secret| secret.len() >= SHORTEST_SECRET && memchr::memmem::find(text, secret).is_some());
        found.then_some(())
    };
    !secrets.is_empty() && token::find_in_readings(text, &mut within).is_some()
}

/// Looks for reasons to ask the user before a request is sent.
#[derive(Debug)]
pub struct Concerns<'a> {
    context: &'a Context,
}

impl<'a> Concerns<'a> {
    /// Creates a check for concerns.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Returns what the user has to confirm before this request is sent with this token. `held`: further secrets that do
    /// not belong in a request.
    #[must_use]
    pub fn of(&self, request: &CallRequest, token: Option<&LoadedToken>, held: &[&Secret]) -> Vec<Concern> {
        let api = self.context.endpoint(request.endpoint).map(|(api, _)| api);
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

    /// Returns the stored tokens if the request holds something that could be one of them. Empty if the vault can't be
    /// opened.
    pub async fn stored_secrets(&self, request: &CallRequest) -> Vec<Secret> {
        if self.context.vault().is_none() || !parts(request).any(|(_, text)| may_hold_token(text)) {
            return Vec::new();
        }
        let records = TokenStore::new(self.context).list().await.unwrap_or_default();
        records.into_iter().flat_map(|record| [Some(record.access_token), record.refresh_token]).flatten().collect()
    }

    /// Returns the distinct concerns about several requests.
    #[must_use]
    pub fn of_all<'r>(
        &self,
        requests: impl Iterator<Item = &'r CallRequest>,
        token: Option<&LoadedToken>,
        held: &[&Secret],
    ) -> Vec<Concern> {
        let mut found = Vec::new();
        for request in requests {
            for concern in self.of(request, token, held) {
                if !found.contains(&concern) {
                    found.push(concern);
                }
            }
        }
        found
    }

    /// Refuses a request with concerns that the user has not confirmed.
    ///
    /// # Errors
    /// If there are concerns.
    pub(in crate::app) fn demand_confirmed(
        &self,
        request: &CallRequest,
        token: Option<&LoadedToken>,
    ) -> Result<(), Error> {
        let concerns = if request.confirmed { Vec::new() } else { self.of(request, token, &[]) };
        if concerns.is_empty() {
            return Ok(());
        }
        let reasons: Vec<String> = concerns.iter().map(Concern::to_string).collect();
        let message = format!("the request was not sent: {}", reasons.join("; "));
        Err(Error::new(Self::refusal(&concerns), message).by_rule("confirmation", None).hint("confirm it with `--yes`"))
    }

    /// Returns the kind of the error if the user does not confirm these concerns.
    #[must_use]
    pub fn refusal(concerns: &[Concern]) -> ErrorKind {
        match concerns.iter().any(|concern| matches!(concern, Concern::Kind { .. })) {
            true => ErrorKind::TokenUnusable,
            false => ErrorKind::Usage,
        }
    }

    /// Returns the secrets of the clients that can be read without a prompt.
    fn own_secrets(&self) -> Vec<Secret> {
        let clients = self.context.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
        let secrets = ClientSecrets::new(self.context);
        let referenced = clients.iter().flat_map(|client| {
            let references = [&client.secret, &client.key, &client.assertion].into_iter().flatten();
            let silent = references.filter(|reference| !matches!(reference, SecretReference::Keyring));
            silent.filter_map(|reference| secrets.referenced(client, "secret", reference).ok())
        });
        referenced.chain(self.context.given_secrets().values().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

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
    fn given_tokens_of_another_issuer_or_audience_need_confirmation() {
        for (identity, claims, concerns) in [
            (BOTH, r#"{"iss":"https://as.example.com","aud":"https://api.example.com"}"#, 0),
            (BOTH, r#"{"iss":"https://as.example.com","aud":["x","https://api.example.com"]}"#, 0),
            (BOTH, r#"{"iss":"https://as.example.com/","aud":"https://api.example.com"}"#, 1),
            (BOTH, r#"{"iss":"https://as.example.com","aud":"https://api.example.com/"}"#, 1),
            (BOTH, r#"{"iss":"https://other.example","aud":["x","y"]}"#, 2),
            (BOTH, r#"{"sub":"no issuer and no audience"}"#, 0),
            // what can't be read, or contradicts itself, is not taken for absent
            (BOTH, r#"{"iss":7,"aud":[]}"#, 2),
            ("", r#"{"iss":7,"aud":{}}"#, 2),
            ("", r#"{"aud":["https://api.example.com",7]}"#, 1),
            (BOTH, r#"{"iss":null,"aud":"https://api.example.com"}"#, 1),
            (BOTH, r#"{"iss":"https://as.example.com","iss":"https://as.example.com"}"#, 1),
            (BOTH, r#"{"aud":"https://api.example.com","aud":"https://api.example.com"}"#, 1),
            // one API with two names: the user decides
            (AUDIENCE, r#"{"aud":"00000003-0000-0000-c000-000000000000"}"#, 1),
            (AUDIENCE, r#"{"aud":"api://orders"}"#, 0),
            // no audience in the manifest: the issuer decides, else the origin of the base URL
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
            let found = Concerns::new(&context).of(&request, Some(&held(claims, Origin::Given)), &[]);
            assert_eq!(found.len(), concerns, "{identity} {claims}: {found:?}");
            assert_eq!(
                Concerns::new(&context).demand_confirmed(&request, Some(&held(claims, Origin::Given))).is_ok(),
                concerns == 0
            );
            let obtained = held(claims, Origin::Obtained { client: "dev".to_owned() });
            assert_eq!(Concerns::new(&context).of(&request, Some(&obtained), &[]), []);
        }
    }

    #[test]
    fn the_issuer_and_audience_in_the_header_of_an_encrypted_token_count() {
        let context = context(BOTH);
        let request = CallRequest::new(context.find("GET /a", None).unwrap().id, Vec::new());
        for (members, concerns) in [
            ("", 0),
            (r#","iss":"https://as.example.com","aud":"https://api.example.com""#, 0),
            (r#","iss":"https://other.example","aud":["x"]"#, 2),
            (r#","iss":5,"aud":[]"#, 2),
            (r#","iss":"https://as.example.com","iss":"https://other.example""#, 1),
        ] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"dir","enc":"A256GCM"{members}}}"#));
            let jwe = Secret::new(format!("{header}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"));
            let token = LoadedToken::new(jwe, Origin::Given, None, Timestamp::UNIX_EPOCH);
            let found = Concerns::new(&context).of(&request, Some(&token), &[]);
            assert!(found.len() >= concerns && found.is_empty() == (concerns == 0), "{members}: {found:?}");
        }
    }

    #[test]
    fn opaque_tokens_need_no_confirmation() {
        let context = context(BOTH);
        let request = CallRequest::new(context.find("GET /a", None).unwrap().id, Vec::new());
        let token = LoadedToken::new(Secret::new("2YotnFZFEjr1zCsicMWpAA"), Origin::Given, None, Timestamp::UNIX_EPOCH);
        assert_eq!(Concerns::new(&context).of(&request, Some(&token), &[]), []);
    }

    #[test]
    fn tokens_in_any_part_of_a_request_need_confirmation_and_are_not_repeated() {
        let context = context(BOTH);
        let found = context.find("GET /a/7", None).unwrap();
        let jwt = held(r#"{"sub":"alice"}"#, Origin::Given).secret;
        let opaque = Secret::new("2YotnFZFEjr1zCsicMWpAA/x");
        let plain = CallRequest::new(found.id, found.parameters);
        assert_eq!(Concerns::new(&context).of(&plain, None, &[&opaque]), []);
        let encoded = [jwt.expose(), opaque.expose()].map(|token| URL_SAFE_NO_PAD.encode(token));
        let dots = jwt.expose().replace('.', "%2E");
        let other = ["2YotnFZFEjr1zCsicMWpAA%2Fx", &dots, encoded[0].as_str(), encoded[1].as_str()];
        for text in [jwt.expose(), opaque.expose()].into_iter().chain(other) {
            for (request, part) in [
                (CallRequest { parameters: vec![("id".to_owned(), text.to_owned())], ..plain.clone() }, "`id`"),
                (CallRequest { query: Some(format!("a=b&c={text}")), ..plain.clone() }, "the query"),
                (CallRequest { headers: vec![("X-A".to_owned(), text.to_owned())], ..plain.clone() }, "`X-A`"),
                (CallRequest { headers: vec![(jwt.expose().to_owned(), "x".to_owned())], ..plain.clone() }, "`…`"),
                (CallRequest { body: Some(format!("{{\"t\":\"{text}\"}}").into_bytes()), ..plain.clone() }, "the body"),
            ] {
                let concerns = Concerns::new(&context).of(&request, None, &[&opaque]);
                let words: Vec<String> = concerns.iter().map(Concern::to_string).collect();
                assert_eq!(words.len(), 1, "{words:?}");
                assert!(words.concat().contains(part) && !words.concat().contains(text), "{words:?}");
            }
        }
        let sent = CallRequest { query: Some(format!("t={}", opaque.expose())), ..plain };
        let token = LoadedToken::new(opaque, Origin::Given, None, Timestamp::UNIX_EPOCH);
        assert!(Concerns::new(&context).demand_confirmed(&sent, Some(&token)).is_err());
        assert!(
            Concerns::new(&context).demand_confirmed(&CallRequest { confirmed: true, ..sent }, Some(&token)).is_ok()
        );
    }

    #[test]
    fn client_secrets_in_a_request_need_confirmation() {
        let source = "[api.a]\nbase_url = \"https://api.example.com\"\n[api.a.endpoints]\n\"GET /a\" = []\n\
                      [client.c]\nissuer = \"https://as.example.com\"\nclient_id = \"c\"\n";
        let context = Context::from_source("tokscope.toml", source).unwrap();
        let context = context.with_client_secret("c", Secret::new("correct horse"));
        let mut request = CallRequest::new(context.find("GET /a", None).unwrap().id, Vec::new());
        request.add_query(&[("q".to_owned(), "correct horse".to_owned())]);
        assert_eq!(Concerns::new(&context).of(&request, None, &[]).len(), 1);
    }
}
