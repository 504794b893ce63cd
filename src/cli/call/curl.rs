//! Rendering of a request as a `curl` command without the token.

use crate::app::{CallRequest, Caller, Context, Error, ErrorKind};
use crate::net::Protocol;
use crate::secret::masked_within;
use crate::text::{shell_word, visible};

/// Renders the command on several lines. `token`: the command that prints the token to send, if any.
pub(super) fn command(context: &Context, request: &CallRequest, token: Option<&str>) -> Result<String, Error> {
    let url = Caller::new(context).url(request)?;
    let (_, endpoint) = context
        .endpoint(request.endpoint)
        .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
    let mut lines = vec![format!("curl --request {} {}", endpoint.method, word(url.as_str()))];
    lines.extend(match (request.protocol, url.scheme()) {
        (Protocol::Any, _) => None,
        (Protocol::Http1, _) => Some("--http1.1".to_owned()),
        (Protocol::Http2, "https") => Some("--http2".to_owned()),
        (Protocol::Http2, _) => Some("--http2-prior-knowledge".to_owned()),
    });
    lines.extend(token.map(|token| format!("--header \"Authorization: Bearer $({token})\"")));
    for (name, value) in &request.headers {
        lines.push(format!("--header {}", word(&format!("{name}: {}", masked_within(value)))));
    }
    if let Some(body) = &request.body {
        let text = std::str::from_utf8(body).map_err(|_| {
            Error::new(ErrorKind::Usage, "the body is not valid UTF-8, so it can't be part of a command")
        })?;
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() && !request.has_header("content-type") {
            lines.push("--header 'Content-Type: application/json'".to_owned());
        }
        lines.push(format!("--data-raw {}", word(text)));
    }
    Ok(lines.join(" \\\n  "))
}

/// Quotes a word for a shell; what could steer a terminal is escaped.
pub(super) fn word(text: &str) -> String {
    shell_word(&visible(text)).into_owned()
}
