//! What users paste, each with its cause: `pasted.txt`.

use jiff::Timestamp;

use super::super::{Request, Response, Sent, read_captures};
use super::*;

const PASTED: &str = include_str!("pasted.txt");

#[test]
fn every_pasted_text_has_its_cause_status_and_scopes() {
    let mut wrong = Vec::new();
    let texts = PASTED.split("\n=== ").skip(1);
    for pasted in texts.clone() {
        let parts: Vec<&str> = pasted.splitn(4, '\n').collect();
        let [name, source, expected, text] = parts.as_slice() else { panic!("{pasted} is not complete") };
        assert!(!source.is_empty(), "{name} has no source");
        let captures = read_captures(text.trim_end_matches('\n').as_bytes(), None);
        let Some(capture) = captures.ok().and_then(|captures| captures.into_iter().next()) else {
            wrong.push(format!("{name}: not read"));
            continue;
        };
        let found = diagnose(&Case {
            response: Response { status: capture.status, headers: &capture.headers, body: &capture.body },
            api: None,
            endpoint: None,
            request: Request { ..capture.request() },
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        let mut missing: Vec<String> = found.missing.iter().map(ToString::to_string).collect();
        missing.sort();
        let actual = format!("{} {} {}", found.cause.as_str(), capture.status, missing.join(" | "));
        if actual.trim_end() != *expected {
            let rule = found.rule;
            wrong.push(format!("{name}: expected `{expected}`, found `{}` by `{rule}`", actual.trim_end()));
        }
    }
    assert!(wrong.is_empty() && texts.count() > 80, "{}", wrong.join("\n"));
}
