//! The tables of `docs/formats.md`, made from the data of this module.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::opaque::TABLE;
use super::provider::{Habit, PROVIDERS};
use super::purpose;

/// Kinds of tokens: each with its types.
fn kinds() -> String {
    let mut rows: Vec<(&str, &str, Vec<&str>, &str)> = Vec::new();
    for (types, purpose) in purpose::named() {
        match rows.iter_mut().find(|(name, meaning, ..)| (*name, *meaning) == (purpose.name, purpose.meaning)) {
            Some((_, _, known, _)) => {
                known.extend(types.iter().filter(|name| !known.contains(name)).copied().collect::<Vec<_>>());
            }
            None => rows.push((purpose.name, purpose.meaning, types.to_vec(), purpose.source)),
        }
    }
    let mut table = "| `purpose` | kind | `typ` | source |\n|---|---|---|---|\n".to_owned();
    for (name, meaning, types, source) in rows {
        let types: Vec<String> = types.iter().map(|name| format!("`{name}`")).collect();
        writeln!(table, "| `{name}` | {meaning} | {} | {source} |", types.join(", ")).unwrap();
    }
    table
}

/// Providers: each with what distinguishes its tokens.
fn providers() -> String {
    let mut table = "| `provider` | product | kind of its tokens | habits |\n|---|---|---|---|\n".to_owned();
    for provider in PROVIDERS {
        let habits: Vec<&str> = [
            (Habit::NoAudience, "access tokens without `aud`"),
            (Habit::IssuerIsName, "the issuer is a name"),
            (Habit::TextualAuthTime, "`auth_time` in ISO 8601"),
            (Habit::RolesOfApplications, "permissions of applications in `roles`"),
            (Habit::NonceInHeader, "signs tokens for its own APIs over another header (`nonce`)"),
        ]
        .into_iter()
        .filter(|(habit, _)| provider.has(*habit))
        .map(|(_, words)| words)
        .collect();
        let purpose = provider.purpose.map_or("by their claims", |purpose| purpose.meaning);
        writeln!(table, "| `{}` | {} | {purpose} | {} |", provider.name, provider.title, habits.join("; ")).unwrap();
    }
    table
}

/// Prefixes of opaque tokens, by issuer.
fn prefixes() -> String {
    let mut issuers: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for known in TABLE {
        issuers.entry(known.issuer).or_default().push(format!("`{}` {}", known.prefix, known.what));
    }
    let mut table = "| issuer | prefixes |\n|---|---|\n".to_owned();
    for (issuer, prefixes) in issuers {
        writeln!(table, "| {issuer} | {} |", prefixes.join(", ")).unwrap();
    }
    table
}

#[test]
fn tables_of_the_documentation_are_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md");
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (name, table) in [("kinds", kinds()), ("providers", providers()), ("prefixes", prefixes())] {
        let (begin, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
        let start = text.find(&begin).unwrap() + begin.len();
        let stop = text.find(&end).unwrap();
        if std::env::var_os("UPDATE_FORMATS").is_some() {
            text.replace_range(start..stop, &table);
            continue;
        }
        assert_eq!(text.get(start..stop).unwrap(), table, "run UPDATE_FORMATS=1 cargo test --lib formats");
    }
    if std::env::var_os("UPDATE_FORMATS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
}
