//! Requests to the endpoints of an authorization server. The `oauth2` crate builds them; this module sends them with
//! our own HTTP client and parses the responses itself: the crate's parsers are stricter than real servers, and its
//! types hold tokens in memory that is not wiped.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, HttpRequest, HttpResponse,
    RequestTokenError,
};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};
use zeroize::Zeroize as _;

use super::dpop::DPOP;
use super::metadata::LIMITS;
use super::response::ServerResponse;
use super::{ClientIdentity, Metadata, OAuthError};
use crate::manifest::{ClientAuthentication, TokenFormat};
use crate::net;
use crate::secret::Secret;

/// Placeholder response for the crate; it satisfies each of its parsers.
const ANSWERED: &str = r#"{"access_token":"-","token_type":"bearer","active":false,"device_code":"-","user_code":"-","verification_uri":"https://localhost/","expires_in":1}"#;

/// Secret request parameters, which servers tend to repeat in errors.
const SECRETS: &[&str] = &[
    "code",
    "code_verifier",
    "refresh_token",
    "client_secret",
    "client_assertion",
    "assertion",
    "subject_token",
    "actor_token",
    "token",
    "device_code",
];

/// A client and its authorization server.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// HTTP client.
    pub http: &'a net::Client,
    /// Metadata of the authorization server.
    pub metadata: &'a Metadata,
    /// The OAuth client.
    pub identity: &'a ClientIdentity,
}

/// A request of a client to an endpoint, and its response.
pub(super) struct EndpointRequest<'a> {
    party: Party<'a>,
    endpoint: &'static str,
    /// Whether tokens are requested: bound to the client's key if it has one, and in the server's format.
    bound: bool,
    response: Mutex<Option<ServerResponse>>,
}

impl<'a> EndpointRequest<'a> {
    /// Creates a request. `endpoint`: the name used in errors.
    pub(super) fn new(party: Party<'a>, endpoint: &'static str) -> Self {
        Self { party, endpoint, bound: false, response: Mutex::default() }
    }

    /// Creates a request to the token endpoint, with a DPoP proof if the client has a key.
    pub(super) fn for_tokens(party: Party<'a>) -> Self {
        Self { bound: true, ..Self::new(party, "token endpoint") }
    }

    /// Creates the crate's client. Authentication methods that the crate lacks are added on sending.
    pub(super) fn client(&self) -> BasicClient {
        let identity = self.party.identity;
        let client = BasicClient::new(ClientId::new(identity.client_id.clone()));
        let nothing = Secret::new("");
        let (kind, secret) = match identity.authentication(self.party.metadata) {
            // some servers require an empty secret from public clients
            ClientAuthentication::Basic => (AuthType::BasicAuth, Some(identity.secret.as_ref().unwrap_or(&nothing))),
            ClientAuthentication::Post => (AuthType::RequestBody, Some(identity.secret.as_ref().unwrap_or(&nothing))),
            _ => (AuthType::RequestBody, None),
        };
        let client = client.set_auth_type(kind);
        match secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        }
    }

    /// Sends a form that the crate has no builder for, as a device authorization request: it is the only one without
    /// parameters of its own.
    pub(super) async fn form(self, url: Url, parameters: &[(&str, &str)]) -> Result<ServerResponse, OAuthError> {
        let client = self.client().set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
        let mut request = client.exchange_device_code();
        for (name, value) in parameters {
            request = request.add_extra_param(*name, *value);
        }
        let done = request.request_async::<_, oauth2::EmptyExtraDeviceAuthorizationFields>(&self).await;
        self.finish(done)
    }

    /// Returns the response after the crate has sent its request.
    pub(super) fn finish<T, E: oauth2::ErrorResponse>(
        self,
        done: Result<T, RequestTokenError<OAuthError, E>>,
    ) -> Result<ServerResponse, OAuthError> {
        // its other errors concern the placeholder response
        if let Err(RequestTokenError::Request(error)) = done {
            return Err(error);
        }
        let response = self.response.into_inner().unwrap_or_else(PoisonError::into_inner);
        response.ok_or_else(|| OAuthError::Client("the request can't be built".to_owned()))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| {
            OAuthError::Unsupported(format!("the URL of its {} is not valid: {error}", self.endpoint))
        })?;
        let mut headers = parts.headers;
        if let Some(authorization) = headers.get_mut(AUTHORIZATION) {
            authorization.set_sensitive(true);
        }
        let mut again = true;
        loop {
            let body = self.with_assertion(&body)?;
            let sent = secrets(&body, &headers);
            if let Some(key) = self.party.identity.dpop.as_ref().filter(|_| self.bound) {
                headers.insert(DPOP.clone(), key.proof(&parts.method, &url, None)?);
            }
            let body = match self.party.identity.dialect.token_format == TokenFormat::Json {
                true => {
                    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                    in_json(&body)
                }
                false => body.into_bytes(),
            };
            let request = net::Request {
                method: parts.method.clone(),
                url: url.clone(),
                headers: headers.clone(),
                body: Some(body),
            };
            let response = self.party.http.send(request, LIMITS).await?;
            let learned =
                self.party.identity.dpop.as_ref().is_some_and(|key| self.bound && key.learn(&url, &response.headers));
            let response = ServerResponse::new(self.endpoint, response, sent);
            // the server rejected the request before using a single-use value, such as a refresh token
            if learned && again && response.is_error("use_dpop_nonce") {
                again = false;
                continue;
            }
            *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
            return http::Response::builder()
                .body(ANSWERED.as_bytes().to_vec())
                .map_err(|_| OAuthError::Client("the request can't be built".to_owned()));
        }
    }

    /// Adds a client assertion to the body; a new one each time, since servers accept each only once.
    fn with_assertion(&self, body: &[u8]) -> Result<String, OAuthError> {
        let Party { metadata, identity, .. } = self.party;
        let text = String::from_utf8_lossy(body).into_owned();
        let Some(assertion) = identity.assertion(metadata, identity.authentication(metadata))? else {
            return Ok(text);
        };
        Ok(form_urlencoded::Serializer::new(text)
            .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            .append_pair("client_assertion", assertion.expose())
            .finish())
    }
}

impl<'c> AsyncHttpClient<'c> for EndpointRequest<'_> {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OAuthError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Converts the parameters of a form to JSON.
fn in_json(form: &str) -> Vec<u8> {
    let pairs = form_urlencoded::parse(form.as_bytes());
    let members: Map<String, Value> =
        pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
    Value::Object(members).to_string().into_bytes()
}

/// Returns the sent secrets, which must not appear in an error.
fn secrets(body: &str, headers: &HeaderMap<HeaderValue>) -> Vec<Secret> {
    let pairs = form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| SECRETS.contains(&name.as_ref()));
    let mut secrets: Vec<Secret> = pairs.map(|(_, value)| Secret::new(value.into_owned())).collect();
    let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    if let Some(encoded) = basic {
        use base64::Engine as _;
        secrets.push(Secret::new(encoded));
        let mut pair = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
        let text = String::from_utf8_lossy(&pair).into_owned();
        let secret = text.split_once(':').map(|(_, secret)| format!("s={secret}")).unwrap_or_default();
        secrets.extend(form_urlencoded::parse(secret.as_bytes()).map(|(_, value)| Secret::new(value.into_owned())));
        pair.zeroize();
    }
    secrets
}
