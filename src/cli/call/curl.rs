//! Rendering of a request as a `curl` command with a placeholder for the token.

use crate::app::{Error, ErrorKind, RequestPreview};
use crate::net::Protocol;
use crate::secret::masked_within;
use crate::text::{shell_word, visible};

/// Renders the command on several lines. `token`: what stands for the token in a shell.
pub(super) fn command(request: &RequestPreview, protocol: Protocol, token: &str) -> Result<String, Error> {
    let mut lines = vec![format!("curl --request {} {}", request.method, word(request.url.as_str()))];
    lines.extend(match (protocol, request.url.scheme()) {
        (Protocol::Any, _) => None,
        (Protocol::Http1, _) => Some("--http1.1".to_owned()),
        (Protocol::Http2, "https") => Some("--http2".to_owned()),
        (Protocol::Http2, _) => Some("--http2-prior-knowledge".to_owned()),
    });
    if let Some(field) = &request.token {
        let scheme = field.scheme.map(|scheme| format!("{scheme} ")).unwrap_or_default();
        lines.push(format!("--header \"{}: {scheme}{token}\"", field.name));
        if field.has_proof {
            lines.push("--header \"dpop: $PROOF\"".to_owned());
        }
    }
    for (name, value) in &request.headers {
        lines.push(format!("--header {}", word(&format!("{name}: {}", masked_within(value)))));
    }
    if let Some(body) = &request.body {
        let text = std::str::from_utf8(body).map_err(|_| {
            Error::new(ErrorKind::Usage, "the body is not valid UTF-8, so it can't be part of a command")
        })?;
        if !request.headers.iter().any(|(name, _)| name == "content-type") {
            // curl would add one
            lines.push("--header 'content-type:'".to_owned());
        }
        lines.push(format!("--data-raw {}", word(text)));
    }
    Ok(lines.join(" \\\n  "))
}

/// Quotes a word for a shell; what could steer a terminal is escaped.
pub(super) fn word(text: &str) -> String {
    shell_word(&visible(text)).into_owned()
}
