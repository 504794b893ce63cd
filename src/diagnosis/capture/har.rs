//! HTTP Archives (HAR 1.2), as browsers and proxies write them.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Capture, CaptureError, MAX_EXCHANGES, credentials};

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

/// Passes the exchanges of an archive to `take`, one at a time; false when the input is not an archive.
pub(super) fn each(text: &str, take: &mut dyn FnMut(Capture)) -> Result<bool, CaptureError> {
    let start = text.get(..text.floor_char_boundary(4096)).unwrap_or_default();
    if !start.trim_start().starts_with('{') || !start.contains("\"log\"") {
        return Ok(false);
    }
    let mut count = 0;
    let mut pass = |entry: Entry| {
        if count < MAX_EXCHANGES {
            count += 1;
            capture(entry).into_iter().for_each(&mut *take);
        }
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let entries = Member { name: "entries", value: Entries(&mut pass) };
    let read = Member { name: "log", value: entries }.deserialize(&mut json).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(true),
        Err(error) if count > 0 || text.contains("\"entries\"") => Err(CaptureError::Har(error.to_string())),
        Err(_) => Ok(false),
    }
}

/// Reads one member of an object, and skips the others.
struct Member<S> {
    name: &'static str,
    value: S,
}

impl<'de, S: DeserializeSeed<'de, Value = ()>> DeserializeSeed<'de> for Member<S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de, Value = ()>> Visitor<'de> for Member<S> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with `{}`", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut value = Some(self.value);
        while let Some(name) = members.next_key::<String>()? {
            if name != self.name {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = value.take().ok_or_else(|| A::Error::duplicate_field(self.name))?;
            members.next_value_seed(value)?;
        }
        match value {
            None => Ok(()),
            Some(_) => Err(A::Error::missing_field(self.name)),
        }
    }
}

/// Passes the entries to a function, so that only one of them is in memory.
struct Entries<'t>(&'t mut dyn FnMut(Entry));

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element()? {
            (self.0)(entry);
        }
        Ok(())
    }
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
