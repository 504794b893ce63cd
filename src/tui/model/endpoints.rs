//! Rows of the endpoints pane, with a filter and folding that stay fast with thousands of endpoints.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem::Finder;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::filter::Filter;
use super::state::Facts;
use crate::app::{Context, EndpointId};
use crate::text::visible;

/// Row of an endpoint.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Row {
    pub(in crate::tui) id: EndpointId,
    /// `GET    /orders`, prefixed with the name of the API if there are several; escaped.
    pub(in crate::tui) line: String,
    /// Byte index of the path within the line.
    pub(in crate::tui) path_at: usize,
}

impl Row {
    pub(in crate::tui) fn path(&self) -> &str {
        self.line.get(self.path_at..).unwrap_or_default()
    }
}

/// What a line of the pane shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Entry {
    /// Index of a row.
    Row(usize),
    /// Endpoints whose paths begin alike.
    Group {
        /// The common beginning, such as `/users`.
        prefix: String,
        count: usize,
        open: bool,
        /// Number of segments of the beginning.
        depth: usize,
    },
}

/// All rows.
pub(in crate::tui) struct Endpoints {
    pub(in crate::tui) rows: Vec<Row>,
    /// Indices of the rows that match the filter, the best match first.
    pub(in crate::tui) shown: Vec<usize>,
    /// Lines of the pane: the shown rows, in groups if they are folded.
    pub(in crate::tui) entries: Vec<Entry>,
    pub(in crate::tui) marked: BTreeSet<EndpointId>,
    /// Columns of the longest line.
    pub(in crate::tui) longest: usize,
    /// The rows are grouped by their paths.
    pub(in crate::tui) grouped: bool,
    open: BTreeSet<String>,
    filter: Filter,
    /// Lower case lines, for the filter.
    lower: OnceCell<Vec<String>>,
    matcher: Matcher,
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
                let method = format!("{:<6} ", endpoint.method);
                let method = if apis.len() > 1 { format!("{:width$}  {method}", api.name) } else { method };
                let mut line = visible(&method).into_owned();
                let path_at = line.len();
                line.push_str(&visible(&endpoint.template.to_string()));
                Some(Row { id, line, path_at })
            })
            .collect();
        let mut endpoints = Self {
            longest: rows.iter().map(|row| row.line.len()).max().unwrap_or_default(),
            shown: (0..rows.len()).collect(),
            rows,
            entries: Vec::new(),
            marked: BTreeSet::new(),
            grouped: false,
            open: BTreeSet::new(),
            filter: Filter::default(),
            lower: OnceCell::new(),
            matcher: Matcher::new(Config::DEFAULT.match_paths()),
        };
        endpoints.arrange();
        endpoints
    }

    /// Groups the rows as others were.
    pub(in crate::tui) fn grouped_like(self, other: Self) -> Self {
        Self { grouped: other.grouped, open: other.open, ..self }
    }

    /// Applies a filter. Rows that contain its words come first, the shortest before the others; only if there are none,
    /// rows that contain its characters in order.
    pub(in crate::tui) fn filter(&mut self, text: &str, facts: &Facts<'_>) {
        self.filter = Filter::parse(text);
        let filter = &self.filter;
        let rows = &self.rows;
        let admits = |index: &usize| rows.get(*index).is_some_and(|row| filter.admits(facts, row.id));
        if filter.words.is_empty() {
            self.shown = (0..rows.len()).filter(admits).collect();
            return self.arrange();
        }
        let lower = self.lower.get_or_init(|| rows.iter().map(|row| row.line.to_lowercase()).collect());
        // words first: most rows fail there, and scopes take longer
        let words: Vec<Finder<'_>> = filter.words.iter().map(|word| Finder::new(word.as_str())).collect();
        let has_all = |line: &String| words.iter().all(|word| word.find(line.as_bytes()).is_some());
        let matches = lower.iter().enumerate().filter(|(_, line)| has_all(line)).map(|(index, _)| index);
        let mut exact: Vec<usize> = matches.filter(admits).collect();
        if exact.is_empty() {
            let pattern =
                Pattern::new(&filter.words.join(" "), CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
            let mut buffer = Vec::new();
            let mut found: Vec<(Reverse<u32>, usize)> = (0..rows.len())
                .filter(admits)
                .filter_map(|index| {
                    let line = Utf32Str::new(&rows.get(index)?.line, &mut buffer);
                    Some((Reverse(pattern.score(line, &mut self.matcher)?), index))
                })
                .collect();
            found.sort_unstable();
            self.shown = found.into_iter().map(|(_, index)| index).collect();
        } else {
            exact.sort_unstable_by_key(|index| (rows.get(*index).map(|row| row.line.len()), *index));
            self.shown = exact;
        }
        self.arrange();
    }

    /// Arranges the shown rows in lines.
    fn arrange(&mut self) {
        self.entries = Vec::new();
        if self.grouped {
            let shown = std::mem::take(&mut self.shown);
            self.group(&shown, "", 1);
            self.shown = shown;
        } else {
            self.entries.extend(self.shown.iter().map(|index| Entry::Row(*index)));
        }
    }

    /// Groups rows by the first segments of their paths. A group of one row is the row.
    fn group(&mut self, rows: &[usize], above: &str, depth: usize) {
        let mut order: Vec<(String, Vec<usize>)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for index in rows {
            let path = self.rows.get(*index).map(Row::path).unwrap_or_default();
            let prefix = beginning(path, depth).to_owned();
            let place = *places.entry(prefix.clone()).or_insert_with(|| {
                order.push((prefix, Vec::new()));
                order.len() - 1
            });
            if let Some((_, members)) = order.get_mut(place) {
                members.push(*index);
            }
        }
        for (prefix, members) in order {
            // a path that ends here is a group of its own only together with longer ones
            if members.len() == 1 || prefix == above {
                self.entries.extend(members.iter().map(|index| Entry::Row(*index)));
                continue;
            }
            let open = self.open.contains(&prefix);
            self.entries.push(Entry::Group { prefix: prefix.clone(), count: members.len(), open, depth });
            if open {
                self.group(&members, &prefix, depth + 1);
            }
        }
    }

    /// Groups the rows by their paths, or not.
    pub(in crate::tui) fn toggle_groups(&mut self) {
        self.grouped = !self.grouped;
        self.arrange();
    }

    /// Opens or closes a group.
    pub(in crate::tui) fn set_open(&mut self, prefix: &str, open: bool) {
        if open {
            self.open.insert(prefix.to_owned());
        } else {
            self.open.remove(prefix);
        }
        self.arrange();
    }

    /// Returns the place of the closed group or row that shows an endpoint; `None` if the filter hides it.
    pub(in crate::tui) fn place_of(&self, id: EndpointId) -> Option<usize> {
        let index = self.shown.iter().copied().find(|index| self.rows.get(*index).is_some_and(|row| row.id == id))?;
        let path = self.rows.get(index).map(Row::path).unwrap_or_default();
        let exact = self.entries.iter().position(|entry| *entry == Entry::Row(index));
        exact.or_else(|| {
            let holds = |entry: &Entry| match entry {
                Entry::Group { prefix, open: false, depth, .. } => beginning(path, *depth) == prefix,
                _ => false,
            };
            self.entries.iter().position(holds)
        })
    }

    /// Returns the columns of a line that match the filter.
    pub(in crate::tui) fn matched_columns(&self, line: &str, matcher: &mut Matcher) -> Vec<usize> {
        if self.filter.words.is_empty() {
            return Vec::new();
        }
        if let Some(columns) = self.filter.columns(line) {
            return columns;
        }
        let words = self.filter.words.join(" ");
        let pattern = Pattern::new(&words, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        let (mut buffer, mut columns) = (Vec::new(), Vec::new());
        pattern.indices(Utf32Str::new(line, &mut buffer), matcher, &mut columns);
        columns.into_iter().filter_map(|column| usize::try_from(column).ok()).collect()
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

/// Returns the first segments of a path.
fn beginning(path: &str, segments: usize) -> &str {
    let end = path.match_indices('/').nth(segments).map_or(path.len(), |(at, _)| at);
    path.get(..end).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn endpoints(paths: &[&str]) -> (Context, Endpoints) {
        let mut manifest = String::from("[api.a]\nbase_url = \"https://a.test\"\n[api.a.scopes]\n");
        manifest.push_str("low = { risk = \"low\" }\nhigh = { risk = \"high\" }\n[api.a.endpoints]\n");
        for path in paths {
            let scope = if path.starts_with("DELETE") { "high" } else { "low" };
            manifest.push_str(&format!("\"{path}\" = \"{scope}\"\n"));
        }
        let context = Context::from_source("a", &manifest).unwrap();
        let endpoints = Endpoints::new(&context);
        (context, endpoints)
    }

    fn shown(paths: &[&str], filter: &str) -> Vec<String> {
        let (context, mut endpoints) = endpoints(paths);
        endpoints.filter(filter, &Facts::new(&context, None, Timestamp::UNIX_EPOCH));
        let lines = endpoints.shown.iter().map(|index| endpoints.rows[*index].line.clone());
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn exact_matches_come_before_fuzzy_ones_and_short_ones_first() {
        let paths = ["GET /users/{id}/mailbox", "GET /mail", "GET /me/a/i/l", "DELETE /mail/{id}"];
        for (filter, expected) in [
            ("mail", &["GET /mail", "DELETE /mail/{id}", "GET /users/{id}/mailbox"][..]),
            ("USERS mail", &["GET /users/{id}/mailbox"]),
            ("usrmbx", &["GET /users/{id}/mailbox"]),
            ("method:delete", &["DELETE /mail/{id}"]),
            ("scope:hi mail", &["DELETE /mail/{id}"]),
            ("risk:low users", &["GET /users/{id}/mailbox"]),
            ("risk:critical", &[]),
            ("+", &[]),
        ] {
            assert_eq!(shown(&paths, filter), expected, "{filter}");
        }
    }

    #[test]
    fn rows_are_grouped_by_path_and_groups_open() {
        let (_, mut endpoints) =
            endpoints(&["GET /users", "GET /users/{id}", "GET /users/{id}/mail", "GET /users/{id}/files", "GET /me"]);
        let lines = |endpoints: &Endpoints| -> Vec<String> {
            let line = |entry: &Entry| match entry {
                Entry::Row(index) => endpoints.rows[*index].path().to_owned(),
                Entry::Group { prefix, count, open, .. } => format!("{prefix} {count} {open}"),
            };
            endpoints.entries.iter().map(line).collect()
        };
        endpoints.toggle_groups();
        assert_eq!(lines(&endpoints), ["/users 4 false", "/me"]);
        endpoints.set_open("/users", true);
        assert_eq!(lines(&endpoints), ["/users 4 true", "/users", "/users/{id} 3 false", "/me"]);
        endpoints.set_open("/users/{id}", true);
        let open = [
            "/users 4 true",
            "/users",
            "/users/{id} 3 true",
            "/users/{id}",
            "/users/{id}/mail",
            "/users/{id}/files",
            "/me",
        ];
        assert_eq!(lines(&endpoints), open);
        let id = endpoints.rows[3].id;
        assert_eq!(endpoints.place_of(id), Some(5));
        endpoints.set_open("/users", false);
        assert_eq!(endpoints.place_of(id), Some(0));
    }
}
