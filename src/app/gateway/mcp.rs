//! Messages of the Model Context Protocol through the gateway: a tool is an endpoint, so each call gets the token for it.
//!
//! All messages go to one URL, so the endpoint is read from the body (JSON-RPC 2.0). A body that two servers may read
//! differently is rejected, like such a target.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Value, json};

use super::target::MatchedTarget;
use super::{Admitted, Gateway, Mode, Refusal};
use crate::app::EndpointId;
use crate::text::visible;

/// Members of a JSON-RPC message.
const MEMBERS: [&str; 6] = ["jsonrpc", "id", "method", "params", "result", "error"];

/// Parameters that select what a method acts on, for which servers may accept other spellings.
const SELECTORS: [&str; 2] = ["name", "uri"];

/// Methods that act on what `name` selects.
const WITH_NAME: [&str; 2] = ["tools/call", "prompts/get"];

/// JSON-RPC error of a refusal by the gateway.
const REFUSED: i64 = -32_040;

/// Maximum length of a name in the record.
const MOST_NAME: usize = 128;

/// A message of the Model Context Protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpMessage {
    /// Its method; `response` for a response to the server, `stream` and `end` for the GET and DELETE of a session.
    method: String,
    /// Name of the tool or prompt.
    name: Option<String>,
    /// Identifier of the request, if it expects a response.
    id: Option<Value>,
}

impl McpMessage {
    /// Whether it belongs to the protocol and carries no operation: it opens or ends a session, for example.
    #[must_use]
    pub fn is_of_protocol(&self) -> bool {
        matches!(self.method.as_str(), "initialize" | "ping" | "response" | "stream" | "end" | "server/discover")
            || self.method.starts_with("notifications/")
    }

    /// Returns the name of the endpoint: `MCP tools/call search`.
    #[must_use]
    pub fn label(&self) -> String {
        let cut = |text: &str| visible(text).chars().take(MOST_NAME).collect::<String>();
        let name = self.name.as_deref().map(|name| format!(" {}", cut(name))).unwrap_or_default();
        format!("MCP {}{name}", cut(&self.method))
    }

    /// Returns a refusal as the JSON-RPC response to this message; `None` if it expects none.
    #[must_use]
    pub fn refused(&self, refusal: &Refusal) -> Option<String> {
        let id = self.id.as_ref()?;
        let message = match refusal.next.is_empty() {
            true => refusal.detail.clone(),
            false => format!("{}; {}", refusal.detail, refusal.next),
        };
        let data: Value = serde_json::from_str(&refusal.document()).unwrap_or_default();
        let error = json!({ "code": REFUSED, "message": visible(&message), "data": data });
        Some(json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string())
    }
}

/// Why a message is rejected, whatever the manifest says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpError {
    /// It is not a JSON-RPC 2.0 message.
    Malformed,
    /// It is a batch.
    Batch,
    /// A member occurs twice, or in another spelling.
    Ambiguous,
    /// The header fields name another method or tool than the body.
    Mismatch,
}

impl McpError {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Malformed, Self::Batch, Self::Ambiguous, Self::Mismatch];

    /// Returns the code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "mcp-malformed",
            Self::Batch => "mcp-batch",
            Self::Ambiguous => "mcp-ambiguous",
            Self::Mismatch => "mcp-header-mismatch",
        }
    }

    /// Returns the description.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Malformed => "the body is not a JSON-RPC 2.0 message",
            Self::Batch => "the body is a batch of messages",
            Self::Ambiguous => {
                "two servers may read the message differently: a member is repeated, unknown or misspelled"
            }
            Self::Mismatch => "`Mcp-Method` or `Mcp-Name` differs from the message",
        }
    }
}

impl From<McpError> for Refusal {
    fn from(error: McpError) -> Self {
        let next = match error {
            McpError::Batch => "send one message at a time",
            _ => "send one message in one unambiguous spelling",
        };
        Self::new(400, error.code(), error.about()).next(next)
    }
}

/// Members of an object in their order, with those that are repeated.
struct Members(Vec<(String, Member)>);

enum Member {
    Value(Value),
    Parameters(Members),
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let member = match key.as_str() {
                        "params" => Member::Parameters(map.next_value()?),
                        _ => Member::Value(map.next_value()?),
                    };
                    members.push((key, member));
                }
                match members.len() {
                    0..=64 => Ok(Members(members)),
                    _ => Err(A::Error::custom("too many members")),
                }
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl Members {
    /// Whether no other reader finds a member under another name, or another of the same name.
    fn are_unambiguous(&self) -> bool {
        let mut names: Vec<String> = self.0.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort_unstable();
        let is_repeated = names.windows(2).any(|pair| pair.first() == pair.get(1));
        !is_repeated && self.0.iter().all(|(name, _)| name.is_ascii() && !name.is_empty())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).and_then(|(_, member)| match member {
            Member::Value(value) => Some(value),
            Member::Parameters(_) => None,
        })
    }

    fn parameters(&self) -> Option<&Self> {
        self.0.iter().find_map(|(_, member)| match member {
            Member::Parameters(members) => Some(members),
            Member::Value(_) => None,
        })
    }
}

/// Reads a message.
///
/// # Errors
/// The reason why it is rejected.
pub fn read_message(body: &[u8], headers: &HeaderMap) -> Result<McpMessage, McpError> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(McpError::Batch);
    }
    let message: Members = serde_json::from_slice(body).map_err(|_| McpError::Malformed)?;
    let is_known = message.0.iter().all(|(name, _)| MEMBERS.contains(&name.as_str()));
    let parameters = message.parameters();
    let is_exact = |members: &Members| {
        let misspelled = |name: &str| SELECTORS.iter().any(|known| name.eq_ignore_ascii_case(known) && name != *known);
        members.are_unambiguous() && !members.0.iter().any(|(name, _)| misspelled(name))
    };
    if !is_known || !message.are_unambiguous() || parameters.is_some_and(|parameters| !is_exact(parameters)) {
        return Err(McpError::Ambiguous);
    }
    if message.text("jsonrpc") != Some("2.0") {
        return Err(McpError::Malformed);
    }
    let id = message.value("id").filter(|id| id.is_string() || id.is_number()).cloned();
    let has_outcome = message.value("result").is_some() || message.value("error").is_some();
    let message = match message.value("method") {
        None if has_outcome => McpMessage { method: "response".to_owned(), name: None, id: None },
        None => return Err(McpError::Malformed),
        Some(_) if has_outcome => return Err(McpError::Ambiguous),
        Some(method) => {
            let method = method.as_str().ok_or(McpError::Malformed)?.to_owned();
            let name = parameters.and_then(|parameters| parameters.value("name"));
            let name = name.map(|name| name.as_str().ok_or(McpError::Malformed)).transpose()?;
            let has_name = WITH_NAME.contains(&method.as_str());
            if has_name && name.is_none() {
                return Err(McpError::Malformed);
            }
            McpMessage { name: name.filter(|_| has_name).map(str::to_owned), method, id }
        }
    };
    match fits_headers(&message, headers) {
        true => Ok(message),
        false => Err(McpError::Mismatch),
    }
}

/// Whether the header fields of the revision without sessions name what the body names.
fn fits_headers(message: &McpMessage, headers: &HeaderMap) -> bool {
    let fits = |field: &str, wanted: Option<&str>| {
        let mut values = headers.get_all(field).iter();
        match (values.next(), values.next()) {
            (None, _) => true,
            (Some(value), None) => value.to_str().ok().and_then(decoded).as_deref() == wanted,
            (Some(_), Some(_)) => false,
        }
    };
    fits("mcp-method", Some(&message.method)) && (message.name.is_none() || fits("mcp-name", message.name.as_deref()))
}

/// Returns the value of a header field, which may be in base64.
fn decoded(value: &str) -> Option<String> {
    match value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
        None => Some(value.to_owned()),
    }
}

/// A refusal of a message, and the message if it was read.
pub type RefusedMessage = (Box<Refusal>, Option<Box<Admitted>>);

impl Gateway {
    /// Whether a request is a message to an MCP server: the API has tools as endpoints, and the path is its URL.
    #[must_use]
    pub fn is_mcp(&self, api: usize, method: &Method, path: &str, query: Option<&str>) -> bool {
        let Some(details) = self.api(api).filter(|_| query.is_none()) else { return false };
        let base = details.base_url.path().trim_end_matches('/');
        let is_url = path.strip_prefix(base).is_some_and(|rest| matches!(rest, "" | "/"));
        is_url
            && [Method::POST, Method::GET, Method::DELETE].contains(method)
            && details.endpoints.iter().any(|endpoint| endpoint.mcp().is_some())
    }

    /// Decides about a message to an MCP server. `body`: of a POST.
    ///
    /// # Errors
    /// The refusal, and the message if it was read.
    pub fn admit_message(
        &self,
        api: usize,
        method: &Method,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Admitted, RefusedMessage> {
        let early = |refusal: Refusal| -> RefusedMessage { (Box::new(refusal), None) };
        let details = self.api(api).ok_or_else(|| early(super::unknown_api()))?;
        let of_session = |name: &str| McpMessage { method: name.to_owned(), name: None, id: None };
        let message = match *method {
            Method::POST => read_message(body, headers).map_err(|error| early(error.into()))?,
            Method::DELETE => of_session("end"),
            _ => of_session("stream"),
        };
        let wanted = (message.method.as_str(), message.name.as_deref());
        let declared = details.endpoints.iter().position(|endpoint| endpoint.mcp() == Some(wanted));
        let endpoint = match declared {
            None if message.is_of_protocol() => self.least_demanding(api),
            declared => declared,
        };
        let admitted = Admitted {
            api,
            api_name: details.name.clone(),
            method: method.as_str().to_owned(),
            target: MatchedTarget::of_endpoint(endpoint.map(|endpoint| EndpointId { api, endpoint })),
            mcp: Some(message),
        };
        if admitted.target.endpoint.is_none() && self.options.mode == Mode::Enforce {
            return Err((Box::new(self.unknown_endpoint(&admitted)), Some(Box::new(admitted))));
        }
        Ok(admitted)
    }

    /// Returns the tool that needs the fewest scopes, but at least one: messages of the protocol get the token for it.
    fn least_demanding(&self, api: usize) -> Option<usize> {
        let endpoints = self.api(api)?.endpoints.iter().enumerate();
        let scopes = |endpoint: &crate::manifest::Endpoint| {
            endpoint.requirement.alternatives().iter().map(crate::scope::ScopeSet::len).min().unwrap_or_default()
        };
        let tools = endpoints.filter(|(_, endpoint)| endpoint.mcp().is_some());
        // one that needs none is the last resort
        tools.min_by_key(|(_, endpoint)| scopes(endpoint).checked_sub(1).unwrap_or(usize::MAX)).map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use http::HeaderValue;

    use super::*;

    fn read(body: &str) -> Result<String, &'static str> {
        read_message(body.as_bytes(), &HeaderMap::new()).map(|message| message.label()).map_err(McpError::code)
    }

    #[test]
    fn messages_are_read_in_one_way_only() {
        for (body, expected) in [
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"name":"x"}}}"#,
                Ok("MCP tools/call search"),
            ),
            (r#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#, Ok("MCP tools/list")),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a"}}"#,
                Ok("MCP resources/read"),
            ),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, Ok("MCP notifications/initialized")),
            (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, Ok("MCP response")),
            // the name in a parameter that does not select anything is not part of the endpoint
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"name":"x"}}"#, Ok("MCP tools/list")),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#, Err("mcp-batch")),
            (" [ ]", Err("mcp-batch")),
            ("", Err("mcp-malformed")),
            ("{}", Err("mcp-malformed")),
            ("1", Err("mcp-malformed")),
            (r#"{"jsonrpc":"1.0","id":1,"method":"tools/list"}"#, Err("mcp-malformed")),
            (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, Err("mcp-malformed")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"} {}"#, Err("mcp-malformed")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#, Err("mcp-malformed")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["search"]}}"#, Err("mcp-malformed")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}"#, Err("mcp-malformed")),
            // readers differ: first or last, exact or not
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}"#, Err("mcp-ambiguous")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"tools/call"}"#, Err("mcp-ambiguous")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","x":1}"#, Err("mcp-ambiguous")),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
                Err("mcp-ambiguous"),
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}"#,
                Err("mcp-ambiguous"),
            ),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"b"}}"#, Err("mcp-ambiguous")),
            (
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a\",\"n\u{e4}me\":\"b\"}}",
                Err("mcp-ambiguous"),
            ),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{},"params":{}}"#, Err("mcp-ambiguous")),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","result":{}}"#, Err("mcp-ambiguous")),
        ] {
            assert_eq!(read(body), expected.map(str::to_owned), "{body}");
        }
    }

    #[test]
    fn header_fields_must_name_what_the_body_names() {
        let body = br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search"}}"#;
        for (fields, is_fitting) in [
            (&[][..], true),
            (&[("mcp-method", "tools/call"), ("mcp-name", "search")], true),
            (&[("mcp-name", "=?base64?c2VhcmNo?=")], true),
            (&[("mcp-name", "delete")], false),
            (&[("mcp-method", "tools/list")], false),
            (&[("mcp-name", "search"), ("mcp-name", "delete")], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in fields {
                headers.append(*name, HeaderValue::from_static(value));
            }
            let expected = if is_fitting { None } else { Some(McpError::Mismatch) };
            assert_eq!(read_message(body, &headers).err(), expected, "{fields:?}");
        }
    }

    #[test]
    fn a_refusal_is_a_response_to_its_message() {
        let body = r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"search"}}"#;
        let message = read_message(body.as_bytes(), &HeaderMap::new()).unwrap();
        let refusal = Refusal::new(403, "policy", "denied").next("ask");
        let response: Value = serde_json::from_str(&message.refused(&refusal).unwrap()).unwrap();
        assert_eq!(response.pointer("/id").unwrap(), "a");
        assert_eq!(response.pointer("/error/message").unwrap(), "denied; ask");
        assert_eq!(response.pointer("/error/data/code").unwrap(), "policy");
        let notification = br#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#;
        assert_eq!(read_message(notification, &HeaderMap::new()).unwrap().refused(&refusal), None);
    }
}
