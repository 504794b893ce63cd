//! One request to an endpoint of an authorization server. The `oauth2` crate builds it; this sends it over our own
//! client, and keeps what came back for our own readers: the crate's are stricter than servers are, and its types keep
//! tokens in memory that is not wiped.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderValue};
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, DeviceAuthorizationUrl, HttpRequest, HttpResponse,
    RequestTokenError,
};
use url::{Url, form_urlencoded};
use zeroize::Zeroize as _;

use super::response::Answer;
use super::dpop::DPOP;
use super::metadata::LIMITS;
use super::{ClientIdentity, Metadata, OAuthError};
use crate::manifest::ClientAuthentication;
use crate::net;
use crate::secret::Secret;

/// What the crate is told instead of the answer: it satisfies every kind of answer that it reads.
const ANSWERED: &str = r#"{"access_token":"-","token_type":"bearer","active":false,"device_code":"-","user_code":"-","verification_uri":"https://localhost/","expires_in":1}"#;

/// The parameters of a request that are secrets: servers like to repeat them in their errors.
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

/// A client at the endpoints of its authorization server.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// The way there.
    pub http: &'a net::Client,
    /// The server.
    pub metadata: &'a Metadata,
    /// The client.
    pub identity: &'a ClientIdentity,
}

/// One request of a client, and its answer.
pub(super) struct Exchange<'a> {
    party: Party<'a>,
    endpoint: &'static str,
    /// The tokens that it asks for are to be bound to the client's key.
    bound: bool,
    answer: Mutex<Option<Answer>>,
}

impl<'a> Exchange<'a> {
    /// With the endpoint's name for errors.
    pub(super) fn new(party: Party<'a>, endpoint: &'static str) -> Self {
        Self { party, endpoint, bound: false, answer: Mutex::default() }
    }

    /// At the token endpoint, with a DPoP proof where the client has a key for it.
    pub(super) fn for_tokens(party: Party<'a>) -> Self {
        Self { bound: true, ..Self::new(party, "token endpoint") }
    }

    /// The crate's client, with the authentication that the crate can do; the others are added when it is sent.
    pub(super) fn client(&self) -> BasicClient {
        let identity = self.party.identity;
        let client = BasicClient::new(ClientId::new(identity.client_id.clone()));
        let nothing = Secret::new("");
        let (kind, secret) = match identity.authentication(self.party.metadata) {
            ClientAuthentication::Basic => (AuthType::BasicAuth, identity.secret.as_ref()),
            // some servers want an empty one of public clients
            ClientAuthentication::Post => (AuthType::RequestBody, Some(identity.secret.as_ref().unwrap_or(&nothing))),
            _ => (AuthType::RequestBody, None),
        };
        let client = client.set_auth_type(kind);
        match secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        }
    }

    /// A request that the crate does not know: its device authorization request is the one that has no parameter of
    /// its own, and so it can carry any.
    pub(super) async fn form(self, url: Url, parameters: &[(&str, &str)]) -> Result<Answer, OAuthError> {
        let client = self.client().set_device_authorization_url(DeviceAuthorizationUrl::from_url(url));
        let mut request = client.exchange_device_code();
        for (name, value) in parameters {
            request = request.add_extra_param(*name, *value);
        }
        let done = request.request_async::<_, oauth2::EmptyExtraDeviceAuthorizationFields>(&self).await;
        self.finish(done)
    }

    /// The answer, after the crate has sent its request through this.
    pub(super) fn finish<T, E: oauth2::ErrorResponse>(
        self,
        done: Result<T, RequestTokenError<OAuthError, E>>,
    ) -> Result<Answer, OAuthError> {
        // its other errors are about an answer that it never saw
        if let Err(RequestTokenError::Request(error)) = done {
            return Err(error);
        }
        let answer = self.answer.into_inner().unwrap_or_else(PoisonError::into_inner);
        answer.ok_or_else(|| OAuthError::Client("its request can't be built".to_owned()))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OAuthError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| OAuthError::Unsupported(format!("its {} is no URL: {error}", self.endpoint)))?;
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
            let request = net::Request {
                method: parts.method.clone(),
                url: url.clone(),
                headers: headers.clone(),
                body: Some(body.into_bytes()),
            };
            let response = self.party.http.send(request, LIMITS).await?;
            let learned =
                self.party.identity.dpop.as_ref().is_some_and(|key| self.bound && key.learn(&url, &response.headers));
            let answer = Answer::new(self.endpoint, response, sent);
            // the server took nothing: what can be used once, such as a refresh token, is still good
            if learned && again && answer.is_error("use_dpop_nonce") {
                again = false;
                continue;
            }
            *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
            return http::Response::builder()
                .body(ANSWERED.as_bytes().to_vec())
                .map_err(|_| OAuthError::Client("its request can't be built".to_owned()));
        }
    }

    /// The body, with the proof of who the client is. A new one each time: servers take one only once.
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

impl<'c> AsyncHttpClient<'c> for Exchange<'_> {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OAuthError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// What was sent and must not come back in an error.
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
