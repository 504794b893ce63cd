//! The endpoints with their marks, and the filter that is fast with 11,000 of them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};

use crate::text::visible;
use crate::workspace::{EndpointId, HeldToken, Outcome, Workspace};

/// The state of an endpoint's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum RowState {
    Allowed,
    Missing,
    /// There is no token, or nothing can be said about it.
    Unknown,
}

impl RowState {
    pub(in crate::tui) fn symbol(self) -> &'static str {
        match self {
            Self::Allowed => "+",
            Self::Missing => "!",
            Self::Unknown => " ",
        }
    }
}

/// An endpoint's line.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Row {
    pub(in crate::tui) id: EndpointId,
    /// `GET    /orders`, behind the API's name when there are several APIs; escaped already.
    pub(in crate::tui) line: Utf32String,
    pub(in crate::tui) state: RowState,
}

/// All of them.
pub(in crate::tui) struct Endpoints {
    pub(in crate::tui) rows: Vec<Row>,
    /// Indices of the rows that the filter lets through, the best first.
    pub(in crate::tui) shown: Vec<usize>,
    pub(in crate::tui) marked: BTreeSet<EndpointId>,
    filter: String,
    matcher: Matcher,
}

fn pattern(filter: &str) -> Pattern {
    Pattern::new(filter, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy)
}

impl Endpoints {
    pub(in crate::tui) fn new(workspace: &Workspace) -> Self {
        let apis = workspace.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let width = apis.iter().map(|api| api.name.len()).max().unwrap_or_default();
        let rows: Vec<Row> = workspace
            .endpoints()
            .into_iter()
            .filter_map(|id| {
                let (api, endpoint) = workspace.endpoint(id)?;
                let name = format!("{:<6} {}", endpoint.method, endpoint.template);
                let name = if apis.len() > 1 { format!("{:width$}  {name}", api.name) } else { name };
                Some(Row { id, line: Utf32String::from(&*visible(&name)), state: RowState::Unknown })
            })
            .collect();
        Self {
            shown: (0..rows.len()).collect(),
            rows,
            marked: BTreeSet::new(),
            filter: String::new(),
            matcher: Matcher::new(Config::DEFAULT.match_paths()),
        }
    }

    /// Lets through what a fuzzy filter finds. A filter that goes on from the last one only looks at what that found.
    pub(in crate::tui) fn filter(&mut self, filter: &str) {
        let goes_on = !self.filter.is_empty() && filter.starts_with(&self.filter);
        filter.clone_into(&mut self.filter);
        if filter.trim().is_empty() {
            self.shown = (0..self.rows.len()).collect();
            return;
        }
        let candidates = if goes_on { std::mem::take(&mut self.shown) } else { (0..self.rows.len()).collect() };
        let pattern = pattern(filter);
        let mut found: Vec<(Reverse<u32>, usize)> = candidates
            .into_iter()
            .filter_map(|index| {
                let row = self.rows.get(index)?;
                Some((Reverse(pattern.score(row.line.slice(..), &mut self.matcher)?), index))
            })
            .collect();
        found.sort_unstable();
        self.shown = found.into_iter().map(|(_, index)| index).collect();
    }

    /// Where an endpoint stands among those that are shown.
    pub(in crate::tui) fn place_of(&self, id: EndpointId) -> Option<usize> {
        self.shown.iter().position(|index| self.rows.get(*index).is_some_and(|row| row.id == id))
    }

    /// The columns of a row that the filter found.
    pub(in crate::tui) fn found_in(&self, row: &Row, matcher: &mut Matcher) -> Vec<u32> {
        let mut columns = Vec::new();
        if !self.filter.trim().is_empty() {
            pattern(&self.filter).indices(row.line.slice(..), matcher, &mut columns);
        }
        columns
    }

    /// Marks each row by what the token may do there.
    pub(in crate::tui) fn compare_all(&mut self, workspace: &Workspace, token: Option<&HeldToken>, now: Timestamp) {
        for row in &mut self.rows {
            let outcome = token.and_then(|token| workspace.check(token, row.id, now)).map(|check| check.outcome);
            row.state = match outcome {
                Some(Outcome::Allowed) => RowState::Allowed,
                Some(Outcome::Missing | Outcome::Unusable(_)) => RowState::Missing,
                None => RowState::Unknown,
            };
        }
    }

    /// Marks or unmarks one endpoint for the next token.
    pub(in crate::tui) fn toggle(&mut self, id: EndpointId) {
        if !self.marked.remove(&id) {
            self.marked.insert(id);
        }
    }

    /// Marks all that are shown, or unmarks all when there are marks.
    pub(in crate::tui) fn toggle_all(&mut self) {
        if self.marked.is_empty() {
            self.marked = self.shown.iter().filter_map(|index| self.rows.get(*index)).map(|row| row.id).collect();
        } else {
            self.marked.clear();
        }
    }
}
