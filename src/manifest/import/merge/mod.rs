//! Merges an import into a new or existing manifest: manual changes are kept, and every change is reported.

mod lines;

use std::collections::{HashMap, HashSet};
use std::fmt;

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use self::lines::{
    Entry, about, endpoint_line, entry, entry_of, has_comment, is_inferred, reading_inferred, replace, require,
    required, scope_line, shape_of,
};

use super::servers::is_placeholder;
use super::{Import, ImportedApi, ImportedEndpoint, ImportedScope};
use crate::manifest::ListMeaning;
use crate::text::visible;

/// A manifest to merge an import into, and the name of its API there.
#[derive(Clone, Debug)]
pub struct Target {
    document: DocumentMut,
    name: String,
}

/// What may happen to existing entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policy {
    /// Updates entries that differ from the source.
    pub update: bool,
    /// Removes entries that are no longer in the source.
    pub prune: bool,
}

/// A difference between a manifest and an import, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the API.
    pub api: String,
    /// Kind of the change.
    pub kind: ChangeKind,
    /// Endpoint, scope or key.
    pub what: String,
    /// Value in the manifest, in words.
    pub was: Option<String>,
    /// Value in the source, in words.
    pub now: Option<String>,
    /// Value in the source at the last import, in words, if known and different from both.
    pub last: Option<String>,
}

/// Kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// An entry was added.
    Added,
    /// An entry was updated from the source.
    Updated,
    /// An entry differs from the source and was kept.
    Kept,
    /// Both the entry and the source changed since the last import; the entry was kept.
    Conflict,
    /// An entry is not in the source and was kept.
    Stale,
    /// An entry is not in the source and was removed.
    Removed,
}

impl ChangeKind {
    /// Returns `added`, `updated`, `kept`, `conflict`, `stale` or `removed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Kept => "kept",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
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
    /// Creates a target from the manifest's text, empty for a new one, and the name of the API in it.
    ///
    /// # Errors
    /// Describes the syntax error if the text is not valid TOML.
    pub fn new(manifest: &str, name: &str) -> Result<Self, String> {
        let document = manifest.parse::<DocumentMut>().map_err(|error| error.message().trim().to_owned())?;
        Ok(Self { document, name: name.to_owned() })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.document.get("api")?.get(&self.name)?.get(key)?.as_str()
    }

    /// Returns the reading that the user chose for an earlier import; `None` if it was inferred, since each list is
    /// decided anew then.
    #[must_use]
    pub fn reading(&self) -> Option<ListMeaning> {
        let api = self.document.get("api")?.get(&self.name)?;
        if is_inferred(api.get("reading")?) {
            return None;
        }
        self.text("reading").and_then(ListMeaning::parse)
    }

    /// Returns the base URL of the API.
    #[must_use]
    pub fn base_url(&self) -> Option<&str> {
        self.text("base_url")
    }

    /// Merges the import into the manifest. `source` is named in a comment above a new API. `last` is the same source
    /// at the last import, if known.
    ///
    /// Entries are kept unless the policy says otherwise, and always if they have a comment, which is taken as a
    /// reason. If the last import is known, only entries that still match it are changed, so manual additions and
    /// removals are kept.
    pub fn merge(&mut self, import: &Import, last: Option<&Import>, source: &str, policy: Policy) -> Vec<Change> {
        let mut changes = Vec::new();
        for (index, api) in import.apis.iter().enumerate() {
            let name = if index == 0 { self.name.clone() } else { self.name_of_api(&api.base_url) };
            let same = |last: &Import| {
                let first = last.apis.first().filter(|_| index == 0);
                last.apis.iter().find(|known| known.base_url == api.base_url).or(first).cloned()
            };
            let last = last.map(|last| LastImport::of(same(last), last));
            let merge = ApiMerge { name: &name, api, last: last.as_ref(), policy };
            self.api(&merge, import, source, &mut changes);
        }
        self.gone(import, last, policy, &mut changes);
        changes
    }

    /// Adds the scopes and endpoints that the API in the manifest does not have. Nothing else is changed.
    pub fn add(&mut self, api: &ImportedApi) -> Vec<Change> {
        let merge = ApiMerge { name: &self.name, api, last: None, policy: Policy::default() };
        let mut changes = Vec::new();
        let apis = self.document.get_mut("api").and_then(Item::as_table_like_mut);
        let Some(table) = apis.and_then(|apis| apis.get_mut(merge.name)).and_then(Item::as_table_like_mut) else {
            return changes;
        };
        if let Some(scopes) = sub_table(table, "scopes") {
            merge.scopes(scopes, &mut changes);
        }
        if let Some(endpoints) = sub_table(table, "endpoints") {
            merge.endpoints(endpoints, &mut changes);
        }
        changes.retain(|change| change.kind == ChangeKind::Added);
        changes
    }

    /// Returns the manifest as TOML.
    #[must_use]
    pub fn manifest(&self) -> String {
        self.document.to_string()
    }

    /// Returns the name of the API with this base URL: an existing one, or one derived from the first word of the host.
    fn name_of_api(&self, base_url: &str) -> String {
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

    fn api(&mut self, merge: &ApiMerge<'_>, import: &Import, source: &str, changes: &mut Vec<Change>) {
        let ApiMerge { name, api, .. } = *merge;
        let apis = self.document.entry("api").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(apis) = apis.as_table_like_mut() else { return };
        if !apis.contains_key(name) {
            let mut table = Table::new();
            let reading =
                format!("lists of several scopes are read as `{}`: {}", import.reading.as_str(), import.reading.reason);
            let comment = format!("{IMPORTED} `{source}` ({}); {reading}", import.format);
            let comment: String = visible(&comment).into_owned();
            table.decor_mut().set_prefix(format!("{}{comment}\n", if apis.is_empty() { "" } else { "\n" }));
            if import.ignore_case {
                table.insert("ignore_case", toml_edit::value(true));
            }
            apis.insert(name, Item::Table(table));
            changes.push(merge.change(ChangeKind::Added, "[api]", [None, Some(api.base_url.clone()), None]));
        }
        let Some(table) = apis.get_mut(name).and_then(Item::as_table_like_mut) else { return };
        if let Some(title) = &import.title
            && !table.contains_key("title")
        {
            table.insert("title", toml_edit::value(title));
        }
        let at_last = |of: fn(&LastImport) -> Option<&str>| merge.last.and_then(of);
        for (key, now, last) in [
            ("base_url", Some(api.base_url.as_str()), at_last(|last| last.base_url.as_deref())),
            ("issuer", import.issuer.as_deref(), at_last(|last| last.issuer.as_deref())),
            ("audience", import.audience.as_deref(), at_last(|last| last.audience.as_deref())),
        ] {
            merge.text(table, key, now, last, changes);
        }
        merge.reading(table, import, changes);
        if let Some(scopes) = sub_table(table, "scopes") {
            merge.scopes(scopes, changes);
        }
        if let Some(endpoints) = sub_table(table, "endpoints") {
            merge.endpoints(endpoints, changes);
        }
        let needed = needed(table);
        if let Some(scopes) = sub_table(table, "scopes") {
            merge.stale_scopes(scopes, &needed, changes);
        }
    }

    /// Removes the APIs of servers that are no longer in the source, or reports them.
    fn gone(&mut self, import: &Import, last: Option<&Import>, policy: Policy, changes: &mut Vec<Change>) {
        let prefix = format!("{}-", self.name);
        let Some(apis) = self.document.get_mut("api").and_then(Item::as_table_like_mut) else { return };
        let is_described = |url: &str| import.apis.iter().any(|api| same_url(&api.base_url, url));
        let gone: Vec<(String, String)> = apis
            .iter()
            .filter(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(name, api)| Some((name.to_owned(), api.get("base_url")?.as_str()?.to_owned(), api)))
            .filter(|(_, url, api)| {
                let imported = api.as_table().and_then(|table| table.decor().prefix()?.as_str());
                let imported = imported.is_some_and(|comment| comment.contains(IMPORTED));
                let known = last.is_some_and(|last| last.apis.iter().any(|api| same_url(&api.base_url, url)));
                !is_described(url) && (known || (last.is_none() && imported))
            })
            .map(|(name, url, _)| (name, url))
            .collect();
        for (name, base_url) in gone {
            let api = ImportedApi { base_url: base_url.clone(), scopes: Vec::new(), endpoints: Vec::new() };
            let described = last.and_then(|last| last.apis.iter().find(|api| same_url(&api.base_url, &base_url)));
            let last = last.map(|last| LastImport::of(described.cloned(), last));
            let merge = ApiMerge { name: &name, api: &api, last: last.as_ref(), policy };
            let Some(table) = apis.get_mut(&name).and_then(Item::as_table_like_mut) else { continue };
            if let Some(endpoints) = sub_table(table, "endpoints") {
                merge.endpoints(endpoints, changes);
            }
            let is_empty =
                table.get("endpoints").and_then(Item::as_table_like).is_none_or(toml_edit::TableLike::is_empty);
            let kind = if policy.prune && is_empty { ChangeKind::Removed } else { ChangeKind::Stale };
            changes.push(merge.change(kind, "[api]", [Some(base_url), None, None]));
            if kind == ChangeKind::Removed {
                apis.remove(&name);
            }
        }
    }
}

/// Start of the comment above an imported API.
const IMPORTED: &str = "# imported from";

/// Whether two base URLs are the same.
fn same_url(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// Returns the scopes that an API of the manifest needs declared.
fn needed(table: &dyn TableLike) -> HashSet<String> {
    let sub = |name: &str| table.get(name).and_then(Item::as_table_like);
    let lines = sub("endpoints").into_iter().flat_map(TableLike::iter);
    let required = lines.filter_map(|(_, line)| required(line)).flatten().flatten().map(|scope| scope.to_string());
    let strings = |item: &Item| -> Vec<String> {
        let array = item.as_array().into_iter().flatten().filter_map(Value::as_str);
        array.chain(item.as_str().into_iter().flat_map(str::split_whitespace)).map(str::to_owned).collect()
    };
    let scopes = sub("scopes").into_iter().flat_map(TableLike::iter);
    let implied = scopes.filter_map(|(_, scope)| scope.as_table_like()?.get("implies")).flat_map(strings);
    let pinned = ["prefer", "avoid"].into_iter().filter_map(|key| table.get(key)).flat_map(strings);
    required.chain(implied).chain(pinned).collect()
}

/// An API of an import, to be merged into the API with this name in the manifest.
struct ApiMerge<'i> {
    name: &'i str,
    api: &'i ImportedApi,
    last: Option<&'i LastImport>,
    policy: Policy,
}

/// Contents of a source at its last import.
struct LastImport {
    base_url: Option<String>,
    issuer: Option<String>,
    audience: Option<String>,
    endpoints: HashMap<String, ImportedEndpoint>,
    scopes: HashMap<String, ImportedScope>,
}

impl LastImport {
    fn of(api: Option<ImportedApi>, import: &Import) -> Self {
        let base_url = api.as_ref().map(|api| api.base_url.clone());
        let (endpoints, scopes) = api.map_or_else(Default::default, |api| (api.endpoints, api.scopes));
        Self {
            base_url,
            issuer: import.issuer.clone(),
            audience: import.audience.clone(),
            endpoints: endpoints.into_iter().map(|endpoint| (key_of(&endpoint), endpoint)).collect(),
            scopes: scopes.into_iter().map(|scope| (scope.scope.to_string(), scope)).collect(),
        }
    }
}

/// Identity of an endpoint, as [`shape_of`] for an entry.
fn key_of(endpoint: &ImportedEndpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.template.shape())
}

/// Value in the source at the last import.
enum LastValue<T> {
    Unknown,
    /// The value, or none.
    Known(Option<T>),
}

impl<T> LastValue<T> {
    fn value(self) -> Option<T> {
        match self {
            Self::Unknown => None,
            Self::Known(value) => value,
        }
    }
}

/// Decides what happens to an entry, from its value, the source's, and the source's at the last import. `None` if there
/// is nothing to do or report. `may`: whether the entry may be changed or removed.
fn change_kind<T: PartialEq>(line: Option<&T>, now: Option<&T>, last: &LastValue<T>, may: bool) -> Option<ChangeKind> {
    let changed = match (line.is_some(), now.is_some(), may) {
        _ if line == now => return None,
        (false, _, _) => ChangeKind::Added,
        (true, true, true) => ChangeKind::Updated,
        (true, true, false) => ChangeKind::Kept,
        (true, false, true) => ChangeKind::Removed,
        (true, false, false) => ChangeKind::Stale,
    };
    match last {
        LastValue::Unknown => Some(changed),
        LastValue::Known(last) if last.as_ref() == line => Some(changed),
        // changed by hand while the source did not change
        LastValue::Known(last) if last.as_ref() == now => (line.is_some() && now.is_some()).then_some(ChangeKind::Kept),
        LastValue::Known(_) => Some(ChangeKind::Conflict),
    }
}

impl ApiMerge<'_> {
    /// `values`: those of the entry, the source now and the source at the last import.
    fn change(&self, kind: ChangeKind, what: &str, values: [Option<String>; 3]) -> Change {
        let [was, now, last] = values;
        let last = last.filter(|last| was.as_ref() != Some(last) && now.as_ref() != Some(last));
        Change { api: self.name.to_owned(), kind, what: what.to_owned(), was, now, last }
    }

    /// Merges the meaning of lists. An inferred one is marked, so that the next import decides again.
    fn reading(&self, table: &mut dyn TableLike, import: &Import, changes: &mut Vec<Change>) {
        let reading = &import.reading;
        let was = table.get("reading").and_then(Item::as_str).map(str::to_owned);
        let now = reading.reading.map(ListMeaning::as_str);
        if was.as_deref() == now {
            return;
        }
        if was.is_some() {
            let now = Some(reading.as_str().to_owned());
            changes.push(self.change(ChangeKind::Updated, "reading", [was, now, None]));
        }
        let Some(now) = now else {
            table.remove("reading");
            return;
        };
        let mut value = Value::from(now);
        if !reading.chosen {
            value.decor_mut().set_suffix(format!(" {}", reading_inferred(now)));
        }
        table.insert("reading", Item::Value(value));
    }

    /// Merges a key with a URL or name. It decides where tokens are sent, so it is only updated if the last import is
    /// known and nobody changed it since then.
    fn text(
        &self,
        table: &mut dyn TableLike,
        key: &str,
        now: Option<&str>,
        last: Option<&str>,
        changes: &mut Vec<Change>,
    ) {
        let Some(now) = now else { return };
        let Some(was) = table.get(key).and_then(Item::as_str).map(str::to_owned) else {
            table.insert(key, toml_edit::value(now));
            return;
        };
        if same_url(&was, now) || is_placeholder(now) {
            return;
        }
        let unchanged = last.is_some_and(|last| same_url(last, &was));
        let kind = match last {
            _ if unchanged && self.policy.update && !has_comment(table, key) => ChangeKind::Updated,
            Some(last) if !unchanged && !same_url(last, now) => ChangeKind::Conflict,
            _ => ChangeKind::Kept,
        };
        changes.push(self.change(kind, key, [Some(was), Some(now.to_owned()), last.map(str::to_owned)]));
        if kind == ChangeKind::Updated {
            replace(table.get_mut(key), Value::from(now));
        }
    }

    fn scopes(&self, scopes: &mut dyn TableLike, changes: &mut Vec<Change>) {
        for scope in &self.api.scopes {
            let name = scope.scope.as_str();
            let line = Item::Value(scope_line(scope));
            let was = scopes.get(name).map(|line| about(line).unwrap_or_default());
            let now = about(&line);
            let last = self.last.map_or(LastValue::Unknown, |last| {
                LastValue::Known(last.scopes.get(name).and_then(|scope| about(&Item::Value(scope_line(scope)))))
            });
            let may = self.policy.update && !has_comment(scopes, name);
            let Some(kind) = change_kind(was.as_ref(), now.as_ref(), &last, may) else { continue };
            match kind {
                ChangeKind::Added => {
                    scopes.insert(name, line);
                    changes.push(self.change(kind, name, [None, None, None]));
                }
                // the manifest decides about scopes, unless the entry still matches the last import
                _ if matches!(last, LastValue::Unknown) => {}
                _ => {
                    changes.push(self.change(kind, name, [was, now, last.value()]));
                    if kind == ChangeKind::Updated {
                        scopes.insert(name, line);
                    }
                }
            }
        }
    }

    /// Removes the scopes that are no longer in the source, or reports them. Scopes that nobody knows to be imported are
    /// left alone, since a manifest may declare its own.
    fn stale_scopes(&self, scopes: &mut dyn TableLike, needed: &HashSet<String>, changes: &mut Vec<Change>) {
        let Some(last) = self.last else { return };
        let described: HashSet<&str> = self.api.scopes.iter().map(|scope| scope.scope.as_str()).collect();
        let names: Vec<String> = scopes.iter().map(|(name, _)| name.to_owned()).collect();
        for name in names.iter().filter(|name| !described.contains(name.as_str())) {
            let Some(imported) = last.scopes.get(name) else { continue };
            let was = scopes.get(name).map(|line| about(line).unwrap_or_default());
            let last = LastValue::Known(Some(about(&Item::Value(scope_line(imported))).unwrap_or_default()));
            let may = self.policy.prune && !has_comment(scopes, name) && !needed.contains(name);
            let Some(kind) = change_kind(was.as_ref(), None, &last, may) else { continue };
            changes.push(self.change(kind, name, [was, None, last.value()]));
            if kind == ChangeKind::Removed {
                scopes.remove(name);
            }
        }
    }

    fn endpoints(&self, endpoints: &mut dyn TableLike, changes: &mut Vec<Change>) {
        let last = |shape: &str| {
            self.last.map_or(LastValue::Unknown, |last| {
                LastValue::Known(last.endpoints.get(shape).map(|endpoint| Some(entry_of(endpoint))))
            })
        };
        let in_words = |last: LastValue<Option<Entry>>| last.value().flatten().map(|entry| entry.words());
        let known: HashMap<String, String> = endpoints.iter().map(|(key, _)| (shape_of(key), key.to_owned())).collect();
        let mut seen = HashSet::new();
        for endpoint in &self.api.endpoints {
            let shape = key_of(endpoint);
            let key = known.get(&shape);
            let line = key.map(|key| endpoints.get(key).and_then(entry));
            let now = Some(entry_of(endpoint));
            let last = last(&shape);
            seen.extend(key);
            let may = self.policy.update && key.is_some_and(|key| !has_comment(endpoints, key));
            let kind = change_kind(line.as_ref(), Some(&now), &last, may);
            let Some(kind) = kind else { continue };
            let was = line.map(|line| line.map_or_else(|| "an invalid requirement".to_owned(), |line| line.words()));
            let name = key.cloned().unwrap_or_else(|| endpoint.to_string());
            let values = [was, now.map(|now| now.words()), in_words(last)];
            changes.push(self.change(kind, &name, values));
            match kind {
                ChangeKind::Added => {
                    endpoints.insert(&name, Item::Value(endpoint_line(endpoint)));
                }
                ChangeKind::Updated => require(endpoints.get_mut(&name), endpoint),
                _ => {}
            }
        }
        let mut stale: Vec<(&String, &String)> = known.iter().filter(|(_, key)| !seen.contains(key)).collect();
        stale.sort_by_key(|(_, key)| *key);
        for (shape, key) in stale {
            let line = endpoints.get(key).and_then(entry);
            let last = last(shape);
            let may = self.policy.prune && !has_comment(endpoints, key);
            let kind = change_kind(Some(&line), None, &last, may);
            let Some(kind) = kind else { continue };
            changes.push(self.change(kind, key, [line.map(|line| line.words()), None, in_words(last)]));
            if kind == ChangeKind::Removed {
                endpoints.remove(key);
            }
        }
    }
}

/// Derives the name of an API from a title: lower-case words joined by hyphens.
#[must_use]
pub fn slug(title: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { ' ' };
    let words: String = title.chars().map(plain).collect();
    let ignored = |word: &&str| !matches!(*word, "api" | "the" | "rest" | "public");
    let words: Vec<&str> = words.split_whitespace().filter(ignored).take(4).collect();
    if words.is_empty() { "api".to_owned() } else { words.join("-") }
}

/// Returns a table inside a table, created if missing.
fn sub_table<'t>(table: &'t mut dyn TableLike, name: &str) -> Option<&'t mut dyn TableLike> {
    table.entry(name).or_insert_with(|| Item::Table(Table::new())).as_table_like_mut()
}

#[cfg(test)]
mod tests;
