//! HTTP Archives (HAR 1.2), as browsers and proxies write them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::{Capture, MOST, credentials};

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
    /// 0, and in some exports a text, where there was no answer.
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

/// The exchanges of an archive; `None` when the text is JSON or no JSON, but no archive.
pub(super) fn read(text: &str) -> Result<Option<Vec<Capture>>, String> {
    let begins = text.get(..text.floor_char_boundary(4096)).unwrap_or_default();
    if !begins.contains("\"log\"") {
        return Ok(None);
    }
    let archive: Archive = match serde_json::from_str(text) {
        Ok(archive) => archive,
        Err(error) if text.contains("\"entries\"") => return Err(error.to_string()),
        Err(_) => return Ok(None),
    };
    Ok(Some(archive.log.entries.into_iter().take(MOST).filter_map(capture).collect()))
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
            // browsers leave `Authorization` out of an export unless they are asked to put it in
            super::Credentials::None => super::Credentials::Unknown,
            shown => shown,
        },
        method: Some(entry.request.method),
        url: Some(entry.request.url),
        status,
        headers: fields(entry.response.headers),
        body,
    })
}
