//! Exports records to a receiver of OTLP logs: at least once, with a durable cursor.

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use super::reading::{AuditReader, ReadPosition, parse};
use crate::app::{Error, ErrorKind, secret_variable};
use crate::audit::{AuditLog, Durability};
use crate::net;
use crate::usage::{Event, Filter, Outcome, Phase, Record, hash, otlp_rejected, otlp_request};

/// Number of records and bytes of a request, and the limits for its response.
const MOST_RECORDS: usize = 500;
const MOST_BYTES: usize = 1 << 20;
const LIMITS: net::Limits = net::Limits { deadline: Duration::from_secs(30), body: 1 << 20 };

/// Attempts for one request, and the longest pause between two.
const ATTEMPTS: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Maximum size of a cursor, in bytes.
const MOST_CURSOR: usize = 4 << 10;

/// Variable with the header fields for the receiver, as OpenTelemetry defines it.
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";

/// Result of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Records that the receiver took.
    pub exported: u64,
    /// Records that it rejected. They are not sent again.
    pub lost: u64,
    /// Records that were removed before they were exported.
    pub missed: u64,
}

/// How far a receiver has everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    segment: u64,
    bytes: u64,
    /// Number of the next record.
    next: u64,
    log: String,
}

/// Exports records to one receiver.
#[derive(Debug)]
pub struct Exporter<'r> {
    reader: &'r AuditReader,
    url: Url,
    headers: HeaderMap,
    http: net::Client,
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Failed, message)
}

/// Reads header fields: `name=value,name=value`, percent-encoded.
fn headers(text: &str) -> Result<HeaderMap, Error> {
    let wrong = || Error::new(ErrorKind::Usage, format!("`{HEADERS}` must be NAME=VALUE, separated by commas"));
    let mut headers = HeaderMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
        let value = percent_decode_str(value.trim()).decode_utf8().map_err(|_| wrong())?;
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(&value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

impl<'r> Exporter<'r> {
    /// Creates an exporter. A URL without a path stands for its `/v1/logs`.
    ///
    /// # Errors
    /// If the URL is neither https nor on loopback, or the header fields in the environment are malformed.
    pub fn new(reader: &'r AuditReader, mut url: Url) -> Result<Self, Error> {
        net::is_permitted(&url)
            .map_err(|reason| Error::new(ErrorKind::Usage, format!("`{url}` is not a usable URL: {reason}")))?;
        if matches!(url.path(), "" | "/") {
            url.set_path("/v1/logs");
        }
        let given = secret_variable(HEADERS).map(|text| headers(&text)).transpose()?;
        let http = net::Client::new().map_err(|error| failed(error.to_string()))?;
        Ok(Self { reader, url, headers: given.unwrap_or_default(), http })
    }

    /// Exports every record that the receiver does not have yet.
    ///
    /// # Errors
    /// If the receiver can't be reached or refuses a request. What it has taken is not sent again, and nothing is skipped.
    pub async fn run(&self) -> Result<ExportReport, Error> {
        let log = self.reader.log();
        let Some(folder) = self.reader.folder()? else { return Ok(ExportReport::default()) };
        let name = format!("export-{}", hash(self.url.as_str().as_bytes()).get(..16).unwrap_or_default());
        let Some(_lock) = folder.try_lock(&format!("{name}.lock"))? else {
            return Err(failed(format!("another process is exporting to `{}`", self.url)));
        };
        let cursor = folder.read(&name, MOST_CURSOR)?;
        let mut cursor: Cursor = cursor.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let mut report = ExportReport::default();
        let done = loop {
            let batch = match self.batch(&cursor) {
                Ok(batch) => batch,
                Err(error) => break Err(error),
            };
            let Some((records, missed, next)) = batch else { break Ok(()) };
            match Box::pin(self.deliver(&records)).await {
                Ok(lost) => {
                    report.lost += lost;
                    report.missed += missed;
                    report.exported += (records.len() as u64).saturating_sub(lost);
                    cursor = next;
                    folder.replace(&name, &serde_json::to_vec(&cursor).unwrap_or_default())?;
                }
                Err(error) => break Err(error),
            }
        };
        if report != ExportReport::default() {
            self.record(log, report, done.is_ok())?;
        }
        done.map(|()| report)
    }

    /// Returns the next records, the number of records that are missing before them, and the cursor behind them.
    fn batch(&self, cursor: &Cursor) -> Result<Option<(Vec<Record>, u64, Cursor)>, Error> {
        let mut records = Vec::new();
        let mut next = cursor.clone();
        let (mut bytes, mut missed) = (0, 0);
        let all = Filter::default();
        let from = ReadPosition { segment: cursor.segment, bytes: cursor.bytes };
        self.reader.read_lines(from, |line, position| {
            let Some(record) = parse(line) else { return true };
            let log = record.log.clone().unwrap_or_default();
            let seq = record.seq.unwrap_or_default();
            if log == next.log || next.log.is_empty() {
                missed += seq.saturating_sub(next.next);
            }
            next = Cursor { segment: position.segment, bytes: position.bytes, next: seq + 1, log };
            bytes += line.len();
            if all.selects(&record) {
                records.push(record);
            }
            records.len() < MOST_RECORDS && bytes < MOST_BYTES
        })?;
        Ok((!records.is_empty()).then_some((records, missed, next)))
    }

    /// Sends records until the receiver takes them. Returns the number that it rejected.
    async fn deliver(&self, records: &[Record]) -> Result<u64, Error> {
        let body = otlp_request(records, env!("CARGO_PKG_VERSION")).to_string().into_bytes();
        let mut headers = self.headers.clone();
        // receivers refuse the type with a parameter
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut attempt = 0;
        loop {
            attempt += 1;
            let request = net::Request {
                method: Method::POST,
                url: self.url.clone(),
                headers: headers.clone(),
                body: Some(body.clone()),
            };
            let sent = self.http.send(request, LIMITS).await;
            let (problem, pause) = match sent {
                Ok(response) if response.status.is_success() => return Ok(otlp_rejected(&response.body)),
                Ok(response) => {
                    let problem = failed(format!("`{}` answered with status {}", self.url, response.status.as_u16()));
                    if !matches!(response.status.as_u16(), 429 | 502 | 503 | 504) {
                        return Err(problem.hint("nothing is skipped: the next export begins with the same records"));
                    }
                    let seconds = response.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                    (problem, seconds.map(Duration::from_secs))
                }
                Err(error) => (failed(error.to_string()), None),
            };
            if attempt >= ATTEMPTS {
                return Err(problem.hint("nothing is skipped: the next export begins with the same records"));
            }
            let pause = pause.unwrap_or(Duration::from_millis(250) * 2_u32.pow(attempt - 1));
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
        }
    }

    /// Records the export, with what was lost.
    fn record(&self, log: &AuditLog, report: ExportReport, done: bool) -> Result<(), Error> {
        let record = Record {
            phase: Some(Phase::Single),
            outcome: Some(if done { Outcome::Ok } else { Outcome::Failed }),
            destination: Some(self.url.origin().ascii_serialization()),
            count: Some(report.exported),
            lost: Some(report.lost + report.missed),
            ..Record::new(Event::Exported)
        };
        log.append(record.into(), Durability::Disk).map_err(Error::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_are_percent_decoded_and_marked_as_secret() {
        let read = headers("Authorization=Bearer%20abc, x-tenant=7").unwrap();
        assert_eq!(read["authorization"], "Bearer abc");
        assert!(read["x-tenant"].is_sensitive());
        for wrong in ["authorization", "a b=c", "a=%0a"] {
            let error = headers(wrong).unwrap_err();
            assert!(!error.message.contains(wrong), "{error:?}");
        }
    }
}
