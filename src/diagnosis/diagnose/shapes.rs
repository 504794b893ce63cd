//! Answers in the shapes of real servers, each with its cause: `shapes.txt`.

use jiff::Timestamp;

use super::super::{Answer, Credentials, read_captures};
use super::*;

const SHAPES: &str = include_str!("shapes.txt");

fn lists(sets: &[ScopeSet]) -> String {
    let mut lists: Vec<String> = sets.iter().map(ToString::to_string).collect();
    lists.sort();
    lists.join(" | ")
}

#[test]
fn every_shape_has_its_cause_its_scopes_and_its_confidence() {
    let mut wrong = Vec::new();
    let shapes = SHAPES.split("\n=== ").skip(1);
    for shape in shapes.clone() {
        let mut parts = shape.splitn(3, '\n');
        let (name, expected, answer) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let captures = read_captures(answer.trim_end_matches('\n').as_bytes(), None).unwrap();
        let [capture] = captures.as_slice() else { panic!("{name} is {} answers", captures.len()) };
        assert!(matches!(capture.credentials, Credentials::Unknown), "{name}");
        let found = diagnose(&Case {
            answer: Answer { status: capture.status, headers: &capture.headers, body: &capture.body },
            api: None,
            endpoint: None,
            sent: Sent::Unknown,
            now: Timestamp::UNIX_EPOCH,
        });
        let said = format!("{} {} {}", found.cause.as_str(), found.confidence.as_str(), lists(&found.missing));
        if said.trim_end() != expected {
            let rule = found.rule.unwrap_or_default();
            wrong.push(format!("{name}: expected `{expected}`, found `{}` by `{rule}`", said.trim_end()));
        }
    }
    assert!(wrong.is_empty() && shapes.count() > 150, "{}", wrong.join("\n"));
}
