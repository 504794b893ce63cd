//! Dialects: how an authorization server deviates from the RFCs, and what has to be known about it.

use std::collections::BTreeMap;

use url::Url;

use super::named::named;
use crate::scope::{ScopeSet, Vocabulary};

/// How an authorization server deviates from the RFCs. The default follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Name for people of the preset, such as `GitHub`.
    pub title: Option<String>,
    /// Whether the server's metadata is fetched. Without it, the client's `metadata` is all that is known.
    pub discovery: bool,
    /// Support of PKCE. `None`: as the metadata announces.
    pub pkce: Option<Pkce>,
    /// Character between the scopes of a request.
    pub scope_separator: char,
    /// Request parameter that carries the scopes.
    pub scope_parameter: String,
    /// The same for a device authorization request. `None`: as for the others.
    pub device_scope_parameter: Option<String>,
    /// Scopes that are requested with the parameter `optional_scope`.
    pub optional_scopes: ScopeSet,
    /// Whether the scopes are set in the server's configuration of the client, and neither requested nor reported.
    pub scopes_by_app: bool,
    /// Places of the granted scopes, the best first. Empty: as RFC 6749 §5.1 says.
    pub granted_from: Vec<Place>,
    /// JSON Pointer to the object of the token response that holds the token (RFC 6901); empty for the whole response.
    pub token_at: String,
    /// Format of the requests to the server's endpoints.
    pub token_format: TokenFormat,
    /// Additional parameters of the authorization request.
    pub authorization_parameters: Vec<(String, String)>,
    /// Additional parameters of the token request.
    pub token_parameters: Vec<(String, String)>,
    /// Additional parameters of a refresh.
    pub refresh_parameters: Vec<(String, String)>,
    /// Endpoint for refreshes. `None`: the token endpoint.
    pub refresh_endpoint: Option<Url>,
    /// Whether a refresh repeats the redirect URI.
    pub refresh_sends_redirect_uri: bool,
    /// What a revocation ends.
    pub revocation: RevocationReach,
    /// Form of a revocation request.
    pub revocation_request: RevocationRequest,
    /// Issuer of its ID tokens, in which `*` stands for any characters. `None`: the issuer.
    pub id_token_issuer: Option<String>,
    /// Facts about the account that calls need, by name: the host of the API, the identifier of a tenant.
    pub facts: BTreeMap<String, Place>,
    /// Fact that holds the base URL of the API.
    pub api_from: Option<String>,
    /// Domains that this base URL may belong to, with their subdomains. Empty: any.
    pub api_domains: Vec<String>,
    /// Header field that carries the token to the API. `None`: `Authorization`.
    pub token_header: Option<String>,
    /// Additional header fields of calls.
    pub api_headers: Vec<(String, String)>,
    /// Life of its refresh tokens.
    pub rotation: Rotation,
    /// Explanations of error codes.
    pub errors: Vec<(String, Explanation)>,
    /// Names, implications and additions of its scopes.
    pub vocabulary: Vocabulary,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            title: None,
            discovery: true,
            pkce: None,
            scope_separator: ' ',
            scope_parameter: "scope".to_owned(),
            device_scope_parameter: None,
            optional_scopes: ScopeSet::new(),
            scopes_by_app: false,
            granted_from: Vec::new(),
            token_at: String::new(),
            token_format: TokenFormat::Form,
            authorization_parameters: Vec::new(),
            token_parameters: Vec::new(),
            refresh_parameters: Vec::new(),
            refresh_endpoint: None,
            refresh_sends_redirect_uri: false,
            revocation: RevocationReach::Token,
            revocation_request: RevocationRequest::Standard,
            id_token_issuer: None,
            facts: BTreeMap::new(),
            api_from: None,
            api_domains: Vec::new(),
            token_header: None,
            api_headers: Vec::new(),
            rotation: Rotation::default(),
            errors: Vec::new(),
            vocabulary: Vocabulary::default(),
        }
    }
}

impl Dialect {
    /// Returns the parameters of a request for scopes. `device`: of a device authorization request.
    #[must_use]
    pub fn scope_parameters(&self, scopes: &ScopeSet, device: bool) -> Vec<(String, String)> {
        let optional = scopes.difference(&scopes.difference(&self.optional_scopes));
        let own = self.device_scope_parameter.as_ref().filter(|_| device).unwrap_or(&self.scope_parameter);
        [(own.as_str(), scopes.difference(&optional)), ("optional_scope", optional)]
            .into_iter()
            .filter(|(_, scopes)| !scopes.is_empty())
            .map(|(name, scopes)| {
                let names: Vec<&str> = scopes.iter().map(crate::scope::Scope::as_str).collect();
                (name.to_owned(), names.join(self.scope_separator.encode_utf8(&mut [0; 4])))
            })
            .collect()
    }

    /// Returns the explanation of an error: of its code, or of a code in its description, such as `AADSTS50011`.
    #[must_use]
    pub fn explain(&self, error: &str, description: Option<&str>) -> Option<&Explanation> {
        let by_code = self.errors.iter().find(|(code, _)| code == error);
        let described = |(code, _): &&(String, Explanation)| {
            description.is_some_and(|text| text.to_lowercase().contains(&code.to_lowercase()))
        };
        // the description is more specific than a code of the RFC
        let found = self.errors.iter().find(described).or(by_code);
        found.map(|(_, explanation)| explanation)
    }

    /// Whether the base URL of the API may be this URL.
    #[must_use]
    pub fn permits_api_at(&self, url: &Url) -> bool {
        let Some(url::Host::Domain(host)) = url.host() else { return self.api_domains.is_empty() };
        let within = |domain: &String| {
            let rest = host.strip_suffix(domain.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.api_domains.is_empty() || self.api_domains.iter().any(within)
    }

    /// Returns the additional header fields of calls. A field with a fact that is not known is omitted.
    #[must_use]
    pub fn api_headers_with(&self, facts: &BTreeMap<String, String>) -> Vec<(String, String)> {
        let filled = |(name, value): &(String, String)| {
            let mut value = value.clone();
            for fact in self.facts.keys() {
                let placeholder = format!("{{{fact}}}");
                if value.contains(&placeholder) {
                    value = value.replace(&placeholder, facts.get(fact)?);
                }
            }
            Some((name.clone(), value))
        };
        self.api_headers.iter().filter_map(filled).collect()
    }

    /// Returns the URLs that a token is sent to besides the endpoints of the metadata, with what for.
    pub fn lookups(&self) -> impl Iterator<Item = &Url> {
        self.granted_from.iter().chain(self.facts.values()).filter_map(|place| match place {
            Place::Lookup { url, .. } => Some(url),
            _ => None,
        })
    }
}

named! {
    /// Support of PKCE (RFC 7636).
    Pkce {
        /// A request without it is refused:
        Required = "required",
        /// It is checked if it is sent:
        Supported = "supported",
        /// The parameters are ignored, so they are not sent:
        Ignored = "ignored",
    }
}

named! {
    /// Format of the requests to the endpoints of a server.
    TokenFormat {
        /// RFC 6749 §4.1.3:
        Form = "form",
        Json = "json",
    }
}

named! {
    /// What a revocation ends.
    RevocationReach {
        /// The token, and its refresh token or those issued with it:
        Token = "token",
        /// Every token of the user for the client:
        Grant = "grant",
        /// Nothing: the server has no revocation endpoint.
        None = "none",
    }
}

named! {
    /// Form of a revocation request.
    RevocationRequest {
        /// RFC 7009:
        Standard = "rfc7009",
        /// The token in the header `Authorization`, without parameters:
        Bearer = "bearer",
        /// `DELETE` with the client's credentials, and the token in JSON:
        Delete = "delete",
    }
}

named! {
    /// Kind of a client (RFC 6749 §2.1).
    ClientKind {
        Public = "public",
        Confidential = "confidential",
    }
}

/// A place of granted scopes, or of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `response:POINTER`: in the token response, by JSON Pointer (RFC 6901).
    Response(String),
    /// `redirect:NAME`: a parameter of the redirect.
    Redirect(String),
    /// `header:NAME`: a header field of the token response.
    Header(String),
    /// `get:URL POINTER` or `get:URL header:NAME`: in the response to a request with the token.
    Lookup {
        /// URL.
        url: Url,
        /// Place in the response: [`Place::Response`] or [`Place::Header`].
        at: Box<Place>,
    },
    /// `none`: nowhere.
    Nowhere,
}

impl Place {
    /// Parses a place.
    ///
    /// # Errors
    /// Describes why it is not valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a valid place");
        if text == "none" {
            return Ok(Self::Nowhere);
        }
        let (kind, at) = text.split_once(':').filter(|(_, at)| !at.is_empty()).ok_or_else(wrong)?;
        match kind {
            "response" if at.starts_with('/') => Ok(Self::Response(at.to_owned())),
            "response" => Ok(Self::Response(format!("/{at}"))),
            "redirect" => Ok(Self::Redirect(at.to_owned())),
            "header" => Ok(Self::Header(at.to_owned())),
            "get" => {
                let (url, at) = at.split_once(' ').ok_or_else(wrong)?;
                let at = match at.strip_prefix("header:") {
                    Some(name) => Self::Header(name.to_owned()),
                    None if at.is_empty() || at.starts_with('/') => Self::Response(at.to_owned()),
                    None => return Err(wrong()),
                };
                Ok(Self::Lookup { url: super::issuer::secure_url(url)?, at: Box::new(at) })
            }
            _ => Err(wrong()),
        }
    }
}

/// Words in the codes of errors that a server shows in the browser.
const BROWSER_ERRORS: &[&str] = &["redirect", "AADSTS50011", "invalid_scope"];

impl Dialect {
    /// Returns the explained errors that the server shows in the browser instead of redirecting.
    pub fn browser_errors(&self) -> impl Iterator<Item = (&str, &Explanation)> {
        let is_shown = |code: &str| BROWSER_ERRORS.iter().any(|word| code.contains(word));
        self.errors.iter().map(|(code, known)| (code.as_str(), known)).filter(move |(code, _)| is_shown(code))
    }
}

/// Life of the refresh tokens of a server; for explanations only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Whether each refresh replaces the refresh token.
    pub single_use: bool,
    /// How long a replaced refresh token is still accepted, in seconds.
    pub grace: Option<u64>,
    /// Lifetime without use, in seconds.
    pub idle: Option<u64>,
    /// Maximum lifetime, in seconds.
    pub absolute: Option<u64>,
}

/// Explanation of an error code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What caused it.
    pub cause: String,
    /// What to do.
    pub fix: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_parsed() {
        for (text, valid) in [
            ("response:scope", true),
            ("response:/authed_user/scope", true),
            ("redirect:scope", true),
            ("header:x-oauth-scopes", true),
            ("get:https://api.example.com/tokeninfo /scope", true),
            ("get:https://api.example.com/user header:x-oauth-scopes", true),
            ("none", true),
            ("", false),
            ("response:", false),
            ("scope", false),
            ("body:scope", false),
            ("get:https://api.example.com/tokeninfo", false),
            ("get:https://api.example.com/tokeninfo scope", false),
            ("get:http://api.example.com/tokeninfo /scope", false),
            ("get:https://user:password@api.example.com/ /scope", false),
        ] {
            assert_eq!(Place::parse(text).is_ok(), valid, "{text}");
        }
        assert_eq!(Place::parse("response:scope"), Ok(Place::Response("/scope".to_owned())));
    }

    #[test]
    fn an_api_belongs_to_a_domain_or_its_subdomains() {
        let dialect = Dialect { api_domains: vec!["salesforce.com".to_owned()], ..Dialect::default() };
        for (url, permitted) in [
            ("https://salesforce.com", true),
            ("https://acme.my.salesforce.com/services", true),
            ("https://ACME.my.Salesforce.com:8443", true),
            ("https://acme.salesforce.com.evil.test", false),
            ("https://evilsalesforce.com", false),
            ("https://salesforce.com@evil.test", false),
            ("https://evil.test/salesforce.com", false),
            ("https://salesforce.com.", false),
            ("https://192.0.2.1", false),
            ("http://127.0.0.1", false),
        ] {
            assert_eq!(dialect.permits_api_at(&Url::parse(url).unwrap()), permitted, "{url}");
        }
        for url in ["https://api.example.com", "http://127.0.0.1"] {
            assert!(Dialect::default().permits_api_at(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[test]
    fn facts_fill_header_fields_and_a_field_without_its_fact_is_omitted() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let dialect = Dialect {
            facts: BTreeMap::from([("tenant".to_owned(), Place::Nowhere)]),
            api_headers: vec![pair("X-Tenant", "{tenant}"), pair("X-Other", "{other}")],
            ..Dialect::default()
        };
        let facts = BTreeMap::from([("tenant".to_owned(), "t-1".to_owned())]);
        assert_eq!(dialect.api_headers_with(&facts), [pair("X-Tenant", "t-1"), pair("X-Other", "{other}")]);
        assert_eq!(dialect.api_headers_with(&BTreeMap::new()), [pair("X-Other", "{other}")]);
    }

    #[test]
    fn scopes_are_sent_in_the_parameter_and_with_the_separator_of_the_server() {
        let scopes = ScopeSet::parse("a b c").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(Dialect::default().scope_parameters(&scopes, false), [pair("scope", "a b c")]);
        assert_eq!(Dialect::default().scope_parameters(&ScopeSet::new(), false), []);
        let other = Dialect {
            scope_separator: ',',
            scope_parameter: "user_scope".to_owned(),
            device_scope_parameter: Some("scopes".to_owned()),
            optional_scopes: ScopeSet::parse("b x").unwrap(),
            ..Dialect::default()
        };
        assert_eq!(other.scope_parameters(&scopes, false), [pair("user_scope", "a,c"), pair("optional_scope", "b")]);
        assert_eq!(other.scope_parameters(&scopes, true), [pair("scopes", "a,c"), pair("optional_scope", "b")]);
    }

    #[test]
    fn a_code_in_the_description_takes_precedence() {
        let explanation = |cause: &str| Explanation { cause: cause.to_owned(), fix: String::new() };
        let errors =
            vec![("invalid_client".to_owned(), explanation("a")), ("AADSTS7000218".to_owned(), explanation("b"))];
        let dialect = Dialect { errors, ..Dialect::default() };
        for (error, description, cause) in [
            ("invalid_client", None, Some("a")),
            ("invalid_client", Some("AADSTS7000218: the request body must contain"), Some("b")),
            ("invalid_grant", Some("expired"), None),
        ] {
            let found = dialect.explain(error, description).map(|explanation| explanation.cause.as_str());
            assert_eq!(found, cause, "{error}");
        }
    }
}
