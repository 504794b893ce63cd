//! Writes an import into a manifest, new or not: what a person wrote stays, and every change is told.

use std::collections::{HashMap, HashSet};
use std::fmt;

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::reading::Reading;
use super::{Import, ImportedApi, ImportedEndpoint, ImportedScope};
use crate::scope::{Requirement, ScopeSet};
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
    /// A line that the source does not have, and that stays.
    Gone,
    /// A line that the source does not have, and that was removed.
    Removed,
}

impl ChangeKind {
    /// `added`, `updated`, `kept`, `gone` or `removed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Kept => "kept",
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
    pub fn reading(&self) -> Option<Reading> {
        self.text("reading").and_then(Reading::parse)
    }

    /// The base URL that the API has.
    #[must_use]
    pub fn base_url(&self) -> Option<&str> {
        self.text("base_url")
    }

    /// Writes the import into the manifest. `source` is named in a comment above an API that is new.
    ///
    /// A line stays as it is unless the policy says otherwise, and one that carries a comment stays in any case: it has
    /// its reason.
    pub fn merge(&mut self, import: &Import, source: &str, policy: Policy) -> Vec<Change> {
        let mut changes = Vec::new();
        for (index, api) in import.apis.iter().enumerate() {
            let name = if index == 0 { self.name.clone() } else { self.name_of_part(&api.base_url) };
            self.api(&name, api, import, source, policy, &mut changes);
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

    fn api(
        &mut self,
        name: &str,
        api: &ImportedApi,
        import: &Import,
        source: &str,
        policy: Policy,
        changes: &mut Vec<Change>,
    ) {
        let apis = self.document.entry("api").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(apis) = apis.as_table_like_mut() else { return };
        let change = |kind, what: &str, was: Option<String>, now: Option<String>| Change {
            api: name.to_owned(),
            kind,
            what: what.to_owned(),
            was,
            now,
        };
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
            changes.push(change(ChangeKind::Added, "[api]", None, Some(api.base_url.clone())));
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
                    changes.push(change(kind, key, Some(was), Some(value.to_owned())));
                    if kind == ChangeKind::Updated {
                        replace(table.get_mut(key), Value::from(value));
                    }
                }
                Some(_) => {}
            }
        }
        if let Some(scopes) = sub_table(table, "scopes") {
            for scope in &api.scopes {
                if !scopes.contains_key(scope.scope.as_str()) {
                    scopes.insert(scope.scope.as_str(), Item::Value(scope_line(scope)));
                    changes.push(change(ChangeKind::Added, scope.scope.as_str(), None, None));
                }
            }
        }
        let Some(endpoints) = sub_table(table, "endpoints") else { return };
        let mut known: HashMap<String, String> = HashMap::new();
        for (key, _) in endpoints.iter() {
            known.insert(shape_of(key), key.to_owned());
        }
        let mut seen = HashSet::new();
        for endpoint in &api.endpoints {
            let shape = format!("{} {}", endpoint.method, endpoint.template.shape());
            let now = words(&endpoint.alternatives);
            let Some(key) = known.get(&shape) else {
                endpoints.insert(&endpoint.to_string(), Item::Value(endpoint_line(endpoint)));
                changes.push(change(ChangeKind::Added, &endpoint.to_string(), None, Some(now)));
                continue;
            };
            seen.insert(key.clone());
            let was = endpoints.get(key).and_then(required);
            if was.as_deref().map(canonical) == Some(canonical(&endpoint.alternatives)) {
                continue;
            }
            let kind =
                if policy.update && !has_comment(endpoints, key) { ChangeKind::Updated } else { ChangeKind::Kept };
            let was = was.map_or_else(|| "something unreadable".to_owned(), |was| words(&was));
            changes.push(change(kind, key, Some(was), Some(now)));
            if kind == ChangeKind::Updated {
                replace(endpoints.get_mut(key), endpoint_line(endpoint));
            }
        }
        let mut gone: Vec<String> = known.into_values().filter(|key| !seen.contains(key)).collect();
        gone.sort();
        for key in gone {
            let kind =
                if policy.prune && !has_comment(endpoints, &key) { ChangeKind::Removed } else { ChangeKind::Gone };
            changes.push(change(kind, &key, endpoints.get(&key).and_then(required).map(|was| words(&was)), None));
            if kind == ChangeKind::Removed {
                endpoints.remove(&key);
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

/// Puts a value in place of another, whose surroundings stay.
fn replace(item: Option<&mut Item>, mut value: Value) {
    let Some(item) = item else { return };
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

/// Whether a comment stands above a line or at its end.
fn has_comment(table: &dyn TableLike, key: &str) -> bool {
    let above = table.key(key).and_then(|key| key.leaf_decor().prefix()?.as_str()).unwrap_or_default();
    let behind = table.get(key).and_then(|item| item.as_value()?.decor().suffix()?.as_str()).unwrap_or_default();
    above.contains('#') || behind.contains('#')
}

/// What tells the endpoint of a key from others; the key itself when it is no endpoint.
fn shape_of(key: &str) -> String {
    let parsed = key.split_once(' ').and_then(|(method, path)| Some((method, super::Template::parse(path).ok()?)));
    parsed.map_or_else(|| key.to_owned(), |(method, template)| format!("{method} {}", template.shape()))
}

/// `{ description = "Read orders", risk = "low" } # risk inferred`
fn scope_line(scope: &ImportedScope) -> Value {
    let mut table = InlineTable::new();
    if let Some(description) = &scope.description {
        table.insert("description", description.as_str().into());
    }
    if let Some(risk) = scope.risk {
        table.insert("risk", risk.as_str().into());
    }
    if !scope.implies.is_empty() {
        table.insert("implies", scope.implies.iter().map(crate::scope::Scope::as_str).collect::<Array>().into());
    }
    let mut value = Value::InlineTable(table);
    if scope.inferred && scope.risk.is_some() {
        value.decor_mut().set_suffix(" # risk inferred");
    }
    value
}

/// `"a"`, `["a", "b"]`, `{ any_of = ["a", ["b", "c"]], summary = "…" }`
fn endpoint_line(endpoint: &ImportedEndpoint) -> Value {
    let set = |set: &ScopeSet| match set.iter().next() {
        Some(only) if set.len() == 1 => Value::from(only.as_str()),
        _ => Value::Array(set.iter().map(crate::scope::Scope::as_str).collect()),
    };
    let (key, value) = match endpoint.alternatives.as_slice() {
        [only] => ("all_of", set(only)),
        several => ("any_of", Value::Array(several.iter().map(set).collect())),
    };
    if key == "all_of" && endpoint.summary.is_none() {
        return value;
    }
    let mut table = InlineTable::new();
    table.insert(key, value);
    if let Some(summary) = &endpoint.summary {
        table.insert("summary", summary.as_str().into());
    }
    Value::InlineTable(table)
}

/// The alternatives that a line requires; `None` when it is no such line.
fn required(item: &Item) -> Option<Vec<ScopeSet>> {
    let set = |value: &Value| match value {
        Value::String(scope) => ScopeSet::parse(scope.value()).ok(),
        Value::Array(scopes) => scopes.iter().map(|scope| crate::scope::Scope::parse(scope.as_str()?).ok()).collect(),
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

/// The alternatives as a requirement, whatever their order.
fn canonical(alternatives: &[ScopeSet]) -> Vec<ScopeSet> {
    let requirement = Requirement::any_of(alternatives.to_vec());
    let mut canonical = requirement.map(|requirement| requirement.alternatives().to_vec()).unwrap_or_default();
    canonical.sort();
    canonical
}

/// The alternatives in words.
fn words(alternatives: &[ScopeSet]) -> String {
    Requirement::any_of(alternatives.to_vec()).map_or_else(String::new, |requirement| requirement.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::import::{Options, import};

    fn description(paths: &str) -> Import {
        let source =
            format!("openapi: 3.1.0\ninfo: {{title: T}}\nservers: [{{url: 'https://a.test'}}]\npaths:\n{paths}");
        import("api.yaml", source.as_bytes(), &Options::default(), &mut |_| Err(String::new())).unwrap()
    }

    fn merged(manifest: &str, paths: &str, policy: Policy) -> (String, String) {
        let mut target = Target::new(manifest, "t").unwrap();
        let changes = target.merge(&description(paths), "api.yaml", policy);
        let shown: Vec<String> = changes.iter().map(|change| format!("{} {}", change.kind, change.what)).collect();
        (target.manifest(), shown.join("; "))
    }

    const BOTH: Policy = Policy { update: true, prune: true };

    #[test]
    fn what_a_person_wrote_stays() {
        let (first, said) = merged(
            "",
            "  /x: {get: {summary: X, x-scopes: [x:read]}}\n  /y: {get: {x-scopes: [x:read]}}\n  /z: {get: {}}",
            Policy::default(),
        );
        assert_eq!(said, "added [api]; added x:read; added GET /x; added GET /y; added GET /z");
        assert!(first.starts_with("# imported from `api.yaml` (OpenAPI 3.1.0)"), "{first}");
        assert!(first.contains("\"x:read\" = { risk = \"low\" } # risk inferred\n"), "{first}");
        assert!(
            first.contains("\"GET /x\" = { all_of = \"x:read\", summary = \"X\" }\n\"GET /y\" = \"x:read\"\n"),
            "{first}"
        );
        assert!(crate::manifest::parse(&first).manifest.is_some());
        // by hand: a risk, a requirement with its reason, an endpoint, another one, a comment
        let edited = first
            .replace("{ risk = \"low\" } # risk inferred", "{ risk = \"high\" } # sensitive here")
            .replace("\"GET /y\" = \"x:read\"", "# see ticket 7\n\"GET /y\" = []")
            .replace("\"GET /z\" = []", "\"GET /z\" = \"x:read\"\n\"GET /mine\" = []")
            + "\n[client.dev]\nissuer = \"https://login.test\"\nclient_id = \"dev\"\n";
        let now = "  /x: {get: {summary: X, x-scopes: [x:all]}}\n  /y: {get: {x-scopes: [x:read]}}\n  /z: {get: {}}\n  /new: {get: {}}";
        let (kept, said) = merged(&edited, now, Policy::default());
        assert_eq!(said, "added x:all; kept GET /x; kept GET /y; kept GET /z; added GET /new; gone GET /mine");
        for line in ["# sensitive here", "# see ticket 7\n\"GET /y\" = []", "\"GET /z\" = \"x:read\"", "[client.dev]"] {
            assert!(kept.contains(line), "{line}: {kept}");
        }
        let (updated, said) = merged(&edited, now, BOTH);
        assert_eq!(said, "added x:all; updated GET /x; kept GET /y; updated GET /z; added GET /new; removed GET /mine");
        assert!(updated.contains("\"GET /x\" = { all_of = \"x:all\", summary = \"X\" }"), "{updated}");
        assert!(updated.contains("# see ticket 7\n\"GET /y\" = []\n\"GET /z\" = []\n"), "{updated}");
        assert!(crate::manifest::parse(&updated).manifest.is_some());
        // the same once more changes nothing but what was kept
        assert_eq!(merged(&updated, now, BOTH), (updated.clone(), "kept GET /y".to_owned()));
    }

    #[test]
    fn a_renamed_parameter_and_another_order_are_no_change() {
        let manifest = "[api.t]\nbase_url = \"https://mine.test\"\nreading = \"all\"\n[api.t.scopes]\na = {}\nb = {}\n\
                        [api.t.endpoints]\n\"GET /x/{key}\" = { any_of = [\"b\", \"a\"] }\n";
        let paths = "  /x/{id}: {get: {x-cfPermissionsRequired: {enum: [a, b]}}}";
        let (after, said) = merged(manifest, paths, BOTH);
        assert_eq!(said, "kept base_url");
        assert_eq!(after, manifest.replace("reading = \"all\"\n", "reading = \"all\"\ntitle = \"T\"\n"));
    }

    #[test]
    fn other_servers_become_other_apis_and_are_found_again() {
        let paths = "  /x: {get: {}}\n  /up: {servers: [{url: 'https://upload.test'}], put: {}}\n  \
                     /v2: {servers: [{url: 'https://a.test/beta'}], put: {}}";
        let (text, _) = merged("", paths, Policy::default());
        for name in ["[api.t]", "[api.t-upload]", "[api.t-beta]"] {
            assert!(text.contains(name), "{text}");
        }
        assert_eq!(merged(&text, paths, BOTH), (text, String::new()));
    }

    #[test]
    fn names_are_made_of_titles() {
        for (title, name) in
            [("The Figma API", "figma"), ("Okta Admin Management", "okta-admin-management"), ("API", "api")]
        {
            assert_eq!(slug(title), name);
        }
        assert!(Target::new("[api", "x").is_err());
    }
}
