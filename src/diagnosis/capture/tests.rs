use proptest::prelude::*;

use super::*;

fn shown(input: &str, status: Option<u16>) -> String {
    let one = |capture: &Capture| {
        let credentials = match &capture.credentials {
            Credentials::Unknown => "unknown".to_owned(),
            Credentials::None => "none".to_owned(),
            Credentials::Hidden => "hidden".to_owned(),
            Credentials::Shown(secret) => secret.expose().to_owned(),
        };
        let fields: Vec<String> = capture.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!(
            "{} {} [{credentials}] {} ({}) {}",
            capture.method.as_deref().unwrap_or("?"),
            capture.url.as_deref().unwrap_or("?"),
            capture.status,
            fields.join(";"),
            String::from_utf8_lossy(&capture.body)
        )
    };
    match read_captures(input.as_bytes(), status) {
        Ok(captures) => captures.iter().map(one).collect::<Vec<_>>().join("\n"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn raw_http_and_curl_include_are_read() {
    for (input, expected) in [
        ("HTTP/2 403\ncontent-type: a\n\n{\"a\":1}\n", "? ? [unknown] 403 (content-type=a) {\"a\":1}"),
        (
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer a=b,\r\n  c=d\r\n\r\nline\r\n\r\nline\r\n",
            "? ? [unknown] 401 (WWW-Authenticate=Bearer a=b, c=d) line\n\nline",
        ),
        // interim, proxy and redirect responses come before the last one
        (
            "HTTP/1.1 200 Connection established\n\nHTTP/1.1 100 Continue\n\nHTTP/1.1 302 Found\nLocation: x\n\nHTTP/1.1 403 No\n\nb",
            "? ? [unknown] 403 () b",
        ),
        (
            "POST /v1/o?x=1 HTTP/1.1\nHost: a.test\nAuthorization: Bearer abcdefghij\n\nHTTP/1.1 403 No\nA: b\n\nbody",
            "POST https://a.test/v1/o?x=1 [Bearer abcdefghij] 403 (A=b) body",
        ),
        (
            "$ curl -i -X PUT \\\n  'https://a.test/o' -H \"Authorization: Bearer $TOKEN\"\nHTTP/1.1 403 No\n\nb",
            "PUT https://a.test/o [hidden] 403 () b",
        ),
        ("$ curl -i https://a.test/o\nHTTP/1.1 401 No\n\n", "GET https://a.test/o [none] 401 () "),
    ] {
        assert_eq!(shown(input, None), expected, "{input}");
    }
}

#[test]
fn curl_traces_and_wget_headers_are_read() {
    let trace = "\
== Info: Connected to a.test
=> Send header, 80 bytes (0x50)
0000: GET /o HTTP/1.1
0011: Host: a.test
001f:
<= Recv header, 24 bytes (0x18)
0000: HTTP/1.1 403 Forbidden
<= Recv header, 90 bytes (0x5a)
0000: WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"a:b\"
0040: , realm=\"r\"
<= Recv header, 2 bytes (0x2)
0000:
<= Recv data, 9 bytes (0x9)
0000: {\"a\":\"b\"}
== Info: Connection #0 left intact
";
    assert_eq!(
        shown(trace, None),
        "GET http://a.test/o [none] 403 (WWW-Authenticate=Bearer error=\"insufficient_scope\", scope=\"a:b\", realm=\"r\") {\"a\":\"b\"}"
    );
    let wget = "\
--2026-11-25 05:00:00--  http://a.test/o
HTTP request sent, awaiting response...
  HTTP/1.1 403 Forbidden
  WWW-Authenticate: Bearer
2026-11-25 05:00:00 ERROR 403: Forbidden.
";
    assert_eq!(shown(wget, None), "? ? [unknown] 403 (WWW-Authenticate=Bearer) ");
}

#[test]
fn verbose_curl_output_is_read() {
    let verbose = "\
*   Trying 127.0.0.1:443...
* SSL connection using TLSv1.3
> POST /o HTTP/2
> Host: a.test
> Authorization: Bearer abcdefgh.ijkl
> Expect: 100-continue
>
< HTTP/2 100
<
} [14 bytes data]
* We are completely uploaded and fine
< HTTP/2 403
< www-authenticate: Bearer
<  scope=\"a\"
<
{ [22 bytes data]
  % Total    % Received % Xferd
                                 Dload  Upload
100    22  100    22    0     0    100      0 --:--:-- --:--:-- --:--:--   100
{ \"error\": \"x\" }* Connection #0 to host a.test left intact
";
    assert_eq!(
        shown(verbose, None),
        "POST https://a.test/o [Bearer abcdefgh.ijkl] 403 (www-authenticate=Bearer scope=\"a\") { \"error\": \"x\" }"
    );
    let plain = "> GET /o HTTP/1.1\n> Host: 127.0.0.1:8080\n> \n< HTTP/1.1 401 No\n< \nno\n";
    assert_eq!(shown(plain, None), "GET http://127.0.0.1:8080/o [none] 401 () no");
}

#[test]
fn har_files_and_bodies_without_headers_are_read() {
    let archive = r#"{"log":{"version":"1.2","entries":[
        {"request":{"method":"GET","url":"https://a.test/o","headers":[{"name":"authorization","value":"Bearer abcdefgh"}]},
         "response":{"status":403,"headers":[{"name":"A","value":"b"}],"content":{"text":"eyJhIjoxfQ==","encoding":"base64"}}},
        {"request":{"method":"GET","url":"https://a.test/p"},"response":{"status":0}},
        {"request":{"method":"GET","url":"https://a.test/q?access_token=abcdefgh1"},"response":{"status":200,"content":{"text":"t"}}}
    ]}}"#;
    assert_eq!(
        shown(archive, None),
        "GET https://a.test/o [Bearer abcdefgh] 403 (A=b) {\"a\":1}\nGET https://a.test/p [unknown] 0 () \n\
         GET https://a.test/q?access_token=abcdefgh1 [abcdefgh1] 200 () t"
    );
    assert_eq!(shown(r#"{"error":"x"}"#, Some(403)), r#"? ? [unknown] 403 () {"error":"x"}"#);
    assert_eq!(shown("", Some(403)), "? ? [unknown] 403 () ");
    assert_eq!(shown("HTTP/1.1 200 OK\n\nx", Some(403)), "? ? [unknown] 403 () x");
    assert_eq!(shown(r#"{"error":"x"}"#, None), "? ? [unknown] 0 () {\"error\":\"x\"}");
    assert_eq!(shown(r#"{"id":1}"#, None), "the input has no status line and reports no error");
    assert_eq!(shown(" \n", None), "the input is empty");
    assert!(shown(r#"{"log":{"entries":[{}]}}"#, None).starts_with("the input is not a valid HAR: "));
}

#[test]
fn debug_output_and_target_hold_no_secret() {
    let captures = read_captures(b"GET http://u:needle@a.test/o?k=needle HTTP/1.1\nAuthorization: Bearer needle12\n\nHTTP/1.1 403 X\nA: needle\n\nneedle", None).unwrap();
    let shown = format!("{captures:?}");
    assert!(shown.contains("http://a.test/o") && !shown.contains("needle"), "{shown}");
}

proptest! {
    #[test]
    fn no_input_panics(text in "((> |< |\\* )?(HTTP/1.1 403|GET /a HTTP/2|a: b| c|\\PC{0,9})?\r?\n){0,12}") {
        let _ = read_captures(text.as_bytes(), None);
    }
}
