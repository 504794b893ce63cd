//! Who may use a gateway: callers that know its placeholder, and no web page.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method, Uri};
use memchr::memmem;
use zeroize::Zeroizing;

use crate::app::{Error, ErrorKind};
use crate::secret::Secret;
use crate::token::{find_in_readings, gateway_placeholder};

/// Why a caller is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerError {
    /// `Host` is missing, repeated or another name.
    Host,
    /// The request comes from a web page.
    Origin,
    /// `CONNECT`, `TRACE` or an unknown method.
    Method,
    /// The placeholder is missing.
    NoPlaceholder,
    /// The credentials are not the placeholder of this gateway.
    WrongPlaceholder,
    /// The placeholder is elsewhere in the request.
    Misplaced,
}

impl CallerError {
    /// Returns the code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Host => "host-mismatch",
            Self::Origin => "origin-refused",
            Self::Method => "method-refused",
            Self::NoPlaceholder => "placeholder-missing",
            Self::WrongPlaceholder => "placeholder-wrong",
            Self::Misplaced => "placeholder-misplaced",
        }
    }

    /// Returns the description.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Host => "the host of the request is not the address of the gateway",
            Self::Origin => "requests of web pages are refused",
            Self::Method => "the gateway does not forward this method",
            Self::NoPlaceholder => "the request has no placeholder token",
            Self::WrongPlaceholder => "the credentials are not the placeholder of this gateway",
            Self::Misplaced => "the placeholder is in a part of the request that would be sent to the API",
        }
    }

    /// Returns the status of the response.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Host => 421,
            Self::Origin => 403,
            Self::Method => 405,
            Self::NoPlaceholder | Self::WrongPlaceholder => 401,
            Self::Misplaced => 400,
        }
    }

    /// Returns how to correct it.
    #[must_use]
    pub fn next(self) -> &'static str {
        match self {
            Self::Host => "use the base URL exactly as the gateway prints it",
            Self::Origin => "call the gateway from a program, not from a browser",
            Self::Method => "use the methods of the API",
            Self::NoPlaceholder | Self::WrongPlaceholder => {
                "send the placeholder from the environment as the token: `Authorization: Bearer …`"
            }
            Self::Misplaced => "send the placeholder in `Authorization` only",
        }
    }
}

/// Methods that are forwarded. An API may define others, which its manifest can't name.
fn is_forwarded(method: &Method) -> bool {
    *method != Method::CONNECT
        && *method != Method::TRACE
        && method.as_str().bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The secret of a run, which callers send in place of a token.
#[derive(Clone, Debug)]
pub struct Placeholder {
    secret: Secret,
}

impl Placeholder {
    /// Generates a placeholder.
    ///
    /// # Errors
    /// If the system's random number generator fails.
    pub fn generate() -> Result<Self, Error> {
        let mut random = Zeroizing::new([0_u8; 32]);
        aws_lc_rs::rand::fill(&mut *random)
            .map_err(|_| Error::new(ErrorKind::Failed, "the system's random number generator failed"))?;
        Ok(Self { secret: gateway_placeholder(&random) })
    }

    /// Returns it, for the environment of the caller.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Compares hashes, so that the time depends on neither content nor length.
    fn is(&self, given: &[u8]) -> bool {
        let (own, given) = (digest(&SHA256, self.secret.expose().as_bytes()), digest(&SHA256, given));
        verify_slices_are_equal(own.as_ref(), given.as_ref()).is_ok()
    }

    /// Returns whether a text holds the placeholder, as it is, percent-encoded or in base64.
    #[must_use]
    pub fn is_in(&self, text: &[u8]) -> bool {
        let secret = self.secret.expose().as_bytes();
        let mut within = |text: &[u8]| memmem::find(text, secret).map(|_| ());
        find_in_readings(text, &mut within).is_some()
    }
}

/// Checks the callers of a listener.
#[derive(Clone, Debug)]
pub struct CallerCheck {
    /// Values of `Host` that are accepted: the bound address.
    pub hosts: Vec<String>,
    /// Origins whose web pages may call.
    pub origins: Vec<String>,
    /// Placeholder of this run.
    pub placeholder: Placeholder,
    /// Whether the system has identified the caller, as on a Unix socket, so that it may omit the placeholder.
    pub is_identified: bool,
}

impl CallerCheck {
    /// Checks a request before its target is looked at. `own_field`: the field in which the API expects its token, if not
    /// `Authorization`.
    ///
    /// # Errors
    /// The reason why the caller is rejected.
    pub fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        own_field: Option<&HeaderName>,
    ) -> Result<(), CallerError> {
        if !is_forwarded(method) {
            return Err(CallerError::Method);
        }
        self.check_host(uri, headers)?;
        self.check_origin(headers)?;
        self.check_credentials(headers, own_field)?;
        self.check_elsewhere(uri, headers, own_field)
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), CallerError> {
        let is_own = |text: &str| self.hosts.iter().any(|host| host.eq_ignore_ascii_case(text));
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(CallerError::Host) };
        let fits = host.to_str().is_ok_and(is_own)
            && uri.authority().is_none_or(|authority| is_own(authority.as_str()))
            && uri.scheme_str().is_none_or(|scheme| scheme == "http");
        if fits { Ok(()) } else { Err(CallerError::Host) }
    }

    fn check_origin(&self, headers: &HeaderMap) -> Result<(), CallerError> {
        let is_listed = |value: &http::HeaderValue| self.origins.iter().any(|origin| value == origin.as_str());
        let listed = headers.contains_key(ORIGIN) && headers.get_all(ORIGIN).iter().all(is_listed);
        if headers.contains_key(ORIGIN) && !listed {
            return Err(CallerError::Origin);
        }
        let is_own_site = |value: &http::HeaderValue| value == "none" || value == "same-origin";
        let sites = headers.get_all("sec-fetch-site").iter();
        if !listed && sites.into_iter().any(|value| !is_own_site(value)) {
            return Err(CallerError::Origin);
        }
        // a preflight is answered with CORS fields, which the gateway never sends
        match headers.contains_key("access-control-request-method") {
            true => Err(CallerError::Origin),
            false => Ok(()),
        }
    }

    fn check_credentials(&self, headers: &HeaderMap, own_field: Option<&HeaderName>) -> Result<(), CallerError> {
        let own = own_field.and_then(|name| headers.get(name));
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let presented = match (given.next(), given.next(), own) {
            (Some(value), None, _) => presented(value.as_bytes()),
            (Some(_), Some(_), _) => return Err(CallerError::WrongPlaceholder),
            (None, _, Some(value)) => vec![Zeroizing::new(value.as_bytes().to_vec())],
            (None, _, None) if self.is_identified => return Ok(()),
            (None, _, None) => return Err(CallerError::NoPlaceholder),
        };
        // every candidate is compared
        let fitting = presented.iter().filter(|given| self.placeholder.is(given)).count();
        if fitting > 0 { Ok(()) } else { Err(CallerError::WrongPlaceholder) }
    }

    /// Looks for the placeholder in the target and in other fields.
    fn check_elsewhere(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        own_field: Option<&HeaderName>,
    ) -> Result<(), CallerError> {
        let own = |name: &HeaderName| *name == AUTHORIZATION || own_field == Some(name);
        let in_field = headers.iter().filter(|(name, _)| !own(name)).any(|(name, value)| {
            self.placeholder.is_in(value.as_bytes()) || self.placeholder.is_in(name.as_str().as_bytes())
        });
        let target = uri.path_and_query().map(http::uri::PathAndQuery::as_str).unwrap_or_default();
        match in_field || self.placeholder.is_in(target.as_bytes()) {
            true => Err(CallerError::Misplaced),
            false => Ok(()),
        }
    }
}

/// Returns the secrets that a value of `Authorization` presents: `Bearer`, `token`, or either part of `Basic`.
fn presented(value: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let space = value.iter().position(|byte| *byte == b' ').unwrap_or(value.len());
    let (scheme, rest) = value.split_at(space);
    let rest = rest.trim_ascii();
    let is = |name: &str| scheme.eq_ignore_ascii_case(name.as_bytes());
    if is("bearer") || is("token") {
        return vec![Zeroizing::new(rest.to_vec())];
    }
    let decoded = if is("basic") { STANDARD.decode(rest).ok().map(Zeroizing::new) } else { None };
    let Some(decoded) = decoded else { return Vec::new() };
    let colon = decoded.iter().position(|byte| *byte == b':').unwrap_or(decoded.len());
    let (user, password) = decoded.split_at(colon);
    [user, password.get(1..).unwrap_or_default()].map(|part| Zeroizing::new(part.to_vec())).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use http::HeaderValue;

    use super::*;

    fn check() -> CallerCheck {
        CallerCheck {
            hosts: vec!["127.0.0.1:4000".to_owned()],
            origins: vec!["https://tool.example".to_owned()],
            placeholder: Placeholder::generate().unwrap(),
            is_identified: false,
        }
    }

    fn result(check: &CallerCheck, method: &str, target: &str, fields: &[(&'static str, String)]) -> &'static str {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let own = HeaderName::from_static("x-vault-token");
        check.check(&method, &target.parse().unwrap(), &headers, Some(&own)).map_or_else(CallerError::code, |()| "ok")
    }

    #[test]
    fn the_placeholder_is_accepted_as_bearer_token_basic_and_in_the_field_of_the_api() {
        let check = check();
        let secret = check.placeholder.secret().expose().to_owned();
        let host = ("host", "127.0.0.1:4000".to_owned());
        let basic = |text: String| format!("Basic {}", STANDARD.encode(text));
        for (value, expected) in [
            (format!("Bearer {secret}"), "ok"),
            (format!("bearer  {secret}"), "ok"),
            (format!("token {secret}"), "ok"),
            (basic(format!("x-access-token:{secret}")), "ok"),
            (basic(format!("{secret}:")), "ok"),
            (basic(secret.clone()), "ok"),
            (basic("a:b".to_owned()), "placeholder-wrong"),
            ("Basic %%%".to_owned(), "placeholder-wrong"),
            (secret.clone(), "placeholder-wrong"),
            (format!("Bearer {secret}x"), "placeholder-wrong"),
            (format!("DPoP {secret}"), "placeholder-wrong"),
            ("Bearer ".to_owned(), "placeholder-wrong"),
        ] {
            assert_eq!(
                result(&check, "GET", "/", &[host.clone(), ("authorization", value.clone())]),
                expected,
                "{value}"
            );
        }
        assert_eq!(result(&check, "GET", "/", &[host.clone(), ("x-vault-token", secret.clone())]), "ok");
        assert_eq!(result(&check, "GET", "/", std::slice::from_ref(&host)), "placeholder-missing");
        let twice = ("authorization", format!("Bearer {secret}"));
        assert_eq!(result(&check, "GET", "/", &[host, twice.clone(), twice]), "placeholder-wrong");
        let other = Placeholder::generate().unwrap();
        assert_ne!(other.secret().expose(), secret);
    }

    #[test]
    fn an_identified_caller_may_omit_the_placeholder_but_not_send_another() {
        let check = CallerCheck { is_identified: true, ..check() };
        let host = ("host", "127.0.0.1:4000".to_owned());
        assert_eq!(result(&check, "GET", "/", std::slice::from_ref(&host)), "ok");
        let other = ("authorization", "Bearer x".to_owned());
        assert_eq!(result(&check, "GET", "/", &[host, other]), "placeholder-wrong");
    }

    #[test]
    fn only_the_exact_host_is_accepted() {
        let check = check();
        let bearer = ("authorization", format!("Bearer {}", check.placeholder.secret().expose()));
        let with = |target: &str, hosts: &[&str]| {
            let hosts = hosts.iter().map(|host| ("host", (*host).to_owned()));
            result(&check, "GET", target, &hosts.chain([bearer.clone()]).collect::<Vec<_>>())
        };
        for (target, hosts, expected) in [
            ("/", &["127.0.0.1:4000"][..], "ok"),
            ("http://127.0.0.1:4000/", &["127.0.0.1:4000"], "ok"),
            ("/", &[], "host-mismatch"),
            ("/", &["127.0.0.1:4000", "127.0.0.1:4000"], "host-mismatch"),
            ("/", &["127.0.0.1"], "host-mismatch"),
            ("/", &["localhost:4000"], "host-mismatch"),
            ("/", &["evil.example:4000"], "host-mismatch"),
            ("/", &["127.0.0.1:4000.evil.example"], "host-mismatch"),
            ("http://evil.example/", &["127.0.0.1:4000"], "host-mismatch"),
            ("https://127.0.0.1:4000/", &["127.0.0.1:4000"], "host-mismatch"),
        ] {
            assert_eq!(with(target, hosts), expected, "{target} {hosts:?}");
        }
    }

    #[test]
    fn web_pages_and_unsafe_methods_are_refused() {
        let check = check();
        let own = [
            ("host", "127.0.0.1:4000".to_owned()),
            ("authorization", format!("Bearer {}", check.placeholder.secret().expose())),
        ];
        for (fields, expected) in [
            (&[("origin", "https://evil.example")][..], "origin-refused"),
            (&[("origin", "null")], "origin-refused"),
            (&[("origin", "")], "origin-refused"),
            (&[("origin", "http://127.0.0.1:4000")], "origin-refused"),
            (&[("origin", "https://tool.example")], "ok"),
            (&[("origin", "https://tool.example"), ("origin", "https://evil.example")], "origin-refused"),
            (&[("origin", "https://tool.example"), ("sec-fetch-site", "cross-site")], "ok"),
            (&[("sec-fetch-site", "cross-site")], "origin-refused"),
            (&[("sec-fetch-site", "same-site")], "origin-refused"),
            (&[("sec-fetch-site", "none")], "ok"),
            (&[("access-control-request-method", "GET")], "origin-refused"),
        ] {
            let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
            let fields: Vec<_> = own.iter().cloned().chain(fields).collect();
            assert_eq!(result(&check, "GET", "/", &fields), expected, "{fields:?}");
        }
        for method in ["TRACE", "CONNECT", "get", "X-A"] {
            assert_eq!(result(&check, method, "/", &own), "method-refused", "{method}");
        }
        assert_eq!(result(&check, "PROPFIND", "/", &own), "ok");
    }

    #[test]
    fn the_placeholder_elsewhere_in_a_request_is_refused_in_any_encoding() {
        let check = check();
        let secret = check.placeholder.secret().expose().to_owned();
        let own = [("host", "127.0.0.1:4000".to_owned()), ("authorization", format!("Bearer {secret}"))];
        let dashes = secret.replace('_', "%5F");
        for target in [format!("/a?key={secret}"), format!("/{secret}"), format!("/a?key={dashes}")] {
            assert_eq!(result(&check, "GET", &target, &own), "placeholder-misplaced", "{target}");
        }
        for value in [secret.clone(), format!("a={secret}; b"), STANDARD.encode(&secret)] {
            let fields: Vec<_> = own.iter().cloned().chain([("x-note", value)]).collect();
            assert_eq!(result(&check, "GET", "/", &fields), "placeholder-misplaced");
        }
    }
}
