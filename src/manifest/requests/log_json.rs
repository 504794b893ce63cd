//! Requests in JSON objects of logs, whose members have different names in every program.

use serde_json::{Map, Value};

use super::log_time::{epoch, parse_time};
use super::{LogEntry, RecordedRequest, request_of};

/// Members that hold the method: names with dots may be nested or literal.
pub const METHODS: &[&str] = &[
    "method",
    "request_method",
    "requestMethod",
    "http_method",
    "httpMethod",
    "http.method",
    "http.request.method",
    "request.method",
    "httpRequest.requestMethod",
    "req.method",
    "verb",
    "cs-method",
];
/// Members that hold the path or URL. A template of the manifest comes from this program's own export.
pub const TARGETS: &[&str] = &[
    "request_uri",
    "requestURI",
    "requestUri",
    "uri",
    "url",
    "path",
    "target",
    "http.target",
    "http.url",
    "url.full",
    "url.original",
    "url.path",
    "request.uri",
    "request.url",
    "request.path",
    "httpRequest.requestUrl",
    "req.url",
    "request_path",
    "cs-uri-stem",
    "url.template",
];
/// Members that hold the whole request line.
pub const LINES: &[&str] = &["request", "request_line", "requestLine", "http.request.line"];
/// Members that hold the status of the response.
pub const STATUSES: &[&str] = &[
    "status",
    "status_code",
    "statusCode",
    "http_status",
    "http.status_code",
    "http.response.status_code",
    "response.status",
    "response_status",
    "response_code",
    "httpRequest.status",
    "responseStatus.code",
    "res.statusCode",
    "sc-status",
];
/// Members that hold the time.
pub const TIMES: &[&str] = &[
    "time",
    "timestamp",
    "@timestamp",
    "ts",
    "time_iso8601",
    "time_local",
    "datetime",
    "start_time",
    "startTime",
    "eventTime",
    "requestReceivedTimestamp",
    "date",
];
/// Members that hold the client that the token was issued to.
pub const CLIENTS: &[&str] = &[
    "client_id",
    "clientId",
    "azp",
    "oauth_client_id",
    "oauth.client_id",
    "oauth.client.id",
    "auth.client_id",
    "claims.client_id",
    "claims.azp",
    "jwt.client_id",
    "jwt.azp",
    "token.client_id",
    "tokscope.client_id",
    "appid",
];
/// Members that hold the scopes of the token, as a string or an array.
pub const SCOPES: &[&str] = &[
    "scope",
    "scopes",
    "scp",
    "oauth.scope",
    "auth.scope",
    "claims.scope",
    "claims.scp",
    "jwt.scope",
    "jwt.scp",
    "token.scope",
    "enduser.scope",
];

/// Reads an object; `None` if it has no request.
pub(super) fn in_object(object: &Map<String, Value>) -> Option<LogEntry> {
    let first = |names: &[&str]| names.iter().find_map(|name| find(object, name).filter(|value| !value.is_null()));
    let text = |names: &[&str]| names.iter().find_map(|name| find(object, name)?.as_str());
    let request = match (text(METHODS), text(TARGETS)) {
        (Some(method), Some(target)) => RecordedRequest::new(method, target)?,
        _ => request_of(text(LINES)?)?,
    };
    let status = first(STATUSES).and_then(text_of).and_then(|text| text.parse().ok());
    let time = first(TIMES).and_then(|value| match value {
        Value::String(text) => parse_time(text).or_else(|| text.parse().ok().and_then(epoch)),
        value => value.as_f64().and_then(epoch),
    });
    let client = text(CLIENTS).filter(|client| !client.is_empty()).map(str::to_owned);
    let scopes = first(SCOPES).map(|value| match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        value => {
            value.as_str().unwrap_or_default().split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect()
        }
    });
    Some(LogEntry { status, time, client, scopes, ..LogEntry::new(request) })
}

/// Returns a string or number as text.
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Finds a member by its name, literal or nested.
fn find<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        find(object.get(first)?.as_object()?, rest)
    })
}
