//! Lines of access logs: common and combined format and variants of them, and JSON.

use serde_json::Value;

use super::RecordedRequest;

/// Members of JSON logs that hold the method, and the path or URL: names with dots may be nested or literal.
const METHODS: &[&str] = &[
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
const TARGETS: &[&str] = &[
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
];
/// Members that hold the whole request line.
const LINES: &[&str] = &["request", "request_line", "requestLine", "http.request.line"];

/// Parses a log line; `None` if it contains no request. In the common and combined formats, and in those of load
/// balancers, the request line is quoted: `"GET /orders/7 HTTP/1.1"`.
#[must_use]
pub fn log_line(line: &str) -> Option<RecordedRequest> {
    let line = line.trim();
    if line.starts_with('{') { in_json(line) } else { line.split('"').skip(1).step_by(2).find_map(request) }
}

/// Parses `GET /orders/7 HTTP/1.1`; HTTP/0.9 has no version.
fn request(text: &str) -> Option<RecordedRequest> {
    let (method, rest) = text.split_once(' ')?;
    if !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let target = rest.rsplit_once(" HTTP/").map_or(rest, |(target, _)| target);
    RecordedRequest::new(method, target)
}

fn in_json(line: &str) -> Option<RecordedRequest> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |names: &[&str]| names.iter().find_map(|name| find(&value, name)?.as_str());
    match (text(METHODS), text(TARGETS)) {
        (Some(method), Some(target)) => RecordedRequest::new(method, target),
        _ => request(text(LINES)?),
    }
}

/// Finds a member by its name, literal or nested.
fn find<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        find(object.get(first)?, rest)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn log_lines_of_common_servers_are_parsed() {
        for (line, expected) in [
            (
                r#"1.2.3.4 - alice [10/Oct/2026:13:55:36 +0000] "GET /orders/7?a=b HTTP/1.1" 200 23"#,
                "GET /orders/7?a=b",
            ),
            (r#"1.2.3.4 - - [x] "POST /orders HTTP/2.0" 201 2 "https://ref.test/" "agent \"x\"""#, "POST /orders"),
            (
                r#"https 2026-01-01T00:00:00Z app/lb 1.2.3.4:5 "GET https://a.test:443/x HTTP/1.1" "agent""#,
                "GET https://a.test:443/x",
            ),
            (r#"{"request_method":"DELETE","request_uri":"/orders/7","status":204}"#, "DELETE /orders/7"),
            (r#"{"request":{"method":"GET","host":"a.test","uri":"/x"}}"#, "GET /x"),
            (r#"{"httpRequest":{"requestMethod":"GET","requestUrl":"https://a.test/x"}}"#, "GET https://a.test/x"),
            (r#"{"http.request.method":"PUT","url.path":"/x"}"#, "PUT /x"),
            (r#"{"request":"GET /x HTTP/1.1","status":"200"}"#, "GET /x"),
            (r#"{"msg":"started"}"#, ""),
            (r#"{"method":"GET","uri":7}"#, ""),
            (r#"1.2.3.4 - - [x] "\x16\x03\x01" 400 0"#, ""),
            (r#"1.2.3.4 - - [x] "-" 408 0"#, ""),
            ("", ""),
        ] {
            let found = log_line(line).map(|one| format!("{} {}", one.method, one.target)).unwrap_or_default();
            assert_eq!(found, expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(line in "[\\[{\"} GET/x:.HTTP1,\\\\é]{0,40}") {
            let _ = log_line(&line);
        }
    }
}
