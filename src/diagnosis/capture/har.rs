//! HTTP Archives (HAR 1.2), as browsers and proxies write them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::{Capture, CaptureError, MAX_EXCHANGES, credentials};

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Field>,
}

#[derive(Deserialize)]
struct Response {
    /// 0, or in some exports a string, when no response arrived.
    status: serde_json::Value,
    #[serde(default)]
    headers: Vec<Field>,
    #[serde(default)]
    content: Content,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Content {
    text: Option<String>,
    encoding: Option<String>,
}

/// Reads the exchanges of an archive; `None` when the input is not an archive.
pub(super) fn read(text: &str) -> Result<Option<Vec<Capture>>, CaptureError> {
    let start = text.get(..text.floor_char_boundary(4096)).unwrap_or_default();
    if !start.trim_start().starts_with('{') || !start.contains("\"log\"") {
        return Ok(None);
    }
    let archive: Archive = match serde_json::from_str(text) {
        Ok(archive) => archive,
        Err(error) if text.contains("\"entries\"") => return Err(CaptureError::Har(error.to_string())),
        Err(_) => return Ok(None),
    };
    Ok(Some(archive.log.entries.into_iter().take(MAX_EXCHANGES).filter_map(capture).collect()))
}

fn capture(entry: Entry) -> Option<Capture> {
    let fields = |fields: Vec<Field>| fields.into_iter().map(|field| (field.name, field.value)).collect::<Vec<_>>();
    let status = entry.response.status.as_u64().and_then(|status| u16::try_from(status).ok())?;
    let request = fields(entry.request.headers);
    let text = entry.response.content.text.unwrap_or_default();
    let body = match entry.response.content.encoding.as_deref() {
        Some("base64") => BASE64_STANDARD.decode(&text).unwrap_or_default(),
        _ => text.into_bytes(),
    };
    Some(Capture {
        credentials: match credentials(&request, Some(&entry.request.url)) {
            // browsers omit `Authorization` from an export by default
            super::Credentials::None => super::Credentials::Unknown,
            shown => shown,
        },
        scheme: super::scheme(&request),
        fault: super::fault(&request),
        is_trimmed: false,
        scheme_is_guessed: false,
        method: Some(entry.request.method),
        url: Some(entry.request.url),
        status,
        headers: fields(entry.response.headers),
        body,
    })
}
