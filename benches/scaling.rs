//! Scaling of each parser and graph algorithm with its input, on the hardest known input.
//!
//! Each case runs on an input of some size, of four times and of sixteen times that size. What grows with its input takes
//! four times as long each time; what is quadratic takes sixteen times as long. A case fails when sixteen times the input
//! takes more than [`MOST_RATIO`] times as long as four times the input, and longer than [`NOTICEABLE`] beside. It fails, too,
//! when it takes less than [`MEASURABLE`]: then the input was not read as it was meant to be.
//!
//! `cargo bench --bench scaling [-- PART-OF-A-NAME]` prints a line per case, and exits with 1 if one fails.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use tokscope::diagnosis::{Case as DiagnosisCase, Request, Response, Sent, diagnose, parse_challenges, read_captures};
use tokscope::manifest::import::{Options, import};
use tokscope::manifest::requests::{collection, har, language, log_entries, mentions};
use tokscope::manifest::{Issuer, Manifest, Source, diff, format, lint, parse};
use tokscope::oauth::{Metadata, TokenSet};
use tokscope::scope::{MinimalSetProblem, Requirement, Scope, ScopeSet, compare};
use tokscope::secret::{masked_tokens, masked_within};
use tokscope::text::{visible, visible_json};
use tokscope::token::key::KeySet;
use tokscope::token::lines::{Lines, Options as LineOptions};
use tokscope::token::scan::Scanner;
use tokscope::token::verify::{Expected, Verifier};
use tokscope::token::{Json, decode, detect, explain_claims, explain_header, granted, summarize};

/// Maximum ratio of the times for four times the input: twice that of linear work, to allow for sorting, caches, and a busy
/// machine.
const MOST_RATIO: f64 = 8.0;

/// How often a case is measured before it fails: another process may have taken the machine for a while.
const ATTEMPTS: usize = 3;

/// Shorter times are irrelevant, and can't be measured reliably.
const NOTICEABLE: Duration = Duration::from_millis(150);

/// The largest input of a case takes at least this long. What takes less was refused, or not read as it was meant to be.
const MEASURABLE: Duration = Duration::from_micros(5);

/// Cases whose input is refused, or cut off, at a bound of its reader: what is beyond takes no time.
const BOUNDED: &[&str] = &[
    "json: brackets",
    "keys: blocks",
    "keys: DER",
    "challenge: schemes",
    "challenge: commas",
    "challenge: quotes",
    "challenge: words",
    "manifest: nested tables",
    "import: brackets",
    "import: indentation",
    "import: aliases of aliases",
];

/// The work on a prepared input.
type Work = Box<dyn FnMut()>;

struct Case {
    name: &'static str,
    /// Smallest size.
    size: usize,
    /// Prepares an input of a size.
    prepare: fn(usize) -> Work,
}

/// Processes a string that is repeated `size` times.
macro_rules! repeated {
    ($text:expr, $size:ident, $read:expr) => {{
        let text = $text.repeat($size);
        let read = $read;
        Box::new(move || {
            let text: &str = black_box(&text);
            let _ = black_box(read(text));
        })
    }};
}

fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn token(header: &str, claims: &str) -> String {
    format!("{}.{}.c2ln", encoded(header), encoded(claims))
}

/// `item` for each number, with `@` replaced by it.
fn listed(size: usize, item: &str, between: &str) -> String {
    (0..size).map(|number| item.replace('@', &number.to_string())).collect::<Vec<_>>().join(between)
}

fn read_token(text: &str) {
    let now = Timestamp::UNIX_EPOCH;
    let decoded = decode(text, now);
    let _ = black_box((summarize(&decoded, now), explain_claims(&decoded, now)));
    let _ = black_box((decoded.header.as_ref().map(explain_header), decoded.claims().and_then(granted)));
    let keys = KeySet::parse(br#"{"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}"#, "the bench");
    if let Ok(keys) = keys {
        let verifier = Verifier { keys, expected: Expected::default() };
        let _ = black_box(verifier.verify_decoded(&decoded, text, now));
    }
}

fn read_lines(text: &str) {
    for findings in [false, true] {
        let mut lines = Lines::new(LineOptions { findings, ..LineOptions::default() });
        let mut out = Vec::new();
        for line in text.lines() {
            lines.write(1, line.as_bytes(), Timestamp::UNIX_EPOCH, &mut out);
            out.clear();
        }
    }
}

const API: &str = "[api.a]\nbase_url = \"https://a.test\"\nissuer = \"https://l.test\"\n";

fn manifest(source: &str) -> Option<Manifest> {
    parse(source).manifest
}

/// Everything that a command does to load a manifest.
fn read_manifest(source: &str) {
    let parsed = parse(source);
    assert!(parsed.findings.iter().all(|finding| finding.code.name != "manifest-syntax"), "{:?}", parsed.findings);
    let indexed = Source::new(source);
    for finding in &parsed.findings {
        let _ = black_box(indexed.render("tokscope.toml", finding));
    }
    if let Some(manifest) = &parsed.manifest {
        let _ = black_box((lint(manifest), diff(manifest, manifest)));
    }
    let _ = black_box(format(source, true));
}

/// Generates a manifest with scopes and an endpoint.
fn scopes(size: usize, item: &str) -> Work {
    let scopes = listed(size, item, "\n");
    let source = format!("{API}[api.a.scopes]\n{scopes}\n[api.a.endpoints]\n\"GET /a\" = \"s1\"\n");
    Box::new(move || read_manifest(black_box(&source)))
}

/// Generates a manifest with endpoints.
fn endpoints(size: usize, item: &str) -> Work {
    let source = format!("{API}[api.a.scopes]\nr = {{}}\n[api.a.endpoints]\n{}\n", listed(size, item, "\n"));
    Box::new(move || read_manifest(black_box(&source)))
}

/// Routes a path among endpoints.
fn routes(templates: &str, path: &str) -> Work {
    let manifest = manifest(&format!("{API}[api.a.endpoints]\n{templates}\n"));
    assert!(manifest.is_some(), "{templates}");
    let path = path.to_owned();
    Box::new(move || {
        let _ = black_box(manifest.as_ref().map(|manifest| manifest.answers("GET", black_box(&path)).len()));
    })
}

fn solve(source: &str, size: usize) -> Work {
    let manifest = manifest(source);
    assert!(manifest.is_some(), "{source}");
    Box::new(move || {
        let Some(api) = manifest.as_ref().and_then(|manifest| manifest.api("a")) else { return };
        let named: Vec<(String, &Requirement)> =
            api.endpoints.iter().take(size).map(|endpoint| (endpoint.to_string(), &endpoint.requirement)).collect();
        let problem = MinimalSetProblem {
            wanted: named.iter().map(|(name, requirement)| (name.as_str(), *requirement)).collect(),
            others: Vec::new(),
            hierarchy: &api.hierarchy,
            ceiling: None,
            prefer: None,
            avoid: None,
            steps: MinimalSetProblem::STEPS,
        };
        let held: ScopeSet = api.scopes.iter().map(|declared| declared.scope.clone()).collect();
        for endpoint in api.endpoints.iter().take(20) {
            let _ = black_box(compare(&held, &endpoint.requirement, &api.hierarchy));
        }
        let _ = black_box(problem.solve());
    })
}

/// Imports a description that is right.
fn imported(text: &str) {
    let import = import("api.yaml", text.as_bytes(), &Options::default(), &mut |_| Err(String::new()));
    assert!(black_box(&import).is_ok(), "{:?}", import.err());
}

/// Imports what may be refused: what is too much for a description, or is not one.
fn tried(text: &str) {
    let _ = black_box(import("api.yaml", text.as_bytes(), &Options::default(), &mut |_| Err(String::new())).is_ok());
}

fn open_api(body: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{title: A, version: '1'}}\nservers: [{{url: 'https://a.test'}}]\n{body}")
}

fn diagnosed(header: &str, body: &str) {
    let rule = "[api.a.endpoints]\n\"GET /\" = \"read\"\n[api.a.scopes]\nread = {}\n[api.a.errors.own]\n\
                match = { text = \"*needs {needed} and has {granted} of*\" }\ncause = \"scope\"\n";
    let manifest = manifest(&format!("{API}{rule}"));
    let api = manifest.as_ref().and_then(|manifest| manifest.api("a"));
    let headers =
        [("WWW-Authenticate".to_owned(), header.to_owned()), ("X-OAuth-Scopes".to_owned(), header.to_owned())];
    let case = DiagnosisCase {
        response: Response { status: 403, headers: &headers, body: body.as_bytes() },
        api,
        endpoint: api.and_then(|api| api.endpoints.first()),
        request: Request::default(),
        sent: Sent::Unknown,
        now: Timestamp::UNIX_EPOCH,
    };
    let _ = black_box(diagnose(&case));
}

fn source_code(text: &str) {
    for name in ["ts", "py", "go", "rs", "java", "rb", "php", "cs", "kt", "sh", "lua"] {
        if let Some(language) = language(name) {
            let _ = black_box(mentions(text, language));
        }
    }
}

fn recorded(text: &str) {
    let _ = black_box((har(text).is_ok(), collection(text).is_ok(), read_captures(text.as_bytes(), None).is_ok()));
}

fn token_response(body: &str) {
    let kind = HeaderValue::from_static("application/json");
    let _ = black_box(TokenSet::parse(StatusCode::OK, kind, body.as_bytes()).is_ok());
}

fn keys(text: &str) {
    if let Ok(keys) = KeySet::parse(text.as_bytes(), "the bench") {
        let verifier = Verifier { keys, expected: Expected::default() };
        let text = token(r#"{"alg":"RS256","kid":"k"}"#, "{}");
        let _ = black_box(verifier.verify(&text, Timestamp::UNIX_EPOCH));
    }
}

const KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"k@","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

const CASES: &[Case] = &[
    // text
    Case {
        name: "text: visible",
        size: 20_000,
        prepare: |size| {
            repeated!("a\u{202e}\u{1b}[", size, |text: &str| (visible(text).len(), visible_json(text).len()))
        },
    },
    Case {
        name: "text: masked tokens, dotted",
        size: 4_000,
        prepare: |size| {
            repeated!("eyJhIjox.", size, |text: &str| (masked_tokens(text).len(), masked_within(text).len()))
        },
    },
    Case {
        name: "text: masked tokens, prefixes",
        size: 4_000,
        prepare: |size| {
            repeated!("ghp_/Bearer ", size, |text: &str| (masked_tokens(text).len(), masked_within(text).len()))
        },
    },
    // tokens in text
    Case {
        name: "scan: headers without algorithm",
        size: 14_000,
        prepare: |size| repeated!("eyJhIjox.", size, |text: &str| Scanner::new().scan(text.as_bytes())),
    },
    Case {
        name: "scan: no dots",
        size: 14_000,
        prepare: |size| repeated!("eyJhIjox~", size, |text: &str| Scanner::new().scan(text.as_bytes())),
    },
    Case {
        name: "scan: one word",
        size: 14_000,
        prepare: |size| repeated!("eyJhIjox", size, |text: &str| Scanner::new().scan(text.as_bytes())),
    },
    Case {
        name: "scan: headers with algorithm",
        size: 14_000,
        prepare: |size| repeated!("eyJhbGciOiJub25lIn0.", size, |text: &str| Scanner::new().scan(text.as_bytes())),
    },
    Case {
        name: "scan: encrypted",
        size: 14_000,
        prepare: |size| {
            repeated!("eyJhbGciOiJkaXIiLCJlbmMiOiJ4In0 eyJhbGciOiJkaXIiLCJlbmMiOiJ4In0.", size, |text: &str| {
                Scanner::new().scan(text.as_bytes())
            })
        },
    },
    Case {
        name: "scan: prefixes",
        size: 14_000,
        prepare: |size| repeated!("ghp_/xoxb/~", size, |text: &str| Scanner::new().scan(text.as_bytes())),
    },
    Case {
        name: "find: dotted",
        size: 5_000,
        prepare: |size| repeated!("eyJhIjox.", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: dotted words",
        size: 5_000,
        prepare: |size| repeated!("eyJhIjox. ", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: parameters",
        size: 4_000,
        prepare: |size| repeated!("xaccess_token= ", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: schemes",
        size: 2_800,
        prepare: |size| repeated!("Bearer Authorization: ", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: assignments",
        size: 5_000,
        prepare: |size| repeated!("A=b\n", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: messages",
        size: 1_900,
        prepare: |size| repeated!("GET / HTTP/1.1\nCookie: a=b; c=d\n\n", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: braces",
        size: 5_000,
        prepare: |size| repeated!("{\"a\":", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "find: texts in JSON",
        size: 5_000,
        prepare: |size| {
            let text = format!("{{{}}}", listed(size, r#""m@":"eyJhIjox.eyJhIjox""#, ","));
            Box::new(move || {
                let _ = black_box(detect(&text).is_ok());
            })
        },
    },
    // JSON
    Case {
        name: "json: escapes",
        size: 20_000,
        prepare: |size| {
            let text = format!("\"{}\"", r"\u00e9\n".repeat(size));
            Box::new(move || {
                let _ = black_box(Json::parse(&text).map(|json| json.pretty().len()));
            })
        },
    },
    Case {
        name: "json: brackets",
        size: 20_000,
        prepare: |size| repeated!("[", size, |text: &str| (Json::parse(text).is_ok(), Json::parse_cut(text).is_some())),
    },
    Case {
        name: "json: members",
        size: 10_000,
        prepare: |size| {
            let text = format!("{{{}}}", listed(size, r#""m@":@"#, ","));
            Box::new(move || {
                let _ = black_box(Json::parse(&text).map(|json| (json.has_duplicates(), json.to_string().len())));
            })
        },
    },
    // tokens
    Case {
        name: "token: claims",
        size: 1_000,
        prepare: |size| {
            let text = token(r#"{"alg":"RS256"}"#, &format!("{{{}}}", listed(size, r#""m@":"v w""#, ",")));
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: claims within claims",
        size: 1_000,
        prepare: |size| {
            let text = token(
                r#"{"alg":"RS256"}"#,
                &format!(r#"{{"a":{{{}}}}}"#, listed(size, r#""m@":{"roles":["r@"]}"#, ",")),
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: resource access",
        size: 1_000,
        prepare: |size| {
            let text = token(
                r#"{"alg":"RS256"}"#,
                &format!(r#"{{"resource_access":{{{}}}}}"#, listed(size, r#""m@":{"roles":["r@"]}"#, ",")),
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: scopes",
        size: 2_000,
        prepare: |size| {
            let text = token(
                r#"{"alg":"RS256"}"#,
                &format!(r#"{{"scope":"{}","scp":["{}"]}}"#, listed(size, "s@", " "), listed(size, "t@", r#"",""#)),
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: groups and audiences",
        size: 2_000,
        prepare: |size| {
            let text = token(
                r#"{"alg":"RS256"}"#,
                &format!(
                    r#"{{"aud":["{}"],"groups":["{}"]}}"#,
                    listed(size, "https://a@.test", r#"",""#),
                    listed(size, "g@", r#"",""#)
                ),
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: repeated claims",
        size: 1_000,
        prepare: |size| {
            let text = token(
                r#"{"alg":"RS256"}"#,
                &format!("{{{}}}", r#""a":1,"scope":"x","#.repeat(size).trim_end_matches(',')),
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: repeated header parameters",
        size: 1_000,
        prepare: |size| {
            let text = token(&format!(r#"{{{}"alg":"RS256"}}"#, r#""kid":"k","typ":"JWT","#.repeat(size)), "{}");
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: header parameters",
        size: 1_000,
        prepare: |size| {
            let text = token(
                &format!(
                    r#"{{"alg":"RS256","crit":["{}"],{}}}"#,
                    listed(size, "h@", r#"",""#),
                    listed(size, r#""h@":1"#, ",")
                ),
                "{}",
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: parts",
        size: 20_000,
        prepare: |size| {
            let text = format!("eyJhbGciOiJub25lIn0{}", ".eyJ".repeat(size));
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: unclosed objects after a dot",
        size: 4_000,
        prepare: |size| repeated!("{{}.", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "token: unclosed arrays, printed",
        size: 4_000,
        prepare: |size| repeated!("array(1 => ", size, |text: &str| detect(text).is_ok()),
    },
    Case {
        name: "token: signatures",
        size: 500,
        prepare: |size| {
            let text = format!(
                r#"{{"payload":"e30","signatures":[{}]}}"#,
                listed(size, r#"{"protected":"eyJhbGciOiJSUzI1NiJ9","header":{"kid":"@"},"signature":"c2ln"}"#, ",")
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: disclosures",
        size: 500,
        prepare: |size| {
            let parts = listed(size, "@", ",")
                .split(',')
                .map(|number| encoded(&format!(r#"["salt","n{number}",{number}]"#)))
                .collect::<Vec<_>>()
                .join("~");
            let text = format!("{}~{parts}~", token(r#"{"alg":"RS256"}"#, r#"{"_sd_alg":"sha-256","_sd":["x"]}"#));
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: digests",
        size: 2_000,
        prepare: |size| {
            let text = format!(
                "{}~{}~",
                token(
                    r#"{"alg":"RS256"}"#,
                    &format!(
                        r#"{{"_sd_alg":"sha-256","_sd":["{}"],"a":[{}]}}"#,
                        listed(size, "d@", r#"",""#),
                        listed(size, r#"{"...":"e@"}"#, ",")
                    )
                ),
                encoded(r#"["salt","n",1]"#)
            );
            Box::new(move || read_token(&text))
        },
    },
    Case {
        name: "token: white space",
        size: 20_000,
        prepare: |size| {
            repeated!(" \u{200b}", size, |text: &str| {
                read_token(text);
                detect(text).is_ok()
            })
        },
    },
    Case {
        name: "lines: many headers",
        size: 300,
        prepare: |size| {
            let text = (0..size)
                .map(|number| token(&format!(r#"{{"alg":"RS256","kid":"{number}"}}"#), r#"{"scope":"a b"}"#))
                .collect::<Vec<_>>()
                .join("\n");
            Box::new(move || read_lines(&text))
        },
    },
    Case {
        name: "lines: one long token",
        size: 2_000,
        prepare: |size| {
            let text = token(r#"{"alg":"RS256"}"#, &format!(r#"{{"scope":"{}"}}"#, listed(size, "s@", " ")));
            Box::new(move || read_lines(&text))
        },
    },
    // keys
    Case {
        name: "keys: set",
        size: 300,
        prepare: |size| {
            let text = format!(r#"{{"keys":[{}]}}"#, listed(size, KEY, ","));
            Box::new(move || keys(&text))
        },
    },
    Case {
        name: "keys: members",
        size: 5_000,
        prepare: |size| {
            let text = format!(r#"{{"kty":"EC",{}}}"#, listed(size, r#""m@":1"#, ","));
            Box::new(move || keys(&text))
        },
    },
    Case {
        name: "keys: blocks",
        size: 2_000,
        prepare: |size| repeated!("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", size, keys),
    },
    Case {
        name: "keys: beginnings",
        size: 5_000,
        prepare: |size| repeated!("-----BEGIN PUBLIC KEY-----\n", size, keys),
    },
    Case { name: "keys: DER", size: 20_000, prepare: |size| repeated!("0\u{7f}", size, keys) },
    // servers
    Case {
        name: "response: members",
        size: 5_000,
        prepare: |size| {
            let text = format!(r#"{{"access_token":"t",{}}}"#, listed(size, r#""m@":1"#, ","));
            Box::new(move || token_response(&text))
        },
    },
    Case {
        name: "response: scopes",
        size: 10_000,
        prepare: |size| {
            let text = format!(r#"{{"access_token":"t","scope":"{}"}}"#, listed(size, "s@", " "));
            Box::new(move || token_response(&text))
        },
    },
    Case {
        name: "response: form",
        size: 10_000,
        prepare: |size| {
            let text = format!("access_token=t&{}", listed(size, "m@=%41", "&"));
            Box::new(move || token_response(&text))
        },
    },
    Case {
        name: "metadata",
        size: 5_000,
        prepare: |size| {
            let text = format!(
                r#"{{"issuer":"https://a.test","scopes_supported":["{}"],{}}}"#,
                listed(size, "s@", r#"",""#),
                listed(size, r#""m@":1"#, ",")
            );
            Box::new(move || {
                let _ = black_box(
                    Issuer::parse("https://a.test").map(|issuer| Metadata::parse(text.as_bytes(), &issuer).is_ok()),
                );
            })
        },
    },
    Case {
        name: "metadata: aliases within aliases",
        size: 5,
        prepare: |size| {
            let aliases = format!("{}1{}", r#"{"mtls_endpoint_aliases":"#.repeat(size), "}".repeat(size));
            let text = format!(
                r#"{{"issuer":"https://a.test","scopes_supported":["{}"],"mtls_endpoint_aliases":{aliases}}}"#,
                listed(size * 100, "s@", r#"",""#)
            );
            Box::new(move || {
                let _ = black_box(
                    Issuer::parse("https://a.test").map(|issuer| Metadata::parse(text.as_bytes(), &issuer).is_ok()),
                );
            })
        },
    },
    // challenges, captures, diagnosis
    Case {
        name: "challenge: schemes",
        size: 5_000,
        prepare: |size| repeated!("Bearer a=b, ", size, |text: &str| parse_challenges([text])),
    },
    Case {
        name: "challenge: commas",
        size: 20_000,
        prepare: |size| repeated!(", ", size, |text: &str| parse_challenges([text])),
    },
    Case {
        name: "challenge: quotes",
        size: 10_000,
        prepare: |size| repeated!("Bearer a=\"\\\", ", size, |text: &str| parse_challenges([text])),
    },
    Case {
        name: "challenge: parameters",
        size: 5_000,
        prepare: |size| {
            let text = format!("Bearer {}", listed(size, "p@=\"a\\\"b\"", ", "));
            Box::new(move || {
                let _ = black_box(parse_challenges([text.as_str()]));
            })
        },
    },
    Case {
        name: "challenge: words",
        size: 10_000,
        prepare: |size| repeated!("Bearer ", size, |text: &str| parse_challenges([text])),
    },
    Case {
        name: "capture: answers",
        size: 3_000,
        prepare: |size| repeated!("HTTP/1.1 200 OK\nA: b\n\n", size, recorded),
    },
    Case {
        name: "capture: interim answers",
        size: 3_000,
        prepare: |size| repeated!("HTTP/1.1 100 Continue\n\n", size, recorded),
    },
    Case {
        name: "capture: fields",
        size: 5_000,
        prepare: |size| {
            let text = format!("HTTP/1.1 403 No\n{}\n\nb", listed(size, "a@: b\n c", "\n"));
            Box::new(move || recorded(&text))
        },
    },
    Case {
        name: "capture: marks",
        size: 10_000,
        prepare: |size| {
            let text = format!("> GET / HTTP/1.1\n{}", "> \n< \n* x\n".repeat(size));
            Box::new(move || recorded(&text))
        },
    },
    Case {
        name: "capture: trace",
        size: 5_000,
        prepare: |size| {
            let text = format!("<= Recv header, 1 bytes\n{}", "0000: HTTP/1.1 403 No\n0040: x\n".repeat(size));
            Box::new(move || recorded(&text))
        },
    },
    Case {
        name: "capture: commands",
        size: 3_000,
        prepare: |size| {
            let text = format!("{}HTTP/1.1 403 No\n\nb", "$ curl -i https://a.test/o \\\n -H 'A: b' \\\n".repeat(size));
            Box::new(move || recorded(&text))
        },
    },
    Case {
        name: "capture: archive",
        size: 1_000,
        prepare: |size| {
            let text = format!(
                r#"{{"log":{{"entries":[{}]}}}}"#,
                listed(
                    size,
                    r#"{"request":{"method":"GET","url":"https://a.test/@","headers":[]},"response":{"status":403,"content":{"text":"t"}}}"#,
                    ","
                )
            );
            Box::new(move || recorded(&text))
        },
    },
    Case {
        name: "capture: openings without an end",
        size: 2_000,
        prepare: |size| repeated!("error [a {b ('c Set(2) {", size, |text: &str| (recorded(text), diagnosed("", text))),
    },
    Case {
        name: "capture: printed objects",
        size: 1_000,
        prepare: |size| {
            repeated!("failed {'error': 'a b', 'x': [Array (\n[y] => 1)]} ", size, |text: &str| {
                (recorded(text), diagnosed("", text))
            })
        },
    },
    Case {
        name: "capture: numbers in a log",
        size: 2_000,
        prepare: |size| repeated!("error 403 at https://a.test: status 401 (\n", size, recorded),
    },
    Case {
        name: "capture: sessions",
        size: 2_000,
        prepare: |size| repeated!("$ curl -i https://a.test\nHTTP/1.1 403 No\n\nb\n", size, recorded),
    },
    Case {
        name: "diagnosis: a redirect",
        size: 2_000,
        prepare: |size| repeated!("https://a.test/cb?error=invalid_scope&a=b", size, |text: &str| diagnosed("", text)),
    },
    Case {
        name: "diagnosis: prefixes",
        size: 2_000,
        prepare: |size| repeated!("a: b_c: ", size, |text: &str| diagnosed("", text)),
    },
    Case {
        name: "diagnosis: a body that nearly fits",
        size: 2_000,
        prepare: |size| repeated!("needs a and has b ", size, |text: &str| diagnosed(text, text)),
    },
    Case {
        name: "diagnosis: words",
        size: 5_000,
        prepare: |size| repeated!("insufficient scope required permission ", size, |text: &str| diagnosed(text, text)),
    },
    Case {
        name: "diagnosis: a web page",
        size: 5_000,
        prepare: |size| repeated!("<p title='<'>scope &lt;", size, |text: &str| diagnosed(text, text)),
    },
    Case {
        name: "diagnosis: JSON",
        size: 2_000,
        prepare: |size| {
            let text = format!(r#"{{"errors":[{}]}}"#, listed(size, r#"{"message":"needs scope s@","code":"@"}"#, ","));
            Box::new(move || diagnosed("", &text))
        },
    },
    Case {
        name: "diagnosis: JSON in texts",
        size: 2_000,
        prepare: |size| {
            let text = format!(r#"{{"m":"{}"}}"#, r#"{\"a\":"#.repeat(size));
            Box::new(move || diagnosed("", &text))
        },
    },
    Case {
        name: "diagnosis: events",
        size: 2_000,
        prepare: |size| repeated!("data: {\"error\":\"scope\"}\n\n", size, |text: &str| diagnosed("", text)),
    },
    // hierarchy and minimal sets
    Case {
        name: "hierarchy: every scope implies every other",
        size: 250,
        prepare: |size| scopes(size, "\"s@\" = { implies = [\"*\"] }"),
    },
    Case {
        name: "hierarchy: own wildcards",
        size: 250,
        prepare: |size| scopes(size, "\"s@\" = { implies = [\"s@*\"] }"),
    },
    Case {
        name: "hierarchy: wildcards at the beginning",
        size: 100,
        prepare: |size| scopes(size, "\"s@\" = { implies = [\"*x@\"] }"),
    },
    Case {
        name: "hierarchy: chain",
        size: 500,
        prepare: |size| {
            let chain = (0..size)
                .map(|number| format!("\"s{number}\" = {{ risk = \"low\", implies = [\"s{}\"] }}\n", number + 1))
                .collect::<Vec<_>>()
                .concat();
            let source = format!(
                "{API}[api.a.scopes]\n{chain}\"s{size}\" = {{ risk = \"critical\" }}\n[api.a.endpoints]\n\"GET /a\" = \"s{size}\"\n"
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "hierarchy: cycle",
        size: 500,
        prepare: |size| {
            let chain = (0..size)
                .map(|number| format!("\"s{number}\" = {{ implies = [\"s{}\"] }}\n", (number + 1) % size))
                .collect::<Vec<_>>()
                .concat();
            let source = format!("{API}[api.a.scopes]\n{chain}[api.a.endpoints]\n\"GET /a\" = \"s1\"\n");
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "hierarchy: undeclared",
        size: 500,
        prepare: |size| scopes(size, "\"s@\" = { implies = [\"t@\", \"u\"] }"),
    },
    Case {
        name: "cover: an endpoint for each scope",
        size: 250,
        prepare: |size| {
            let source = format!(
                "{API}[api.a.scopes]\n{}\n[api.a.endpoints]\n{}\n",
                listed(size, "\"s@\" = {}", "\n"),
                listed(size, "\"GET /a@\" = \"s@\"", "\n")
            );
            solve(&source, size)
        },
    },
    Case {
        name: "cover: alternatives",
        size: 100,
        prepare: |size| {
            let source = format!(
                "{API}[api.a.scopes]\n{}\nall = {{}}\n[api.a.endpoints]\n{}\n",
                listed(size, "\"s@\" = {}", "\n"),
                listed(size, "\"GET /a@\" = { any_of = [\"s@\", \"all\"] }", "\n")
            );
            solve(&source, size)
        },
    },
    Case {
        name: "cover: each endpoint accepts half of the scopes",
        size: 20,
        prepare: |size| {
            let mut seed = 7_u64;
            let mut is_chosen = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                seed >> 63 == 1
            };
            let endpoints = (0..20)
                .map(|number| {
                    let chosen: Vec<String> =
                        (0..size).filter(|_| is_chosen()).map(|scope| format!("\"s{scope}\"")).collect();
                    format!("\"GET /a{number}\" = {{ any_of = [{}] }}\n", chosen.join(", "))
                })
                .collect::<Vec<_>>()
                .concat();
            let source =
                format!("{API}[api.a.scopes]\n{}\n[api.a.endpoints]\n{endpoints}", listed(size, "\"s@\" = {}", "\n"));
            solve(&source, 20)
        },
    },
    Case {
        name: "cover: chain",
        size: 250,
        prepare: |size| {
            let chain = (1..size)
                .map(|number| format!("\"s{number}\" = {{ implies = [\"s{}\"] }}\n", number - 1))
                .collect::<Vec<_>>()
                .concat();
            let source = format!(
                "{API}[api.a.scopes]\ns0 = {{}}\n{chain}[api.a.endpoints]\n{}\n",
                listed(size, "\"GET /a@\" = \"s@\"", "\n")
            );
            solve(&source, size)
        },
    },
    Case {
        name: "cover: one forced by the other",
        size: 250,
        prepare: |size| {
            let source = format!(
                "{API}[api.a.scopes]\n{}\n[api.a.endpoints]\n\"GET /b\" = \"x@0\"\n{}\n",
                listed(size + 1, "\"x@\" = {}\n\"v@\" = {}", "\n"),
                (1..=size)
                    .rev()
                    .map(|number| {
                        let before = number - 1;
                        format!("\"GET /a{number}\" = {{ any_of = [[\"x{before}\", \"x{number}\"], [\"x{number}\", \"v{number}\"]] }}\n")
                    })
                    .collect::<Vec<_>>().concat()
            )
            .replace("x@0", "x0");
            solve(&source, size + 1)
        },
    },
    Case {
        name: "comparison: neither held nor named",
        size: 250,
        prepare: |size| {
            let scopes = listed(size, "\"w@\" = { implies = [\"r@\"] }\n\"r@\" = {}\n", "");
            let source = format!(
                "{API}[api.a.scopes]\n{scopes}[api.a.endpoints]\n\"GET /a\" = [\"{}\"]\n",
                listed(size, "r@", "\",\"")
            );
            let manifest = manifest(&source);
            assert!(manifest.is_some(), "{source}");
            let held: ScopeSet =
                listed(size, "w@ x@", " ").split(' ').filter_map(|name| Scope::parse(name).ok()).collect();
            Box::new(move || {
                let Some(api) = manifest.as_ref().and_then(|manifest| manifest.api("a")) else { return };
                for endpoint in &api.endpoints {
                    let _ = black_box(compare(&held, &endpoint.requirement, &api.hierarchy));
                }
            })
        },
    },
    Case {
        name: "requirement: alternatives",
        size: 500,
        prepare: |size| {
            let alternatives: Vec<ScopeSet> =
                (0..size).filter_map(|number| ScopeSet::parse(&format!("a{} b{number} c", number % 20)).ok()).collect();
            Box::new(move || {
                let _ = black_box(Requirement::any_of(black_box(alternatives.clone())));
            })
        },
    },
    // manifests
    Case { name: "manifest: endpoints", size: 500, prepare: |size| endpoints(size, "\"GET /a/{x}/b@\" = \"r\"") },
    Case {
        name: "manifest: parameters",
        size: 300,
        prepare: |size| endpoints(size, "\"GET /{a}/b@\" = \"r\"\n\"GET /c@/{b}\" = []"),
    },
    Case { name: "manifest: the same endpoint", size: 300, prepare: |size| endpoints(size, "\"GET /{a@}\" = \"r\"") },
    Case {
        name: "manifest: undeclared scopes",
        size: 300,
        prepare: |size| {
            let source = format!(
                "{API}[api.a.scopes]\n{}\n[api.a.endpoints]\n{}\n",
                listed(size, "\"scope@\" = {}", "\n"),
                listed(size, "\"GET /a@\" = \"scopf@\"", "\n")
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: a requirement",
        size: 300,
        prepare: |size| {
            let source = format!(
                "{API}[api.a.scopes]\n{}\n[api.a.endpoints]\n\"GET /a\" = [\"{}\"]\n\"GET /b\" = {{ any_of = [\"{}\"] }}\n",
                listed(size, "\"s@\" = {implies=[\"t\"]}", "\n"),
                listed(size, "s@", "\",\""),
                listed(size, "s@", "\",\"")
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: unknown keys",
        size: 1_000,
        prepare: |size| {
            let source = format!("{API}{}\n", listed(size, "titl@ = 1", "\n"));
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: clients",
        size: 300,
        prepare: |size| {
            let source = format!(
                "{API}{}\n",
                listed(
                    size,
                    "[client.c@]\nissuer = \"https://l.test\"\nclient_id = \"c\"\nmay_request = [\"s@\"]",
                    "\n"
                )
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: clients and APIs of one issuer",
        size: 100,
        prepare: |size| {
            let source = listed(
                size,
                "[api.a@]\nbase_url = \"https://a.test\"\nissuer = \"https://l.test\"\n[api.a@.scopes]\ns@ = {}\n\
                 [api.a@.endpoints]\n\"GET /a@\" = \"s@\"\n\
                 [client.c@]\nissuer = \"https://l.test\"\nclient_id = \"c\"\nmay_request = [\"s@\"]",
                "\n",
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: APIs",
        size: 200,
        prepare: |size| {
            let source = listed(
                size,
                "[api.a@]\nbase_url = \"https://a.test\"\n[api.a@.scopes]\nr = {}\n[api.a@.endpoints]\n\"GET /a@\" = \"r\"",
                "\n",
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: rules",
        size: 200,
        prepare: |size| {
            let source = format!(
                "{API}{}\n",
                listed(size, "[api.a.errors.e@]\nmatch = { text = \"*a@*\" }\ncause = \"scope\"", "\n")
            );
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: a long line",
        size: 2_000,
        prepare: |size| {
            let source = format!("{API}titl = \"{}\"\n", "ü\u{202e}".repeat(size));
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: comments",
        size: 2_000,
        prepare: |size| {
            let source = format!("{API}[api.a.endpoints]\n{}\n", listed(size, "# a\n\"GET /a@\" = []  # b", "\n\n"));
            Box::new(move || read_manifest(&source))
        },
    },
    Case {
        name: "manifest: nested tables",
        size: 50,
        prepare: |size| {
            let source = format!("{API}x = {}1{}\n", "{ a = ".repeat(size), " }".repeat(size));
            // refused beyond the parser's depth
            Box::new(move || {
                let _ = black_box(parse(black_box(&source)));
            })
        },
    },
    Case {
        name: "route: parameters in a segment",
        size: 2_000,
        prepare: |size| routes("\"GET /{a}-{b}-b{c}-c{d}x\" = []", &format!("/{}x", "-b".repeat(size))),
    },
    Case {
        name: "route: a catch-all in each depth",
        size: 20,
        prepare: |size| {
            let templates = (0..size)
                .map(|depth| {
                    format!(
                        "\"GET /{}{{x}}/z{depth}\" = []\n\"GET /{}{{x+}}\" = []\n",
                        "a/".repeat(depth),
                        "a/".repeat(depth)
                    )
                })
                .collect::<Vec<_>>()
                .concat();
            routes(&templates, &format!("/{}", "a/".repeat(size)))
        },
    },
    Case {
        name: "route: literals and parameters",
        size: 128,
        prepare: |size| {
            let templates = (0..size)
                .map(|number| {
                    format!(
                        "\"GET /{}/z{number}\" = []\n",
                        (0..11)
                            .map(|bit| if number >> bit & 1 == 1 { "a".to_owned() } else { format!("{{x{bit}}}") })
                            .collect::<Vec<_>>()
                            .join("/")
                    )
                })
                .collect::<Vec<_>>()
                .concat();
            routes(&templates, &format!("/{}none", "a/".repeat(11)))
        },
    },
    // descriptions
    Case {
        name: "import: operations",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n{}",
                listed(size, "  /a/{id}/b@: {get: {security: [{o: [r@]}], responses: {}}}", "\n")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: references",
        size: 200,
        prepare: |size| {
            let chain = (0..size)
                .map(|number| format!("    s{number}: {{$ref: '#/components/pathItems/s{}'}}\n", number + 1))
                .collect::<Vec<_>>()
                .concat();
            let text = open_api(&format!(
                "paths:\n  /a: {{$ref: '#/components/pathItems/s0'}}\ncomponents:\n  pathItems:\n{chain}    s{size}: {{get: {{responses: {{}}}}}}\n"
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: each path refers to the next",
        size: 200,
        prepare: |size| {
            let chain = (0..size)
                .map(|number| format!("  /a{number}: {{$ref: '#/paths/~1a{}'}}\n", number + 1))
                .collect::<Vec<_>>()
                .concat();
            let text = open_api(&format!("paths:\n{chain}  /a{size}: {{get: {{responses: {{}}}}}}\n"));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: a reference in each path",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n{}\ncomponents:\n  pathItems:\n{}\n",
                listed(size, "  /a@: {$ref: '#/components/pathItems/s@'}", "\n"),
                listed(size, "    s@: {get: {responses: {}}}", "\n")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: schemes",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n{}\ncomponents:\n  securitySchemes:\n{}\n",
                listed(size, "  /a@: {get: {security: [{o@: [r]}], responses: {}}}", "\n"),
                listed(
                    size,
                    "    o@: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://l.test', scopes: {r: x}}}}",
                    "\n"
                )
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: YAML that is repaired",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "x: [\n{}\n]\npaths:\n{}",
                listed(size, "r@", ",\n"),
                listed(size, "  /a@: {get: {summary: 'x'#c\n}}", "\n")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: texts that name scopes",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n{}",
                listed(
                    size,
                    "  /a@: {get: {description: 'Required scope `a.r@` or `b.r@`, one of both scopes'}}",
                    "\n"
                )
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: lists of several scopes",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n{}",
                listed(size, "  /a@: {post: {security: [{o: [a.r@, a.r@.read, b.r@]}]}}", "\n")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: GraphQL",
        size: 200,
        prepare: |size| {
            let fields =
                listed(size, "f@(a: [Int!]! = {}): T @requiresScopes(scopes: [[\"a@\", \"b\"], [\"c\"]])", "\n");
            let text = format!("type Query {{\n{fields}\n}}\ntype T @requiresScopes(scopes: [[\"t\"]]) {{ a: Int }}\n");
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: AWS resources",
        size: 200,
        prepare: |size| {
            let method = "{Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, ResourceId: !Ref R@, AuthorizationType: \
                          JWT, AuthorizationScopes: [!Sub 'a/@']}}";
            let text = format!(
                "Resources:\n{}\n{}\n",
                listed(
                    size,
                    "  R@: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: !GetAtt A.RootResourceId, PathPart: r@}}",
                    "\n"
                ),
                listed(size, &format!("  M@: {method}"), "\n")
            );
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: alternatives",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n  /a: {{get: {{security: [{}], responses: {{}}}}}}\n",
                listed(size, "{o: [r@]}", ",")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: servers",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "paths:\n{}\n",
                listed(size, "  /a@: {servers: [{url: 'https://a@.test'}], get: {responses: {}}}", "\n")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: aliases",
        size: 200,
        prepare: |size| {
            let text = open_api(&format!(
                "x: &a [{}]\npaths:\n{}\n",
                "1,".repeat(size),
                listed(size, "  /a@: {get: {x: *a, responses: {}}}", "\n")
            ));
            Box::new(move || imported(&text))
        },
    },
    Case {
        name: "import: aliases of aliases",
        size: 4,
        prepare: |size| {
            let chain = (0..size)
                .map(|number| format!("x{}: &x{} [{}]\n", number + 1, number + 1, format!("*x{number},").repeat(9)))
                .collect::<Vec<_>>()
                .concat();
            let text = open_api(&format!("x0: &x0 [1]\n{chain}paths: {{}}\n"));
            Box::new(move || tried(&text))
        },
    },
    Case { name: "import: brackets", size: 5_000, prepare: |size| repeated!("[", size, tried) },
    Case {
        name: "import: indentation",
        size: 50,
        prepare: |size| {
            let text = (0..size).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<Vec<_>>().concat();
            Box::new(move || tried(&text))
        },
    },
    // recorded requests
    Case {
        name: "collection: requests",
        size: 500,
        prepare: |size| {
            let text = format!(
                r#"{{"info":{{"schema":"x"}},"variable":[{}],"item":[{}]}}"#,
                listed(size, r#"{"key":"v@","value":"{{v@}}"}"#, ","),
                listed(size, r#"{"request":{"method":"GET","url":"{{v1}}/a@"}}"#, ",")
            );
            Box::new(move || recorded(&text))
        },
    },
    Case {
        name: "collection: variables in variables",
        size: 100,
        prepare: |size| {
            let variables = (0..size)
                .map(|number| {
                    format!(r#"{{"key":"v{number}","value":"{{{{v{}}}}}{{{{v{}}}}}"}}"#, number + 1, number + 1)
                })
                .collect::<Vec<_>>()
                .join(",");
            let text = format!(
                r#"{{"info":{{"schema":"x"}},"variable":[{variables}],"item":[{{"request":{{"method":"GET","url":"{{{{v0}}}}/a"}}}}]}}"#
            );
            Box::new(move || recorded(&text))
        },
    },
    Case { name: "log: quotes", size: 20_000, prepare: |size| repeated!("\" \\\"[", size, log_entries) },
    Case { name: "code: comments", size: 3_000, prepare: |size| repeated!("/*", size, source_code) },
    Case { name: "code: quotes", size: 3_000, prepare: |size| repeated!("\"'`", size, source_code) },
    Case { name: "code: templates", size: 3_000, prepare: |size| repeated!("`${", size, source_code) },
    Case { name: "code: raw strings", size: 3_000, prepare: |size| repeated!("r#\"<<A\"\"\"", size, source_code) },
    Case {
        name: "code: paths",
        size: 1_000,
        prepare: |size| repeated!("fetch(\"/a/b\", {method: ", size, source_code),
    },
    Case { name: "code: chains", size: 1_000, prepare: |size| repeated!(".get(\"/a\")\n", size, source_code) },
    Case {
        name: "code: one call",
        size: 1_000,
        prepare: |size| {
            let text = format!("fetch({}\"/a\", x)", "(".repeat(size));
            Box::new(move || source_code(&text))
        },
    },
];

/// The processor time of this thread. The scheduler's own statistics are only brought up to date at ticks of a few
/// milliseconds, so a short work would seem to take no time.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let part = |value: i64| u64::try_from(value).unwrap_or_default();
    Duration::new(part(time.tv_sec), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The best of several times.
fn took(work: &mut Work, times: usize) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..times {
        let before = processor_time();
        work();
        best = best.min(processor_time().saturating_sub(before));
        if best > Duration::from_secs(1) {
            break;
        }
    }
    best
}

/// The best times of each size, and how many times as long the largest takes as the one before it. A ratio that is too
/// large is measured again: on a busy machine a single one says little.
fn measure(case: &Case) -> ([Duration; 3], f64) {
    let mut works = [1, 4, 16].map(|times| (case.prepare)(case.size * times));
    let mut best = [Duration::MAX; 3];
    let mut ratio = f64::MAX;
    for round in 0..4 {
        for (best, work) in best.iter_mut().zip(&mut works) {
            *best = (*best).min(took(work, 3));
        }
        let [_, four, sixteen] = best;
        ratio = sixteen.as_secs_f64() / four.as_secs_f64().max(1e-6);
        if ratio <= MOST_RATIO || sixteen < NOTICEABLE || (round > 0 && sixteen > Duration::from_secs(5)) {
            break;
        }
    }
    (best, ratio)
}

/// Prints a line of the report.
fn print(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |case: &&Case| wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part.as_str()));
    let (mut steep, mut empty) = (Vec::new(), Vec::new());
    for case in CASES.iter().filter(is_wanted) {
        let judged = || {
            let (times, ratio) = measure(case);
            let [_, _, sixteen] = times;
            let is_steep = ratio > MOST_RATIO && sixteen > NOTICEABLE;
            (times, ratio, is_steep, sixteen < MEASURABLE && !BOUNDED.contains(&case.name))
        };
        let mut attempt = judged();
        for _ in 1..ATTEMPTS {
            if attempt.2 {
                attempt = judged();
            }
        }
        let (times, ratio, is_steep, is_empty) = attempt;
        let [once, four, sixteen] = times.map(|time| time.as_secs_f64() * 1e3);
        let mark = match (is_steep, is_empty) {
            (true, _) => "  FAILED: grows faster than the input",
            (_, true) => "  FAILED: measures nothing",
            _ => "",
        };
        print(&format!("{:<44} {once:>9.2} {four:>9.2} {sixteen:>9.2} ms  x{ratio:.1}{mark}", case.name));
        if is_steep {
            steep.push(case.name);
        }
        if is_empty {
            empty.push(case.name);
        }
    }
    for (what, names) in [("work grows faster than its input", &steep), ("nothing is measured", &empty)] {
        if !names.is_empty() {
            print(&format!("{what}: {}", names.join("; ")));
        }
    }
    if steep.is_empty() && empty.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
