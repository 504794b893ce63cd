//! The tables in `docs/why.md` are those of the rules.

#![cfg(test)]

use std::fmt::Write as _;
use std::path::Path;

use super::catalogue::catalogue;
use super::decision;
use crate::manifest::{Cause, ErrorRule, Tier};

/// The rules as a table.
fn rules() -> String {
    let mut table = "| rule | cause | source |\n|---|---|---|\n".to_owned();
    for rule in &catalogue().rules {
        let _ = writeln!(table, "| `{}` | {} | {} |", rule.name, causes(rule), source(rule));
    }
    table
}

fn causes(rule: &ErrorRule) -> String {
    let names: Vec<&str> = rule.causes.iter().map(|cause| cause.as_str()).collect();
    match names.as_slice() {
        [first, others @ ..] if !others.is_empty() => format!("{first} ({})", others.join(", ")),
        names => names.join(""),
    }
}

fn source(rule: &ErrorRule) -> String {
    match (&rule.source, rule.tier) {
        (Some(source), _) => source.clone(),
        (None, Tier::Prose) => "wording in common use".to_owned(),
        (None, _) => "code in common use".to_owned(),
    }
}

/// The decisions as a table.
fn decisions() -> String {
    let mut table = "| row | for | concludes | source |\n|---|---|---|---|\n".to_owned();
    for [name, response, conclusion, source] in decision::rows() {
        let _ = writeln!(table, "| `{name}` | {response} | {conclusion} | {source} |");
    }
    table
}

/// Replaces the text between the two marks of a table.
fn replaced(document: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = document.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{table}{end}{after}")
}

#[test]
fn the_documentation_lists_every_rule_decision_and_cause() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/why.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let current = replaced(&replaced(&document, "decisions", &decisions()), "rules", &rules());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &current).unwrap();
    } else {
        assert!(document == current, "docs/why.md is stale: run UPDATE_DOCS=1 cargo test --lib documentation");
    }
    for cause in Cause::ALL {
        assert!(document.contains(&format!("| `{}` | ", cause.as_str())), "{}", cause.as_str());
    }
}
