//! Responses as real servers send them, each with its cause: `shapes.txt`.

use jiff::Timestamp;

use super::super::{Credentials, Request, Response, Sent, read_captures};
use super::*;

const SHAPES: &str = include_str!("shapes.txt");

fn lists(sets: &[ScopeSet]) -> String {
    let mut lists: Vec<String> = sets.iter().map(ToString::to_string).collect();
    lists.sort();
    lists.join(" | ")
}

#[test]
fn every_shape_has_its_cause_scopes_and_confidence() {
    let mut wrong = Vec::new();
    let shapes = SHAPES.split("\n=== ").skip(1);
    for shape in shapes.clone() {
        let mut parts = shape.splitn(3, '\n');
        let (name, expected, response) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let captures = read_captures(response.trim_end_matches('\n').as_bytes(), None).unwrap();
        let [capture] = captures.as_slice() else { panic!("{name} has {} responses", captures.len()) };
        assert!(matches!(capture.credentials, Credentials::Unknown), "{name}");
        let found = diagnose(&Case {
            response: Response { status: capture.status, headers: &capture.headers, body: &capture.body },
            api: None,
            endpoint: None,
            request: Request::default(),
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        let actual = format!("{} {} {}", found.cause.as_str(), found.confidence.as_str(), lists(&found.missing));
        if actual.trim_end() != expected {
            let rule = found.rule;
            wrong.push(format!("{name}: expected `{expected}`, found `{}` by `{rule}`", actual.trim_end()));
        }
    }
    assert!(wrong.is_empty() && shapes.count() > 150, "{}", wrong.join("\n"));
}
