//! Entries of logs: common and combined format and variants of them, JSON lines, and OTLP files.

use serde_json::{Map, Value};

use super::har::har;
use super::log_json::{in_object, text_of};
use super::log_time::{epoch, parse_time};
use super::{LogEntry, RecordError, RecordedRequest, request_of};

/// Parses a log line. In the common and combined formats, and in those of load balancers, the request line is quoted:
/// `"GET /orders/7 HTTP/1.1"`. A line of an OTLP file (`resourceLogs`, or `resourceSpans`) has any number of entries; any
/// other line that contains no request has none.
#[must_use]
pub fn log_entries(line: &str) -> Vec<LogEntry> {
    let line = line.trim();
    if !line.starts_with('{') {
        return in_text(line).into_iter().collect();
    }
    let Ok(Value::Object(object)) = serde_json::from_str(line) else { return Vec::new() };
    in_line(&object)
}

/// Passes the requests of a log line to `take`: those of [`log_entries`], without what else the line tells.
pub fn log_requests(line: &str, mut take: impl FnMut(RecordedRequest)) {
    let line = line.trim();
    if line.starts_with('{') {
        for entry in log_entries(line) {
            take(entry.request);
        }
    } else if let Some(found) = find_request(line) {
        take(found.request);
    }
}

fn in_line(object: &Map<String, Value>) -> Vec<LogEntry> {
    match object.contains_key("resourceLogs") || object.contains_key("resourceSpans") {
        true => in_otlp(object),
        false => in_object(object).into_iter().collect(),
    }
}

/// Whether a log is one JSON document over several lines, judged by its beginning: a HAR file, or an array.
#[must_use]
pub fn is_document(start: &str) -> bool {
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let first = start.lines().next().unwrap_or_default().trim_end();
    matches!(first, "{" | "[") || start.starts_with("[{") || {
        let name = start.strip_prefix('{').and_then(|rest| rest.trim_start().strip_prefix("\"log\""));
        name.and_then(|rest| rest.trim_start().strip_prefix(':')).is_some_and(|rest| rest.trim_start().starts_with('{'))
    }
}

/// Reads a log that is one JSON document: a HAR file, an object of the OpenTelemetry protocol, or an array of entries.
///
/// # Errors
/// When the text is not JSON, or a HAR file that is not valid.
pub fn log_document(text: &str) -> Result<Vec<LogEntry>, RecordError> {
    let text = text.trim_start_matches('\u{feff}');
    let document: Value = serde_json::from_str(text)
        .map_err(|error| RecordError::Format { format: "JSON document", reason: error.to_string() })?;
    let items = match document {
        Value::Object(object) if object.contains_key("log") => return har(text),
        Value::Array(items) => items,
        other => vec![other],
    };
    let entries = items.into_iter().filter_map(|item| if let Value::Object(item) = item { Some(item) } else { None });
    Ok(entries.flat_map(|item| in_line(&item)).collect())
}

fn status_of(word: &str) -> Option<u16> {
    word.parse().ok().filter(|status| word.len() == 3 && (100..600).contains(status))
}

/// The request line within a line of text.
struct FoundRequest<'t> {
    request: RecordedRequest,
    /// Text before the first quote.
    before: &'t str,
    /// Text after the request line.
    after: &'t str,
}

fn find_request(line: &str) -> Option<FoundRequest<'_>> {
    let (mut before, mut rest) = ("", line);
    loop {
        let (outside, quoted) = rest.split_once('"')?;
        if before.is_empty() {
            before = outside;
        }
        let (quoted, after) = quoted.split_once('"').unwrap_or((quoted, ""));
        if let Some(request) = request_of(quoted) {
            return Some(FoundRequest { request, before, after });
        }
        rest = after;
    }
}

fn in_text(line: &str) -> Option<LogEntry> {
    let FoundRequest { request, before, after } = find_request(line)?;
    // load balancers have it in front of the request: times, then the status of the balancer and of the target
    let first = after.split_whitespace().next().and_then(status_of);
    let status = first.or_else(|| before.split_whitespace().find_map(status_of));
    Some(LogEntry { status, time: time_in(before), user: user_in(before), ..LogEntry::new(request) })
}

/// Returns the time in front of a request: in brackets (common format), or a word (RFC 3339).
fn time_in(text: &str) -> Option<jiff::Timestamp> {
    let bracketed = text.split_once('[').and_then(|(_, inside)| inside.split_once(']')).map(|(inside, _)| inside);
    bracketed.and_then(parse_time).or_else(|| text.split_whitespace().take(4).find_map(parse_time))
}

/// Returns the authenticated user of the common format, which can be a client.
fn user_in(text: &str) -> Option<String> {
    let before = text.split_once(" [").map(|(before, _)| before)?;
    before.split_whitespace().nth(2).filter(|user| *user != "-").map(str::to_owned)
}

/// Reads `LogsData` or `TracesData` of the OpenTelemetry protocol, in JSON. An entry is a record whose attributes have a
/// request, or whose body is a line of a log.
fn in_otlp(data: &Map<String, Value>) -> Vec<LogEntry> {
    let mut entries = Vec::new();
    for (resources, scopes, records) in
        [("resourceLogs", "scopeLogs", "logRecords"), ("resourceSpans", "scopeSpans", "spans")]
    {
        for scope in items(data, resources).flat_map(|resource| items(resource, scopes)) {
            entries.extend(items(scope, records).flat_map(otlp_record));
        }
    }
    entries
}

fn items<'v>(object: &'v Map<String, Value>, name: &str) -> impl Iterator<Item = &'v Map<String, Value>> {
    object.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn otlp_record(record: &Map<String, Value>) -> Vec<LogEntry> {
    let attributes: Map<String, Value> = items(record, "attributes")
        .filter_map(|attribute| Some((attribute.get("key")?.as_str()?.to_owned(), plain(attribute.get("value")?)?)))
        .collect();
    let nanoseconds = |name: &str| record.get(name).and_then(text_of).and_then(|text| text.parse().ok());
    let times = ["timeUnixNano", "startTimeUnixNano", "observedTimeUnixNano"];
    let time = times.into_iter().filter_map(nanoseconds).find(|time: &f64| *time > 0.0).and_then(epoch);
    let body = || match plain(record.get("body")?)? {
        Value::String(line) => Some(log_entries(&line)),
        Value::Object(object) => in_object(&object).map(|entry| vec![entry]),
        _ => None,
    };
    let mut entries = in_object(&attributes).map(|entry| vec![entry]).or_else(body).unwrap_or_default();
    for entry in &mut entries {
        entry.time = entry.time.or(time);
    }
    entries
}

/// Returns an `AnyValue` as an ordinary value.
fn plain(value: &Value) -> Option<Value> {
    let (kind, value) = value.as_object()?.iter().next()?;
    match kind.as_str() {
        "stringValue" | "intValue" | "doubleValue" | "boolValue" => Some(value.clone()),
        "arrayValue" => {
            let values = value.get("values").and_then(Value::as_array)?;
            Some(values.iter().filter_map(plain).collect::<Vec<_>>().into())
        }
        "kvlistValue" => {
            let members = items(value.as_object()?, "values");
            let members =
                members.filter_map(|one| Some((one.get("key")?.as_str()?.to_owned(), plain(one.get("value")?)?)));
            Some(Value::Object(members.collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(entry: &LogEntry) -> String {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        format!(
            "{} {} {} {} {} {}",
            entry.request.method,
            entry.request.target,
            or_dash(entry.status.map(|status| status.to_string())),
            or_dash(entry.time.map(|time| time.to_string())),
            or_dash(entry.client.clone().or(entry.user.clone())),
            or_dash(entry.scopes.as_ref().map(|scopes| scopes.join("+"))),
        )
    }

    #[test]
    fn log_lines_of_common_servers_are_parsed() {
        for (line, expected) in [
            (
                r#"1.2.3.4 - alice [10/Oct/2026:13:55:36 +0200] "GET /orders/7?a=b HTTP/1.1" 200 23"#,
                "GET /orders/7?a=b 200 2026-10-10T11:55:36Z alice -",
            ),
            (
                r#"1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "POST /orders HTTP/2.0" 201 2 "https://ref.test/" "agent \"x\"""#,
                "POST /orders 201 2026-10-10T13:55:36Z - -",
            ),
            (
                r#"https 2026-01-01T00:00:00.5Z app/lb 1.2.3.4:5 10.0.0.1:80 0.1 0.2 0.0 403 403 34 366 "GET https://a.test:443/x HTTP/1.1" "agent""#,
                "GET https://a.test:443/x 403 2026-01-01T00:00:00.5Z - -",
            ),
            (
                r#"{"request_method":"DELETE","request_uri":"/orders/7","status":204,"time_iso8601":"2026-10-10T13:55:36+02:00"}"#,
                "DELETE /orders/7 204 2026-10-10T11:55:36Z - -",
            ),
            (
                r#"{"ts":1760104536.25,"request":{"method":"GET","host":"a.test","uri":"/x"},"status":200}"#,
                "GET /x 200 2025-10-10T13:55:36.25Z - -",
            ),
            (
                r#"{"httpRequest":{"requestMethod":"GET","requestUrl":"https://a.test/x","status":404},"timestamp":"2026-10-10T13:55:36Z"}"#,
                "GET https://a.test/x 404 2026-10-10T13:55:36Z - -",
            ),
            (r#"{"http.request.method":"PUT","url.path":"/x","client_id":"ci","scope":"a b"}"#, "PUT /x - - ci a+b"),
            (r#"{"method":"GET","path":"/x","claims":{"azp":"web","scp":["a","b"]}}"#, "GET /x - - web a+b"),
            (r#"{"request":"GET /x HTTP/1.1","status":"200"}"#, "GET /x 200 - - -"),
            (r#"{"msg":"started"}"#, ""),
            (r#"{"method":"GET","uri":7}"#, ""),
            (r#"1.2.3.4 - - [x] "\x16\x03\x01" 400 0"#, ""),
            (r#"1.2.3.4 - - [x] "-" 408 0"#, ""),
            ("", ""),
        ] {
            let found: Vec<String> = log_entries(line).iter().map(shown).collect();
            assert_eq!(found.join("|"), expected, "{line}");
            let mut requests = Vec::new();
            log_requests(line, |request| requests.push(request));
            let of_entries: Vec<RecordedRequest> = log_entries(line).into_iter().map(|entry| entry.request).collect();
            assert_eq!(requests, of_entries, "{line}");
        }
    }

    #[test]
    fn otlp_files_have_several_entries_a_line() {
        let record = |members: &str| format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{members}]}}]}}]}}"#);
        let attribute = |key: &str, value: &str| format!(r#"{{"key":"{key}","value":{{{value}}}}}"#);
        let first = format!(
            r#"{{"timeUnixNano":"1760104536250000000","attributes":[{},{},{},{}]}}"#,
            attribute("http.request.method", r#""stringValue":"GET""#),
            attribute("url.path", r#""stringValue":"/x""#),
            attribute("http.response.status_code", r#""intValue":"200""#),
            attribute("client_id", r#""stringValue":"ci""#),
        );
        let second = r#"{"observedTimeUnixNano":"1760104536250000000","body":{"stringValue":"1.2.3.4 - - [x] \"GET /y HTTP/1.1\" 403 2"}}"#;
        let third = r#"{"body":{"stringValue":"started"}}"#;
        let line = record(&[first.as_str(), second, third].join(","));
        let found: Vec<String> = log_entries(&line).iter().map(shown).collect();
        assert_eq!(found, ["GET /x 200 2025-10-10T13:55:36.25Z ci -", "GET /y 403 2025-10-10T13:55:36.25Z - -"]);
        let spans = line.replace("resourceLogs", "resourceSpans").replace("scopeLogs", "scopeSpans");
        let spans = spans.replace("logRecords", "spans").replace("\"timeUnixNano", "\"startTimeUnixNano");
        assert_eq!(log_entries(&spans).len(), 2);
    }

    #[test]
    fn documents_are_recognized_by_their_beginning() {
        for (text, entries) in [
            ("{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"/x\"}}]}}", 1),
            ("\u{feff}{ \"log\" : {\n\"entries\":[]}}", 0),
            ("[\n{\"method\":\"GET\",\"path\":\"/x\"}, 7]", 1),
            ("[{\"method\":\"GET\",\"path\":\"/x\"},{\"method\":\"GET\",\"path\":\"/y\"}]", 2),
            ("{\n\"resourceLogs\": []}", 0),
        ] {
            assert!(is_document(text), "{text}");
            assert_eq!(log_document(text).unwrap().len(), entries, "{text}");
        }
        for line in
            ["{\"log\":\"x\",\"method\":\"GET\"}", "{\"resourceLogs\":[]}", "[10/Oct/2026] \"GET / HTTP/1.1\"", ""]
        {
            assert!(!is_document(line), "{line}");
        }
        assert!(log_document("[").is_err() && log_document("{\"log\":7}").is_err());
    }

    proptest! {
        #[test]
        fn parsing_never_panics(line in "[\\[{\"} GET/x:.HTTP1,\\\\é]{0,40}") {
            let _ = (log_entries(&line), is_document(&line), log_document(&line).is_ok());
        }
    }
}
