//! Rows of the endpoints pane, with a fuzzy filter that stays fast with thousands of endpoints.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32String};

use crate::app::{CheckOutcome, Context, EndpointId, LoadedToken, check};
use crate::text::visible;

/// Whether the token allows an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum RowState {
    Allowed,
    Missing,
    /// No token.
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

/// Row of an endpoint.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Row {
    pub(in crate::tui) id: EndpointId,
    /// `GET    /orders`, prefixed with the name of the API if there are several; escaped.
    pub(in crate::tui) line: Utf32String,
    pub(in crate::tui) state: RowState,
}

/// All rows.
pub(in crate::tui) struct Endpoints {
    pub(in crate::tui) rows: Vec<Row>,
    /// Indices of the rows that match the filter, the best match first.
    pub(in crate::tui) shown: Vec<usize>,
    pub(in crate::tui) marked: BTreeSet<EndpointId>,
    filter: String,
    matcher: Matcher,
}

fn pattern(filter: &str) -> Pattern {
    Pattern::new(filter, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy)
}

impl Endpoints {
    pub(in crate::tui) fn new(context: &Context) -> Self {
        let apis = context.manifest().map(|manifest| manifest.apis.as_slice()).unwrap_or_default();
        let width = apis.iter().map(|api| api.name.len()).max().unwrap_or_default();
        let rows: Vec<Row> = context
            .endpoints()
            .into_iter()
            .filter_map(|id| {
                let (api, endpoint) = context.endpoint(id)?;
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

    /// Applies a fuzzy filter. A filter that extends the previous one only searches the previous matches.
    pub(in crate::tui) fn filter(&mut self, filter: &str) {
        let extends = !self.filter.is_empty() && filter.starts_with(&self.filter);
        filter.clone_into(&mut self.filter);
        if filter.trim().is_empty() {
            self.shown = (0..self.rows.len()).collect();
            return;
        }
        let candidates = if extends { std::mem::take(&mut self.shown) } else { (0..self.rows.len()).collect() };
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

    /// Returns the position of an endpoint among the rows that match.
    pub(in crate::tui) fn place_of(&self, id: EndpointId) -> Option<usize> {
        self.shown.iter().position(|index| self.rows.get(*index).is_some_and(|row| row.id == id))
    }

    /// Returns the columns of a row that match the filter.
    pub(in crate::tui) fn matched_columns(&self, row: &Row, matcher: &mut Matcher) -> Vec<u32> {
        let mut columns = Vec::new();
        if !self.filter.trim().is_empty() {
            pattern(&self.filter).indices(row.line.slice(..), matcher, &mut columns);
        }
        columns
    }

    /// Compares the token with every endpoint.
    pub(in crate::tui) fn compare_all(&mut self, context: &Context, token: Option<&LoadedToken>, now: Timestamp) {
        for row in &mut self.rows {
            let outcome = token.and_then(|token| check(context, token, row.id, now)).map(|check| check.outcome);
            row.state = match outcome {
                Some(CheckOutcome::Allowed) => RowState::Allowed,
                Some(CheckOutcome::Missing | CheckOutcome::Unusable(_)) => RowState::Missing,
                Some(CheckOutcome::Unknown(_)) | None => RowState::Unknown,
            };
        }
    }

    /// Marks or unmarks an endpoint for the next token.
    pub(in crate::tui) fn toggle(&mut self, id: EndpointId) {
        if !self.marked.remove(&id) {
            self.marked.insert(id);
        }
    }

    /// Marks all rows that match the filter; if any are marked, unmarks all.
    pub(in crate::tui) fn toggle_all(&mut self) {
        if self.marked.is_empty() {
            self.marked = self.shown.iter().filter_map(|index| self.rows.get(*index)).map(|row| row.id).collect();
        } else {
            self.marked.clear();
        }
    }
}
