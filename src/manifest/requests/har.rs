//! HAR files (HTTP Archive 1.2), as recorded by browsers and proxies.

use std::borrow::Cow;

use serde::Deserialize;

use super::{LogEntry, RecordError, RecordedRequest};
use crate::secret::Secret;

#[derive(Deserialize)]
struct Har<'t> {
    #[serde(borrow)]
    log: Log<'t>,
}

#[derive(Deserialize)]
struct Log<'t> {
    #[serde(borrow)]
    entries: Vec<Entry<'t>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'t> {
    #[serde(borrow)]
    request: Request<'t>,
    #[serde(default)]
    response: Response,
    #[serde(borrow, default)]
    started_date_time: Option<Cow<'t, str>>,
}

#[derive(Deserialize)]
struct Request<'t> {
    #[serde(borrow)]
    method: Cow<'t, str>,
    #[serde(borrow)]
    url: Cow<'t, str>,
    #[serde(borrow, default)]
    headers: Vec<Header<'t>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Response {
    status: Option<f64>,
}

#[derive(Deserialize)]
struct Header<'t> {
    #[serde(borrow, default)]
    name: Cow<'t, str>,
    #[serde(borrow, default)]
    value: Cow<'t, str>,
}

impl Request<'_> {
    /// Returns the bearer token. Browsers remove it unless the user exports sensitive data, too.
    fn token(&self) -> Option<Secret> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("authorization"))?;
        let (scheme, token) = header.value.split_once(' ')?;
        let fits = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
        fits.then(|| Secret::new(token.trim())).filter(|token| !token.expose().is_empty())
    }
}

/// Reads the requests of a HAR file, in order, with their time, status and bearer token; bodies and other headers are
/// ignored.
///
/// # Errors
/// When the text is not a valid HAR file.
pub fn har(text: &str) -> Result<Vec<LogEntry>, RecordError> {
    let har: Har<'_> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| RecordError::Format { format: "HAR file", reason: error.to_string() })?;
    let entries = har.log.entries.iter().filter_map(|entry| {
        let request = RecordedRequest::new(&entry.request.method, &entry.request.url)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status has three digits")]
        let status = entry.response.status.filter(|status| (100.0..600.0).contains(status)).map(|status| status as u16);
        let time = entry.started_date_time.as_ref().and_then(|time| time.parse().ok());
        Some(LogEntry { status, time, token: entry.request.token(), ..LogEntry::new(request) })
    });
    Ok(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn har_files_are_read() {
        let text = "\u{feff}{\"log\":{\"version\":\"1.2\",\"entries\":[\
            {\"startedDateTime\":\"2026-10-10T13:55:36.5+02:00\",\"request\":{\"method\":\"GET\",\
            \"url\":\"https://a.test/x\\u002fy\",\"headers\":[{\"name\":\"authorization\",\"value\":\"Bearer abc\"}]},\
            \"response\":{\"status\":403}},\
            {\"request\":{\"method\":\"GET\",\"url\":\"/bare\"}},\
            {\"request\":{\"method\":\"GET\",\"url\":\"data:image/png,\"}}]}}";
        let found = har(text).unwrap();
        let targets: Vec<&str> = found.iter().map(|entry| entry.request.target.as_str()).collect();
        assert_eq!(targets, ["https://a.test/x/y", "/bare"]);
        assert_eq!(found[0].time.map(|time| time.to_string()).as_deref(), Some("2026-10-10T11:55:36.5Z"));
        assert_eq!((found[0].status, found[0].is_denied()), (Some(403), true));
        assert_eq!(found[0].token.as_ref().map(Secret::expose), Some("abc"));
        assert!(found[1].token.is_none() && found[1].time.is_none() && found[1].status.is_none());
        for wrong in ["", "{}", "[]", "{\"log\":{\"entries\":[{}]}}"] {
            assert!(har(wrong).is_err(), "{wrong}");
        }
    }
}
