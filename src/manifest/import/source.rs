//! What every format is read into, before lists of scopes are given a meaning.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::ListMeaning;
use crate::scope::Risk;

/// The most alternatives of one operation, and the most scopes of one list: real descriptions have up to 191 and 34.
pub(super) const MOST_ALTERNATIVES: usize = 500;

/// A description as it was read.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Such as `OpenAPI 3.0.3`.
    pub(super) format: String,
    pub(super) title: Option<String>,
    /// Where its tokens come from, if it says so.
    pub(super) issuer: Option<String>,
    /// What the paths are relative to, as it was written; empty when nothing was.
    pub(super) server: String,
    /// Whether paths that differ only by case are the same.
    pub(super) ignore_case: bool,
    /// Every scope that it declares.
    pub(super) catalogue: Vec<SourceScope>,
    pub(super) operations: Vec<Operation>,
    /// What the format itself says of lists, with the reason; lists are all-of then, and an any-of is several lists.
    pub(super) fixed: Option<(ListMeaning, &'static str)>,
    pub(super) notes: Notes,
    /// What was left out, with the reason.
    pub(super) skipped: Vec<(String, String)>,
}

/// A declared scope.
#[derive(Debug, Default)]
pub(super) struct SourceScope {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) deprecated: bool,
    /// Where the source itself grades it.
    pub(super) risk: Option<Risk>,
    pub(super) implies: Vec<String>,
}

/// An operation.
#[derive(Debug)]
pub(super) struct Operation {
    /// In upper case.
    pub(super) method: String,
    pub(super) path: String,
    /// What the path is relative to, where that is not the description's own server.
    pub(super) server: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) security: Security,
    /// A second way to reach an operation that was counted already.
    pub(super) again: bool,
}

impl Operation {
    /// `GET /orders/{id}`
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What an operation requires.
#[derive(Debug, Default)]
pub(super) struct Security {
    /// One of these; each with a list of scopes for every scheme that it names. No alternative: nothing is required.
    pub(super) alternatives: Vec<Vec<Vec<String>>>,
    /// Whether it is the description's own, which the operation inherits.
    pub(super) inherited: bool,
    /// Whether the source names a scope, be it one that stands for none.
    pub(super) named: bool,
}

impl Security {
    /// Alternatives of one list each.
    pub(super) fn any_of(lists: Vec<Vec<String>>) -> Self {
        let named = lists.iter().any(|list| !list.is_empty());
        Self { alternatives: lists.into_iter().map(|list| vec![list]).collect(), inherited: false, named }
    }

    /// Every list that names a scope.
    pub(super) fn lists(&self) -> impl Iterator<Item = &Vec<String>> {
        self.alternatives.iter().flatten().filter(|list| !list.is_empty())
    }
}

/// Findings that are the same thing in many operations: each is said once, with their number and some examples.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: Vec<Note>,
    index: HashMap<(&'static str, String), usize>,
}

#[derive(Debug)]
struct Note {
    code: &'static Code,
    what: String,
    help: Option<&'static str>,
    operations: usize,
    examples: Vec<String>,
    /// The operation that it was about last: each counts once.
    last: String,
}

/// How many examples a finding names.
const EXAMPLES: usize = 3;

impl Notes {
    /// Something about the whole description.
    pub(super) fn add(&mut self, code: &'static Code, what: impl Into<String>, help: Option<&'static str>) {
        self.note(code, what.into(), help);
    }

    /// Something about an operation.
    pub(super) fn of(&mut self, code: &'static Code, what: impl Into<String>, operation: &str) {
        let note = self.note(code, what.into(), None);
        if note.last == operation {
            return;
        }
        note.operations += 1;
        operation.clone_into(&mut note.last);
        if note.examples.len() < EXAMPLES {
            note.examples.push(operation.to_owned());
        }
    }

    fn note(&mut self, code: &'static Code, what: String, help: Option<&'static str>) -> &mut Note {
        let index = *self.index.entry((code.name, what.clone())).or_insert(self.notes.len());
        if index == self.notes.len() {
            self.notes.push(Note { code, what, help, operations: 0, examples: Vec::new(), last: String::new() });
        }
        // the index was either found or has just been filled
        #[expect(clippy::indexing_slicing, reason = "every index in the table is that of a note")]
        &mut self.notes[index]
    }

    /// The findings, the worst first and otherwise in the order in which they were made.
    pub(super) fn findings(self) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> = self.notes.into_iter().map(Note::finding).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
        findings
    }
}

impl Note {
    fn finding(self) -> Diagnostic {
        let examples: Vec<String> = self.examples.iter().map(|example| format!("`{example}`")).collect();
        let message = match self.operations {
            0 => self.what,
            1 => format!("{}: {}", self.what, examples.join("")),
            several => format!("{}: {several} operations, such as {}", self.what, examples.join(", ")),
        };
        let finding = Diagnostic::new(self.code, message);
        self.help.into_iter().fold(finding, Diagnostic::help)
    }
}
