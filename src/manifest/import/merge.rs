//! Writes an import into a manifest, new or not: what a person wrote stays, and every change is told.

mod lines;

use std::collections::{HashMap, HashSet};
use std::fmt;

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use self::lines::{
    about, canonical, endpoint_line, has_comment, replace, require, required, scope_line, shape_of, words,
};

use super::{Import, ImportedApi, ImportedEndpoint, ImportedScope};
use crate::manifest::ListMeaning;
use crate::text::visible;

/// A manifest that an import goes into, and the name of its API there.
#[derive(Clone, Debug)]
pub struct Target {
    document: DocumentMut,
    name: String,
}

/// What may happen to lines that are there already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policy {
    /// Takes what the source requires where a line requires something else.
    pub update: bool,
    /// Removes lines that the source no longer has.
    pub prune: bool,
}

/// What an import did to a manifest, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The name of the API.
    pub api: String,
    /// What kind of change.
    pub kind: ChangeKind,
    /// The endpoint, scope or key.
    pub what: String,
    /// What the manifest had, in words.
    pub was: Option<String>,
    /// What the source has, in words.
    pub now: Option<String>,
    /// What the source had when it was imported last, in words, where that is known and something else.
    pub last: Option<String>,
}

/// The kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A line that was not there.
    Added,
    /// A line that now says what the source says.
    Updated,
    /// A line that says something else than the source, and stays.
    Kept,
    /// Both the line and the source have changed since the last import, in different ways: the line stays.
    Conflict,
    /// A line that the source does not have, and that stays.
    Gone,
    /// A line that the source does not have, and that was removed.
    Removed,
}

impl ChangeKind {
    /// `added`, `updated`, `kept`, `conflict`, `gone` or `removed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Kept => "kept",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::Removed => "removed",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl Target {
    /// The manifest's text, empty for a new one, and the name that the API has or shall have.
    ///
    /// # Errors
    /// When the text is no TOML: what is wrong, as a sentence.
    pub fn new(manifest: &str, name: &str) -> Result<Self, String> {
        let document = manifest.parse::<DocumentMut>().map_err(|error| error.message().trim().to_owned())?;
        Ok(Self { document, name: name.to_owned() })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.document.get("api")?.get(&self.name)?.get(key)?.as_str()
    }

    /// The reading that an earlier import recorded.
    #[must_use]
    pub fn reading(&self) -> Option<ListMeaning> {
        self.text("reading").and_then(ListMeaning::parse)
    }

    /// The base URL that the API has.
    #[must_use]
    pub fn base_url(&self) -> Option<&str> {
        self.text("base_url")
    }

    /// Writes the import into the manifest. `source` is named in a comment above an API that is new. `last`: the same
    /// source as it was imported last, where that is known.
    ///
    /// A line stays as it is unless the policy says otherwise, and one that carries a comment stays in any case: it has
    /// its reason. Where it is known what the source said last time, only lines that still say this are changed, and
    /// what was written or left out by hand stays so.
    pub fn merge(&mut self, import: &Import, last: Option<&Import>, source: &str, policy: Policy) -> Vec<Change> {
        let mut changes = Vec::new();
        for (index, api) in import.apis.iter().enumerate() {
            let name = if index == 0 { self.name.clone() } else { self.name_of_part(&api.base_url) };
            let same = |last: &Import| {
                let first = last.apis.first().filter(|_| index == 0);
                last.apis.iter().find(|known| known.base_url == api.base_url).or(first).cloned()
            };
            let last = last.map(|last| Last::of(same(last)));
            let part = Part { name: &name, api, last: last.as_ref(), policy };
            self.api(&part, import, source, &mut changes);
        }
        changes
    }

    /// The manifest's text.
    #[must_use]
    pub fn manifest(&self) -> String {
        self.document.to_string()
    }

    /// The name of the API with this base URL: the one that is there, or one from the first word of the host.
    fn name_of_part(&self, base_url: &str) -> String {
        let apis = self.document.get("api").and_then(Item::as_table_like);
        let prefix = format!("{}-", self.name);
        let known = apis.into_iter().flat_map(TableLike::iter).find(|(name, api)| {
            name.starts_with(&prefix) && api.get("base_url").and_then(Item::as_str) == Some(base_url)
        });
        if let Some((name, _)) = known {
            return name.to_owned();
        }
        let after = |url: &str| url.split_once("://").map_or(String::new(), |(_, after)| after.to_owned());
        let (host, path) = after(base_url)
            .split_once('/')
            .map_or((after(base_url), String::new()), |(host, path)| (host.to_owned(), path.to_owned()));
        let own = self.base_url().map(after).unwrap_or_default();
        let words = if own.split('/').next() == Some(host.as_str()) { path } else { host };
        let word = words.split(['.', '/', ':']).find(|word| !word.is_empty()).unwrap_or("more");
        let name = format!("{prefix}{}", slug(word));
        let taken = |name: &str| apis.is_some_and(|apis| apis.contains_key(name));
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name)
    }

    fn api(&mut self, part: &Part<'_>, import: &Import, source: &str, changes: &mut Vec<Change>) {
        let Part { name, api, .. } = *part;
        let apis = self.document.entry("api").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(apis) = apis.as_table_like_mut() else { return };
        if !apis.contains_key(name) {
            let mut table = Table::new();
            let reading =
                format!("lists of several scopes are read as `{}`: {}", import.reading.reading, import.reading.reason);
            let comment = format!("# imported from `{source}` ({}); {reading}", import.format);
            let comment: String = visible(&comment).into_owned();
            table.decor_mut().set_prefix(format!("{}{comment}\n", if apis.is_empty() { "" } else { "\n" }));
            if import.ignore_case {
                table.insert("ignore_case", toml_edit::value(true));
            }
            apis.insert(name, Item::Table(table));
            changes.push(part.change(ChangeKind::Added, "[api]", [None, Some(api.base_url.clone()), None]));
        }
        let Some(table) = apis.get_mut(name).and_then(Item::as_table_like_mut) else { return };
        let reading = import.reading.reading.as_str();
        for (key, value) in [
            ("title", import.title.as_deref()),
            ("base_url", Some(api.base_url.as_str())),
            ("issuer", import.issuer.as_deref()),
            ("reading", Some(reading)),
        ] {
            let Some(value) = value else { continue };
            let was = table.get(key).and_then(Item::as_str).map(str::to_owned);
            match was {
                None => {
                    table.insert(key, toml_edit::value(value));
                }
                Some(was) if was != value && key != "title" => {
                    let kind = if key == "reading" { ChangeKind::Updated } else { ChangeKind::Kept };
                    changes.push(part.change(kind, key, [Some(was), Some(value.to_owned()), None]));
                    if kind == ChangeKind::Updated {
                        replace(table.get_mut(key), Value::from(value));
                    }
                }
                Some(_) => {}
            }
        }
        if let Some(scopes) = sub_table(table, "scopes") {
            part.scopes(scopes, changes);
        }
        if let Some(endpoints) = sub_table(table, "endpoints") {
            part.endpoints(endpoints, changes);
        }
    }
}

/// An API of an import, and the one of the manifest that it goes into.
struct Part<'i> {
    name: &'i str,
    api: &'i ImportedApi,
    last: Option<&'i Last>,
    policy: Policy,
}

/// What a source had when it was imported last.
struct Last {
    endpoints: HashMap<String, ImportedEndpoint>,
    scopes: HashMap<String, ImportedScope>,
}

impl Last {
    fn of(api: Option<ImportedApi>) -> Self {
        let (endpoints, scopes) = api.map_or_else(Default::default, |api| (api.endpoints, api.scopes));
        Self {
            endpoints: endpoints.into_iter().map(|endpoint| (key_of(&endpoint), endpoint)).collect(),
            scopes: scopes.into_iter().map(|scope| (scope.scope.to_string(), scope)).collect(),
        }
    }
}

/// What tells an endpoint from others, as [`shape_of`] does of a line.
fn key_of(endpoint: &ImportedEndpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.template.shape())
}

/// What the source said when it was imported last.
enum Before<T> {
    Unknown,
    /// That, or nothing.
    Said(Option<T>),
}

impl<T> Before<T> {
    fn said(self) -> Option<T> {
        match self {
            Self::Unknown => None,
            Self::Said(said) => said,
        }
    }
}

/// What becomes of a line, by what it says, what the source says, and what that said last time. `None`: nothing, and
/// there is nothing to be told. `may`: whether the line may be changed or removed.
fn fate<T: PartialEq>(line: Option<&T>, now: Option<&T>, last: &Before<T>, may: bool) -> Option<ChangeKind> {
    let changed = match (line.is_some(), now.is_some(), may) {
        _ if line == now => return None,
        (false, _, _) => ChangeKind::Added,
        (true, true, true) => ChangeKind::Updated,
        (true, true, false) => ChangeKind::Kept,
        (true, false, true) => ChangeKind::Removed,
        (true, false, false) => ChangeKind::Gone,
    };
    match last {
        Before::Unknown => Some(changed),
        Before::Said(last) if last.as_ref() == line => Some(changed),
        // by hand, and the source has not moved
        Before::Said(last) if last.as_ref() == now => (line.is_some() && now.is_some()).then_some(ChangeKind::Kept),
        Before::Said(_) => Some(ChangeKind::Conflict),
    }
}

impl Part<'_> {
    /// `said`: what the line, the source now and the source last time say.
    fn change(&self, kind: ChangeKind, what: &str, said: [Option<String>; 3]) -> Change {
        let [was, now, last] = said;
        let last = last.filter(|last| was.as_ref() != Some(last) && now.as_ref() != Some(last));
        Change { api: self.name.to_owned(), kind, what: what.to_owned(), was, now, last }
    }

    fn scopes(&self, scopes: &mut dyn TableLike, changes: &mut Vec<Change>) {
        for scope in &self.api.scopes {
            let name = scope.scope.as_str();
            let line = Item::Value(scope_line(scope));
            let was = scopes.get(name).map(|line| about(line).unwrap_or_default());
            let now = about(&line);
            let last = self.last.map_or(Before::Unknown, |last| {
                Before::Said(last.scopes.get(name).and_then(|scope| about(&Item::Value(scope_line(scope)))))
            });
            let may = self.policy.update && !has_comment(scopes, name);
            let Some(kind) = fate(was.as_ref(), now.as_ref(), &last, may) else { continue };
            match kind {
                ChangeKind::Added => {
                    scopes.insert(name, line);
                    changes.push(self.change(kind, name, [None, None, None]));
                }
                // what a scope is worth is the manifest's to say, unless it says what the source said
                _ if matches!(last, Before::Unknown) => {}
                _ => {
                    changes.push(self.change(kind, name, [was, now, last.said()]));
                    if kind == ChangeKind::Updated {
                        scopes.insert(name, line);
                    }
                }
            }
        }
    }

    fn endpoints(&self, endpoints: &mut dyn TableLike, changes: &mut Vec<Change>) {
        let last = |shape: &str| {
            self.last.map_or(Before::Unknown, |last| {
                Before::Said(last.endpoints.get(shape).map(|endpoint| Some(canonical(&endpoint.alternatives))))
            })
        };
        let in_words = |last: Before<Option<Vec<_>>>| last.said().flatten().map(|alternatives| words(&alternatives));
        let known: HashMap<String, String> = endpoints.iter().map(|(key, _)| (shape_of(key), key.to_owned())).collect();
        let mut seen = HashSet::new();
        for endpoint in &self.api.endpoints {
            let shape = key_of(endpoint);
            let key = known.get(&shape);
            let line = key.map(|key| endpoints.get(key).and_then(required).map(|line| canonical(&line)));
            let now = Some(canonical(&endpoint.alternatives));
            let last = last(&shape);
            seen.extend(key);
            let may = self.policy.update && key.is_some_and(|key| !has_comment(endpoints, key));
            let kind = fate(line.as_ref(), Some(&now), &last, may);
            let Some(kind) = kind else { continue };
            let was = line.map(|line| line.map_or_else(|| "something unreadable".to_owned(), |line| words(&line)));
            let name = key.cloned().unwrap_or_else(|| endpoint.to_string());
            let said = [was, Some(words(&endpoint.alternatives)), in_words(last)];
            changes.push(self.change(kind, &name, said));
            match kind {
                ChangeKind::Added => {
                    endpoints.insert(&name, Item::Value(endpoint_line(endpoint)));
                }
                ChangeKind::Updated => require(endpoints.get_mut(&name), endpoint),
                _ => {}
            }
        }
        let mut gone: Vec<(&String, &String)> = known.iter().filter(|(_, key)| !seen.contains(key)).collect();
        gone.sort_by_key(|(_, key)| *key);
        for (shape, key) in gone {
            let line = endpoints.get(key).and_then(required).map(|line| canonical(&line));
            let last = last(shape);
            let may = self.policy.prune && !has_comment(endpoints, key);
            let kind = fate(Some(&line), None, &last, may);
            let Some(kind) = kind else { continue };
            changes.push(self.change(kind, key, [line.map(|line| words(&line)), None, in_words(last)]));
            if kind == ChangeKind::Removed {
                endpoints.remove(key);
            }
        }
    }
}

/// A name for an API: the words of a title in lower case, with hyphens.
#[must_use]
pub fn slug(title: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { ' ' };
    let words: String = title.chars().map(plain).collect();
    let ignored = |word: &&str| !matches!(*word, "api" | "the" | "rest" | "public");
    let words: Vec<&str> = words.split_whitespace().filter(ignored).take(4).collect();
    if words.is_empty() { "api".to_owned() } else { words.join("-") }
}

/// A table below a table, made where it is missing.
fn sub_table<'t>(table: &'t mut dyn TableLike, name: &str) -> Option<&'t mut dyn TableLike> {
    table.entry(name).or_insert_with(|| Item::Table(Table::new())).as_table_like_mut()
}

#[cfg(test)]
mod tests;
