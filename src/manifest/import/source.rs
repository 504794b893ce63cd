//! Common representation of all formats, before lists of scopes are interpreted.

use std::collections::HashMap;
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic};
use crate::manifest::ListMeaning;
use crate::scope::Risk;

/// Maximum number of alternatives of an operation, and of scopes in a list: real descriptions have up to 191 and 34.
pub(super) const MAX_ALTERNATIVES: usize = 500;

/// A parsed API description.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Such as `OpenAPI 3.0.3`.
    pub(super) format: String,
    pub(super) title: Option<String>,
    /// Issuer of its tokens, if known.
    pub(super) issuer: Option<String>,
    /// Audience of its tokens, if the description names exactly one.
    pub(super) audience: Option<String>,
    /// Server URL as written; empty if there is none.
    pub(super) server: String,
    /// Base URLs of all of its servers.
    pub(super) servers: Vec<String>,
    /// Whether paths are matched without regard to case.
    pub(super) ignore_case: bool,
    /// Declared scopes.
    pub(super) catalogue: Vec<SourceScope>,
    pub(super) operations: Vec<Operation>,
    /// Meaning of lists if the format defines it, with the reason. Lists then require all scopes, and alternatives are
    /// separate lists.
    pub(super) fixed: Option<(ListMeaning, &'static str)>,
    /// Meaning that the program which wrote the description always gives to lists, and its name.
    pub(super) habit: Option<(ListMeaning, &'static str)>,
    pub(super) notes: Notes,
    /// Skipped operations, with the reason.
    pub(super) skipped: Vec<(String, String)>,
}

/// A declared scope.
#[derive(Debug, Default)]
pub(super) struct SourceScope {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) deprecated: bool,
    /// Risk, if the source declares one.
    pub(super) risk: Option<Risk>,
    pub(super) implies: Vec<String>,
}

/// An operation.
#[derive(Debug)]
pub(super) struct Operation {
    /// Method, in upper case.
    pub(super) method: String,
    pub(super) path: String,
    /// Server, if it is not the description's own.
    pub(super) server: Option<String>,
    pub(super) summary: Option<String>,
    /// Text for people, which may say how the list of scopes is meant.
    pub(super) prose: Option<Rc<str>>,
    pub(super) security: Security,
    /// Whether it is another URL of an operation that is already counted.
    pub(super) duplicate: bool,
}

impl Operation {
    /// `GET /orders/{id}`
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Security requirement of an operation.
#[derive(Debug, Default)]
pub(super) struct Security {
    /// Alternatives, each with a list of scopes per scheme. Empty: nothing is required.
    pub(super) alternatives: Vec<Vec<ScopeList>>,
    /// Whether the operation inherits it from the description.
    pub(super) inherited: bool,
    /// Whether the source names a scope, even one that means no scope.
    pub(super) named: bool,
    /// Whether the call also works without a token (`{}` among the alternatives).
    pub(super) optional: bool,
    /// Whether a valid token is needed even if no scope is.
    pub(super) any_token: bool,
    /// Whether every alternative needs a credential other than a token.
    pub(super) other_credential: bool,
}

/// The scopes that a security requirement lists for one scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ScopeList {
    pub(super) scopes: Vec<String>,
    /// Meaning that the scheme gives to its lists.
    pub(super) habit: Option<ListMeaning>,
    /// What the list means: alternatives, one of which is sufficient. Filled in by [`super::list_meaning::choose`].
    pub(super) sets: Vec<Vec<String>>,
}

impl ScopeList {
    pub(super) fn new(scopes: Vec<String>) -> Self {
        Self { scopes, ..Self::default() }
    }
}

impl Security {
    /// Creates alternatives of one list each.
    pub(super) fn any_of(lists: Vec<Vec<String>>) -> Self {
        let named = lists.iter().any(|list| !list.is_empty());
        let alternatives = lists.into_iter().map(|list| vec![ScopeList::new(list)]).collect();
        Self { alternatives, named, ..Self::default() }
    }

    /// Decides what the first list means: these alternatives.
    pub(super) fn with_sets(mut self, sets: Vec<Vec<String>>) -> Self {
        if let Some(list) = self.alternatives.first_mut().and_then(|lists| lists.first_mut()) {
            list.sets = sets;
        }
        self
    }

    /// Combines two requirements, both of which must be satisfied.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.named |= other.named;
        self.optional &= other.optional;
        if self.alternatives.is_empty() {
            self.alternatives.clone_from(&other.alternatives);
        } else if !other.alternatives.is_empty() {
            let pairs =
                self.alternatives.iter().flat_map(|one| other.alternatives.iter().map(move |other| (one, other)));
            // one more than the limit is enough to be rejected
            let pairs = pairs.take(MAX_ALTERNATIVES + 1);
            self.alternatives = pairs.map(|(one, other)| one.iter().chain(other).cloned().collect()).collect();
        }
        self
    }

    /// Returns the lists that have a scope.
    pub(super) fn lists(&self) -> impl Iterator<Item = &ScopeList> {
        self.alternatives.iter().flatten().filter(|list| !list.scopes.is_empty())
    }
}

/// Findings grouped over operations: each is reported once, with the number of operations and some examples.
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
    /// Last operation recorded: each counts once.
    last: String,
}

/// Number of examples in a finding.
const EXAMPLES: usize = 3;

impl Notes {
    /// Adds a finding about the whole description.
    pub(super) fn add(&mut self, code: &'static Code, what: impl Into<String>, help: Option<&'static str>) {
        self.note(code, what.into(), help);
    }

    /// Adds a finding about an operation.
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
        // the index was either found or just added
        #[expect(clippy::indexing_slicing, reason = "every index in the table refers to a note")]
        &mut self.notes[index]
    }

    /// Returns the findings, the most severe first and otherwise in order of creation.
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
