//! A mock authorization server with an API, on loopback.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::thread;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// How the server behaves: by default as the RFCs say, with revocation, without introspection and token exchange.
#[derive(Default)]
pub(crate) struct Behavior {
    extra_scopes: String,
    refresh: Refresh,
    token_exchange: bool,
    no_revocation: bool,
    introspection: Option<bool>,
    token_response: Option<(u16, &'static str, String)>,
    granted_details: Option<Value>,
    api_redirect: Option<String>,
    id_token_lifetime: Option<i64>,
    allowed_elsewhere: Option<String>,
}

/// What a refresh for fewer scopes does.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Refresh {
    /// Narrows the new access token only (RFC 6749 §6).
    #[default]
    NarrowsToken,
    /// Narrows the grant permanently.
    NarrowsGrant,
    /// Ignores the requested scopes.
    KeepsScopes,
}

impl Behavior {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Grants these scopes in addition to the requested ones.
    pub(crate) fn extra_scopes(mut self, scopes: &str) -> Self {
        scopes.clone_into(&mut self.extra_scopes);
        self
    }

    pub(crate) fn refresh(mut self, refresh: Refresh) -> Self {
        self.refresh = refresh;
        self
    }

    /// Supports token exchange, and announces it (RFC 8693).
    pub(crate) fn token_exchange(mut self) -> Self {
        self.token_exchange = true;
        self
    }

    /// Has no revocation endpoint.
    pub(crate) fn no_revocation(mut self) -> Self {
        self.no_revocation = true;
        self
    }

    /// Has an introspection endpoint that responds with this `active`, or none.
    pub(crate) fn introspection(mut self, active: Option<bool>) -> Self {
        self.introspection = active;
        self
    }

    /// Responds to every token request with this status, content type and body.
    pub(crate) fn token_response(mut self, status: u16, content_type: &'static str, body: &str) -> Self {
        self.token_response = Some((status, content_type, body.to_owned()));
        self
    }

    /// Reports these authorization details as granted (RFC 9396).
    pub(crate) fn granted_details(mut self, details: Option<Value>) -> Self {
        self.granted_details = details;
        self
    }

    /// Is an identity provider: issues ID tokens with this lifetime in seconds, and exchanges them for identity assertions.
    pub(crate) fn identity_provider(mut self, lifetime: i64) -> Self {
        self.id_token_lifetime = Some(lifetime);
        self
    }

    /// Issues identity assertions for these scopes only; for none, refuses.
    pub(crate) fn allows_elsewhere(mut self, scopes: &str) -> Self {
        self.allowed_elsewhere = Some(scopes.to_owned());
        self
    }

    /// Redirects every call of the API to this location.
    pub(crate) fn api_redirect(mut self, location: &str) -> Self {
        self.api_redirect = Some(location.to_owned());
        self
    }
}

/// What the server has received, and what the user consented to.
#[derive(Default)]
struct Record {
    requests: usize,
    refreshes: usize,
    issued: usize,
    consented: String,
    authorization_request: HashMap<String, String>,
    token_requests: Vec<HashMap<String, String>>,
    authorization_headers: Vec<String>,
    revoked: Vec<String>,
}

pub(crate) struct MockServer {
    pub(crate) origin: String,
    /// The prefix of every token and code, to search outputs and files for.
    pub(crate) needle: String,
    behavior: Mutex<Behavior>,
    record: Mutex<Record>,
}

impl MockServer {
    /// Serves until the process ends.
    pub(crate) fn start() -> Arc<Self> {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let mut random = [0; 8];
                aws_lc_rs::rand::fill(&mut random).unwrap();
                let server = Arc::new(Self {
                    origin: format!("http://{}", listener.local_addr().unwrap()),
                    needle: format!("needle{:016x}", u64::from_be_bytes(random)),
                    behavior: Mutex::default(),
                    record: Mutex::default(),
                });
                let router = Router::new()
                    .route("/.well-known/oauth-authorization-server", get(metadata))
                    .route("/token", post(token))
                    .route("/revoke", post(revoke))
                    .route("/introspect", post(introspect))
                    .fallback(api)
                    .with_state(Arc::clone(&server));
                sender.send(server).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        receiver.recv().unwrap()
    }

    /// Behaves like this from now on.
    pub(crate) fn behave(&self, behavior: Behavior) {
        *self.behavior() = behavior;
    }

    /// The user consents to every scope of this authorization request.
    pub(crate) fn consent(&self, request: &HashMap<String, String>) {
        let mut record = self.record();
        record.consented = request.get("scope").cloned().unwrap_or_default();
        record.authorization_request.clone_from(request);
    }

    /// The number of requests to all endpoints but introspection.
    pub(crate) fn requests(&self) -> usize {
        self.record().requests
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.record().refreshes
    }

    /// The parameters of the last authorization request.
    pub(crate) fn authorization_request(&self) -> HashMap<String, String> {
        self.record().authorization_request.clone()
    }

    /// The parameters of the token requests, in order.
    pub(crate) fn token_requests(&self) -> Vec<HashMap<String, String>> {
        self.record().token_requests.clone()
    }

    /// The `Authorization` headers of calls to the API since the last time.
    pub(crate) fn take_authorization_headers(&self) -> Vec<String> {
        std::mem::take(&mut self.record().authorization_headers)
    }

    /// The token type hints of the revocations since the last time, in order.
    pub(crate) fn take_revoked(&self) -> Vec<String> {
        std::mem::take(&mut self.record().revoked)
    }

    fn behavior(&self) -> MutexGuard<'_, Behavior> {
        self.behavior.lock().unwrap()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap()
    }
}

async fn metadata(State(server): State<Arc<MockServer>>) -> Json<Value> {
    server.record().requests += 1;
    let origin = &server.origin;
    let behavior = server.behavior();
    let mut document = json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
    });
    if behavior.token_exchange {
        document["grant_types_supported"] = json!(["authorization_code", "client_credentials", EXCHANGE]);
    }
    if !behavior.no_revocation {
        document["revocation_endpoint"] = format!("{origin}/revoke").into();
    }
    if behavior.introspection.is_some() {
        document["introspection_endpoint"] = format!("{origin}/introspect").into();
    }
    Json(document)
}

async fn revoke(State(server): State<Arc<MockServer>>, Form(form): Form<HashMap<String, String>>) -> StatusCode {
    let mut record = server.record();
    record.requests += 1;
    record.revoked.push(form["token_type_hint"].clone());
    StatusCode::OK
}

async fn introspect(State(server): State<Arc<MockServer>>) -> Json<Value> {
    Json(json!({ "active": server.behavior().introspection.unwrap_or_default() }))
}

async fn token(State(server): State<Arc<MockServer>>, Form(form): Form<HashMap<String, String>>) -> Response {
    let grant = form["grant_type"].as_str();
    let consented = {
        let mut record = server.record();
        record.requests += 1;
        record.refreshes += usize::from(grant == "refresh_token");
        record.token_requests.push(form.clone());
        record.consented.clone()
    };
    if let Some((status, content_type, body)) = server.behavior().token_response.clone() {
        return (StatusCode::from_u16(status).unwrap(), [("content-type", content_type)], body).into_response();
    }
    let (refresh, token_exchange) = {
        let behavior = server.behavior();
        (behavior.refresh, behavior.token_exchange)
    };
    if form.get("requested_token_type").is_some_and(|wanted| wanted == ID_JAG) {
        return identity_assertion(&server, &form);
    }
    let requested = form.get("scope").cloned();
    let scope = match grant {
        "authorization_code" => consented,
        EXCHANGE if token_exchange => requested.unwrap_or_default(),
        "client_credentials" | "urn:ietf:params:oauth:grant-type:jwt-bearer" => requested.unwrap_or_default(),
        "refresh_token" => {
            // long enough for other processes to arrive meanwhile
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            // RFC 6749 §6
            let known = |scope: &str| consented.split(' ').any(|granted| granted == scope);
            if !requested.iter().flat_map(|scopes| scopes.split(' ')).all(known) {
                return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_scope" }))).into_response();
            }
            let granted = match refresh {
                Refresh::KeepsScopes => consented,
                Refresh::NarrowsToken | Refresh::NarrowsGrant => requested.unwrap_or(consented),
            };
            if refresh == Refresh::NarrowsGrant {
                server.record().consented.clone_from(&granted);
            }
            granted
        }
        other => {
            let error = json!({ "error": "unsupported_grant_type", "error_description": other });
            return Json(error).into_response();
        }
    };
    let number = {
        let mut record = server.record();
        record.issued += 1;
        record.issued - 1
    };
    let behavior = server.behavior();
    let mut response = json!({
        "access_token": format!("{}-access-{number}", server.needle),
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": api_scopes(&scope, &behavior.extra_scopes),
    });
    if let Some(details) = &behavior.granted_details {
        response["authorization_details"] = details.clone();
    }
    if ["authorization_code", "refresh_token"].contains(&grant) {
        response["refresh_token"] = format!("{}-refresh-{number}", server.needle).into();
    }
    if let Some(lifetime) = behavior.id_token_lifetime
        && response.get("refresh_token").is_some()
    {
        let client = form.get("client_id").map_or("sso-id", String::as_str);
        let nonce = server.record().authorization_request.get("nonce").cloned();
        let now = jiff::Timestamp::now().as_second();
        let claims = json!({
            "iss": server.origin, "sub": "alice", "aud": client, "iat": now, "exp": now + lifetime, "nonce": nonce,
            "jti": number,
        });
        response["id_token"] = jwt(&json!({"alg": "RS256", "typ": "JWT"}), &claims).into();
    }
    Json(response).into_response()
}

/// A JWT whose signature nobody can check: the server publishes no keys.
fn jwt(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), URL_SAFE_NO_PAD.encode("signature"))
}

/// Exchanges an ID token (draft-ietf-oauth-identity-assertion-authz-grant §4.3).
fn identity_assertion(server: &MockServer, form: &HashMap<String, String>) -> Response {
    let behavior = server.behavior();
    let allowed = behavior.allowed_elsewhere.clone().or_else(|| form.get("scope").cloned()).unwrap_or_default();
    let refused = |error: &str, description: &str| {
        let body = json!({ "error": error, "error_description": description });
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    };
    if behavior.id_token_lifetime.is_none() {
        return refused("unsupported_grant_type", "no identity provider");
    }
    if allowed.is_empty() {
        return refused("access_denied", "the policy denies this application");
    }
    let claims = json!({ "iss": server.origin, "sub": "alice", "aud": form["audience"], "scope": allowed });
    Json(json!({
        "issued_token_type": ID_JAG,
        "access_token": jwt(&json!({"alg": "RS256", "typ": "oauth-id-jag+jwt"}), &claims),
        "token_type": "N_A",
        "scope": allowed,
        "expires_in": 300,
    }))
    .into_response()
}

/// Like many servers, omits scopes that concern the server itself.
fn api_scopes(scope: &str, extra: &str) -> String {
    let scopes = scope.split(' ').chain(extra.split(' '));
    let scopes: Vec<&str> = scopes.filter(|scope| !["", "openid", "offline_access"].contains(scope)).collect();
    scopes.join(" ")
}

async fn api(State(server): State<Arc<MockServer>>, uri: Uri, headers: HeaderMap) -> Response {
    let header = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let strong = {
        let mut record = server.record();
        record.requests += 1;
        record.authorization_headers.extend(header);
        record.authorization_request.get("acr_values").is_some_and(|values| values == "mfa")
    };
    if let Some(location) = &server.behavior().api_redirect {
        return (StatusCode::TEMPORARY_REDIRECT, [("location", location.as_str())]).into_response();
    }
    // an API that requires step-up authentication (RFC 9470 §3)
    if uri.path().ends_with("/payments") && !strong {
        let challenge = "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa\", max_age=\"5\"";
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", challenge)]).into_response();
    }
    Json(json!({ "fine": true })).into_response()
}
