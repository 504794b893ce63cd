//! Entries of a manifest, as an import reads and writes them.

use toml_edit::{Array, InlineTable, Item, TableLike, Value};

use crate::manifest::Template;
use crate::manifest::import::{ImportedEndpoint, ImportedScope};
use crate::scope::{Requirement, Scope, ScopeSet};

/// Comment after a risk that was inferred.
const INFERRED: &str = "# risk inferred";

/// Returns the comment after a reading that was inferred. It names the reading, so that one that was edited counts as the
/// user's choice.
pub(super) fn reading_inferred(reading: &str) -> String {
    format!("# inferred: {reading}")
}

/// Whether a reading was inferred by an import.
pub(super) fn is_inferred(item: &Item) -> bool {
    let Some(Value::String(reading)) = item.as_value() else { return false };
    let suffix = reading.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default();
    suffix.trim() == reading_inferred(reading.value())
}

/// Replaces a value and keeps the white space and comments around it.
pub(super) fn replace(item: Option<&mut Item>, mut value: Value) {
    let Some(item) = item else { return };
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

/// Whether an entry has a comment above it or at its end.
pub(super) fn has_comment(table: &dyn TableLike, key: &str) -> bool {
    let above = table.key(key).and_then(|key| key.leaf_decor().prefix()?.as_str()).unwrap_or_default();
    let behind = table.get(key).and_then(|item| item.as_value()?.decor().suffix()?.as_str()).unwrap_or_default();
    above.contains('#') || (behind.contains('#') && behind.trim() != INFERRED)
}

/// Replaces the requirement of an entry and keeps its other members.
pub(super) fn require(item: Option<&mut Item>, endpoint: &ImportedEndpoint) {
    let Some(item) = item else { return };
    let (key, value) = requirement(&endpoint.alternatives);
    let kept = |table: &dyn TableLike| table.get("summary").and_then(Item::as_str).map(str::to_owned);
    let Some(table) = item.as_table_like_mut() else {
        return replace(Some(item), endpoint_line(endpoint));
    };
    let is_same_form = table.contains_key(key) && table.contains_key("optional") == endpoint.optional;
    if is_same_form {
        return replace(table.get_mut(key), value);
    }
    let summary = kept(table);
    let line = endpoint_line(&ImportedEndpoint { summary, ..endpoint.clone() });
    if item.is_value() { replace(Some(item), line) } else { *item = Item::Value(line) }
}

/// Identity of an endpoint by its key; the key itself if it is not a valid endpoint.
pub(super) fn shape_of(key: &str) -> String {
    let parsed = key.split_once(' ').and_then(|(method, path)| Some((method, Template::parse(path).ok()?)));
    parsed.map_or_else(|| key.to_owned(), |(method, template)| format!("{method} {}", template.shape()))
}

/// `{ description = "Read orders", risk = "low" } # risk inferred`
pub(super) fn scope_line(scope: &ImportedScope) -> Value {
    let mut table = InlineTable::new();
    if let Some(description) = &scope.description {
        table.insert("description", description.as_str().into());
    }
    if let Some(risk) = scope.risk {
        table.insert("risk", risk.as_str().into());
    }
    if !scope.implies.is_empty() {
        table.insert("implies", scope.implies.iter().map(Scope::as_str).collect::<Array>().into());
    }
    let mut value = Value::InlineTable(table);
    if scope.inferred && scope.risk.is_some() {
        value.decor_mut().set_suffix(format!(" {INFERRED}"));
    }
    value
}

/// `"a"`, `["a", "b"]`, `{ any_of = ["a", ["b", "c"]], summary = "…" }`
pub(super) fn endpoint_line(endpoint: &ImportedEndpoint) -> Value {
    let (key, value) = requirement(&endpoint.alternatives);
    if key == "all_of" && endpoint.summary.is_none() && !endpoint.optional {
        return value;
    }
    let mut table = InlineTable::new();
    table.insert(key, value);
    if endpoint.optional {
        table.insert("optional", true.into());
    }
    if let Some(summary) = &endpoint.summary {
        table.insert("summary", summary.as_str().into());
    }
    Value::InlineTable(table)
}

/// Returns key and value for alternatives.
fn requirement(alternatives: &[ScopeSet]) -> (&'static str, Value) {
    let set = |set: &ScopeSet| match set.iter().next() {
        Some(only) if set.len() == 1 => Value::from(only.as_str()),
        _ => Value::Array(set.iter().map(Scope::as_str).collect()),
    };
    match alternatives {
        [only] => ("all_of", set(only)),
        several => ("any_of", Value::Array(several.iter().map(set).collect())),
    }
}

/// Returns a scope's risk, implications and description, in words.
pub(super) fn about(item: &Item) -> Option<String> {
    let table = item.as_table_like()?;
    let text = |name| table.get(name).and_then(Item::as_str).unwrap_or_default();
    let implied = table.get("implies").and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_str);
    let implied: Vec<&str> = implied.collect();
    let parts = [text("risk").to_owned(), implied.join(" "), text("description").to_owned()];
    let parts = ["risk", "implies", "description"].into_iter().zip(parts).filter(|(_, text)| !text.is_empty());
    Some(parts.map(|(name, text)| format!("{name} {text}")).collect::<Vec<_>>().join("; "))
}

/// Returns the alternatives of an entry; `None` if it is not valid.
pub(super) fn required(item: &Item) -> Option<Vec<ScopeSet>> {
    let set = |value: &Value| match value {
        Value::String(scope) => ScopeSet::parse(scope.value()).ok(),
        Value::Array(scopes) => scopes.iter().map(|scope| Scope::parse(scope.as_str()?).ok()).collect(),
        _ => None,
    };
    if let Some(table) = item.as_table_like() {
        let any = table.get("any_of").and_then(Item::as_array);
        return match any {
            Some(alternatives) => alternatives.iter().map(set).collect(),
            None => Some(vec![set(table.get("all_of")?.as_value()?)?]),
        };
    }
    Some(vec![set(item.as_value()?)?])
}

/// What an entry says about an endpoint: alternatives in canonical order, and whether a token is optional.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    alternatives: Vec<ScopeSet>,
    optional: bool,
}

impl Entry {
    /// Returns the requirement in words.
    pub(super) fn words(&self) -> String {
        let requirement = Requirement::any_of(self.alternatives.clone());
        let words = requirement.map_or_else(String::new, |requirement| requirement.to_string());
        if self.optional { format!("{words}, or no token") } else { words }
    }
}

/// Returns what an entry of the manifest says; `None` if it is not valid.
pub(super) fn entry(item: &Item) -> Option<Entry> {
    let optional = item.as_table_like().and_then(|table| table.get("optional")?.as_bool());
    Some(Entry { alternatives: canonical(&required(item)?), optional: optional.unwrap_or_default() })
}

/// Returns what an endpoint of the source says.
pub(super) fn entry_of(endpoint: &ImportedEndpoint) -> Entry {
    Entry { alternatives: canonical(&endpoint.alternatives), optional: endpoint.optional }
}

/// Returns the alternatives in canonical order.
fn canonical(alternatives: &[ScopeSet]) -> Vec<ScopeSet> {
    let requirement = Requirement::any_of(alternatives.to_vec());
    let mut canonical = requirement.map(|requirement| requirement.alternatives().to_vec()).unwrap_or_default();
    canonical.sort();
    canonical
}
