//! The orders API: a resource server that enforces scopes (RFC 6750).

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::catalogue::{ENDPOINTS, EndpointEntry, Operation, SCOPES, hierarchy, requirement};
use super::server::Server;
use super::shop::{CustomerChange, OrderChange};
use super::tokens::{AccessClaims, check_access};
use crate::scope::{ScopeSet, compare};

/// Path of the base URL. The demo has one, as real APIs do, so that every use of the base URL is tested with a path.
pub(super) const BASE_PATH: &str = "/v1";

/// Path of the protected resource metadata: the well-known name is inserted before the path of the resource (RFC 9728
/// section 3.1).
const METADATA_PATH: &str = "/.well-known/oauth-protected-resource/v1";

/// Returns the routes for the table of endpoints.
pub(super) fn routes(server: Arc<Server>) -> Router {
    let mut router = Router::new();
    for entry in ENDPOINTS {
        let method = entry.method.parse().unwrap_or(Method::GET);
        let filter = MethodFilter::try_from(method).unwrap_or(MethodFilter::GET);
        let handler = move |state: State<Arc<Server>>, id: Option<Path<u32>>, headers: HeaderMap, body: Bytes| {
            respond(entry, state, id.map(|Path(id)| id), headers, body)
        };
        router = router.route(&format!("{BASE_PATH}{}", entry.template), on(filter, handler));
    }
    router = router.route(METADATA_PATH, get(resource_metadata));
    router.fallback(|| async { failure(StatusCode::NOT_FOUND, "not_found", "not found") }).with_state(server)
}

async fn respond(
    entry: &'static EndpointEntry,
    State(server): State<Arc<Server>>,
    id: Option<u32>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match authorize(&server, entry, &headers).await {
        Ok(_) => operate(&server, entry.operation, id, &body),
        Err(refusal) => refusal.response(&metadata_url(&server)),
    }
}

/// Serves the protected resource metadata (RFC 9728 section 2).
async fn resource_metadata(State(server): State<Arc<Server>>) -> Response {
    let scopes: Vec<&str> = SCOPES.iter().map(|entry| entry.name).collect();
    let metadata = json!({
        "resource": server.audience,
        "authorization_servers": [server.issuer],
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
        "resource_name": "Orders (demo)",
    });
    json_response(StatusCode::OK, &metadata)
}

fn metadata_url(server: &Server) -> String {
    let origin = server.audience.strip_suffix(BASE_PATH).unwrap_or(&server.audience);
    format!("{origin}{METADATA_PATH}")
}

/// A refused request (RFC 6750 section 3.1).
enum Refusal {
    /// No token: the challenge has no error.
    NoToken,
    /// A malformed request.
    InvalidRequest(&'static str),
    /// A token that is not valid.
    InvalidToken(&'static str),
    /// A token that lacks scopes: the required ones.
    InsufficientScope(ScopeSet),
}

/// Checks the token, then its scopes. An endpoint without a requirement ignores the token.
async fn authorize(
    server: &Server,
    entry: &EndpointEntry,
    headers: &HeaderMap,
) -> Result<Option<AccessClaims>, Refusal> {
    let required = requirement(entry.required);
    if required.is_none() {
        return Ok(None);
    }
    let claims = check_access(server, bearer(headers)?).await.map_err(Refusal::InvalidToken)?;
    let comparison = compare(&claims.scopes, &required, &hierarchy());
    if comparison.is_allowed() { Ok(Some(claims)) } else { Err(Refusal::InsufficientScope(comparison.alternative)) }
}

/// Returns the token in `Authorization: Bearer …` (RFC 6750 section 2.1), the only place where it is accepted.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), further) = (values.next(), values.next()) else { return Err(Refusal::NoToken) };
    if further.is_some() {
        return Err(Refusal::InvalidRequest("more than one Authorization header"));
    }
    let text = value.to_str().map_err(|_| Refusal::InvalidRequest("the Authorization header is malformed"))?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::NoToken);
    }
    let token = token.trim_matches(' ');
    let allowed = |character: char| character.is_ascii_alphanumeric() || "-._~+/=".contains(character);
    if token.is_empty() || !token.chars().all(allowed) {
        return Err(Refusal::InvalidRequest("the Authorization header is malformed"));
    }
    Ok(token)
}

impl Refusal {
    /// Builds the response with its challenge. `metadata`: URL of the protected resource metadata (RFC 9728 section 5.1).
    fn response(self, metadata: &str) -> Response {
        let (status, code, description) = match &self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "unauthorized", "an access token is required".to_owned()),
            Self::InvalidRequest(words) => (StatusCode::BAD_REQUEST, "invalid_request", (*words).to_owned()),
            Self::InvalidToken(words) => (StatusCode::UNAUTHORIZED, "invalid_token", (*words).to_owned()),
            Self::InsufficientScope(scopes) => {
                (StatusCode::FORBIDDEN, "insufficient_scope", format!("the request requires {scopes}"))
            }
        };
        let mut challenge = format!("Bearer realm=\"orders\", resource_metadata=\"{metadata}\"");
        if !matches!(self, Self::NoToken) {
            let _ = write!(challenge, ", error=\"{code}\", error_description=\"{description}\"");
        }
        if let Self::InsufficientScope(scopes) = &self {
            let _ = write!(challenge, ", scope=\"{scopes}\"");
        }
        let mut response = failure(status, code, &description);
        // descriptions are constants, and scopes have neither quotes nor control characters: this can't fail
        if let Ok(value) = HeaderValue::try_from(challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}

fn operate(server: &Server, operation: Operation, id: Option<u32>, body: &[u8]) -> Response {
    let mut shop = server.shop();
    let id = id.unwrap_or_default();
    match operation {
        Operation::Health => found(Some(json!({ "status": "up" }))),
        Operation::ListOrders => found(Some(json!({ "orders": shop.orders.values().collect::<Vec<_>>() }))),
        Operation::ReadOrder => found(shop.orders.get(&id).map(|order| json!(order))),
        Operation::PlaceOrder => match read::<OrderChange>(body) {
            Ok(change) => match shop.place(change) {
                Some(order) => json_response(StatusCode::CREATED, &json!(order)),
                None => failure(StatusCode::UNPROCESSABLE_ENTITY, "unknown_customer", "unknown customer"),
            },
            Err(response) => *response,
        },
        Operation::ChangeOrder => match read::<OrderChange>(body) {
            Ok(change) => found(shop.change_order(id, change).map(|order| json!(order))),
            Err(response) => *response,
        },
        Operation::DeleteOrder => match shop.orders.remove(&id) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => found(None),
        },
        Operation::ListCustomers => found(Some(json!({ "customers": shop.customers.values().collect::<Vec<_>>() }))),
        Operation::ReadCustomer => found(shop.customers.get(&id).map(|customer| json!(customer))),
        Operation::ChangeCustomer => match read::<CustomerChange>(body) {
            Ok(change) => found(shop.change_customer(id, change).map(|customer| json!(customer))),
            Err(response) => *response,
        },
        Operation::ListReports => found(Some(json!({ "reports": ["sales"] }))),
        Operation::SalesReport => {
            let rows = shop
                .sales()
                .into_iter()
                .map(|(customer, quantity)| json!({ "customer": customer, "quantity": quantity }));
            found(Some(json!({ "sales": rows.collect::<Vec<_>>() })))
        }
    }
}

/// Parses the JSON body; an empty body is the default value.
fn read<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Box<Response>> {
    if body.is_empty() {
        return Ok(T::default());
    }
    let reject = |_| Box::new(failure(StatusCode::BAD_REQUEST, "invalid_body", "the body is not valid"));
    serde_json::from_slice(body).map_err(reject)
}

fn found(value: Option<Value>) -> Response {
    match value {
        Some(value) => json_response(StatusCode::OK, &value),
        None => failure(StatusCode::NOT_FOUND, "not_found", "not found"),
    }
}

fn failure(status: StatusCode, code: &str, description: &str) -> Response {
    json_response(status, &json!({ "error": code, "error_description": description }))
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}
