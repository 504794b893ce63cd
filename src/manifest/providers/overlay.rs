//! Completes the keys of a client with those of its preset.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Provider, find};
use crate::manifest::findings::{KEY_MISSING, VALUE_WRONG};
use crate::manifest::toml_reader::{TomlReader, members};

/// Keys whose tables are merged member by member.
const MERGED: &[&str] = &[
    "metadata",
    "authorization_parameters",
    "token_parameters",
    "refresh_parameters",
    "scope_aliases",
    "scope_implies",
    "facts",
    "api_headers",
    "errors",
];

/// The keys of a client, completed.
pub(in crate::manifest) struct Completion<'t> {
    /// Preset.
    pub(in crate::manifest) provider: &'static Provider,
    /// Keys, with positions in the manifest.
    pub(in crate::manifest) table: DeTable<'t>,
}

/// Completes a client or an API that names a `provider`; `None` if it names none, or an unknown one, which is reported.
pub(in crate::manifest) fn complete<'t>(reader: &mut TomlReader, table: &DeTable<'t>) -> Option<Completion<'t>> {
    let (name, span) = reader.string(table, "provider").map(|(name, span)| (name.to_owned(), span))?;
    let Some(provider) = find(&name) else {
        let message = format!("`{name}` is not a known provider");
        let near = reader.suggestion(&name, super::all().iter().map(|provider| provider.name));
        let help = near.map_or_else(
            || {
                "`tokscope init --list` lists the providers; describe another server with the keys of the client"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        );
        reader.report_with_help(&VALUE_WRONG, span, message, help);
        return None;
    };
    let variables = variables(reader, table, provider, &span);
    let client_id = table.get("client_id").and_then(|value| value.get_ref().as_str()).filter(|id| is_safe(id));
    let value = |name: &str| match name {
        "client_id" => client_id.map(str::to_owned),
        _ => variables.get(name).cloned(),
    };
    let mut completed = filled(&provider.client, &value, &span);
    for (key, own) in table {
        let name = key.get_ref().as_ref();
        let merged = match (own.get_ref(), completed.get(name).map(Spanned::get_ref)) {
            (DeValue::Table(own_members), Some(DeValue::Table(preset))) if MERGED.contains(&name) => {
                let mut merged = preset.clone();
                for (key, value) in own_members {
                    merged.remove(key.get_ref().as_ref());
                    merged.insert(key.clone(), value.clone());
                }
                Spanned::new(own.span(), DeValue::Table(merged))
            }
            _ => own.clone(),
        };
        completed.remove(name);
        completed.insert(key.clone(), merged);
    }
    Some(Completion { provider, table: completed })
}

/// Completes an API that names a `provider` with the issuer and the base URL of the preset; `None` if it names none.
pub(in crate::manifest) fn complete_api<'t>(reader: &mut TomlReader, table: &DeTable<'t>) -> Option<DeTable<'t>> {
    let (name, span) = reader.string(table, "provider")?;
    // an unknown name is reported
    let Some(provider) = find(name) else {
        complete(reader, table);
        return None;
    };
    let variables = variables(reader, table, provider, &span);
    let issuer = provider.client.get("issuer").and_then(|value| value.get_ref().as_str());
    let base_url = provider.about.apis.first().map(|api| api.base_url.as_str());
    let mut completed = table.clone();
    for (key, text) in [("issuer", issuer), ("base_url", base_url)] {
        let Some(text) = text.filter(|_| !table.contains_key(key)) else { continue };
        let text = substituted(text, &|name| variables.get(name).cloned());
        completed.insert(
            Spanned::new(span.clone(), Cow::Owned(key.to_owned())),
            Spanned::new(span.clone(), DeValue::String(Cow::Owned(text))),
        );
    }
    Some(completed)
}

/// Whether a text can become part of a host name or of a path, and never more than that.
fn is_safe(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(['.', ':'])
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte))
}

/// Reads `variables`; a variable without a value is reported.
fn variables(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    provider: &Provider,
    span: &Range<usize>,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    if let Some(given) = table.get("variables").and_then(|value| reader.table(value, "`variables`")) {
        let known: Vec<&str> = provider.about.variables.keys().map(String::as_str).collect();
        reader.reject_unknown_keys(given, &known);
        for member in members(given) {
            let text = member.value.get_ref().as_str().unwrap_or_default();
            if !is_safe(text) {
                let message = format!("`{text}` is not a valid value of the variable `{}`", member.key);
                let help = "it may contain letters, digits, `-`, `_`, `.` and `:`";
                reader.report_with_help(&VALUE_WRONG, member.value.span(), message, help);
            }
            values.insert(member.key.to_owned(), text.to_owned());
        }
    }
    for (name, variable) in &provider.about.variables {
        if values.contains_key(name) {
            continue;
        }
        match &variable.default {
            Some(value) => {
                values.insert(name.clone(), value.clone());
            }
            None => {
                let message = format!("the provider `{}` requires the variable `{name}`", provider.name);
                let help = format!("add `variables = {{ {name} = \"…\" }}`: {}", variable.about);
                reader.report_with_help(&KEY_MISSING, span.clone(), message, help);
                // so that no other error follows
                values.insert(name.clone(), "missing".to_owned());
            }
        }
    }
    values
}

/// Returns a table with the variables replaced, and everything at one position.
pub(super) fn filled<'t>(
    table: &DeTable<'static>,
    value: &dyn Fn(&str) -> Option<String>,
    span: &Range<usize>,
) -> DeTable<'t> {
    let mut filled = DeTable::new();
    for (key, member) in table {
        let key = Spanned::new(span.clone(), Cow::Owned(key.get_ref().clone().into_owned()));
        filled.insert(key, Spanned::new(span.clone(), filled_value(member.get_ref(), value, span)));
    }
    filled
}

fn filled_value<'t>(
    found: &DeValue<'static>,
    value: &dyn Fn(&str) -> Option<String>,
    span: &Range<usize>,
) -> DeValue<'t> {
    match found {
        DeValue::String(text) => DeValue::String(Cow::Owned(substituted(text, value))),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| Spanned::new(span.clone(), filled_value(item.get_ref(), value, span)));
            DeValue::Array(items.collect())
        }
        DeValue::Table(table) => DeValue::Table(filled(table, value, span)),
        other => other.clone(),
    }
}

/// Replaces each `{name}` that has a value.
pub(super) fn substituted(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        done.push_str(before);
        let known = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        match known {
            Some((found, after)) => {
                done.push_str(&found);
                rest = after;
            }
            None => {
                done.push('{');
                rest = after;
            }
        }
    }
    done + rest
}
