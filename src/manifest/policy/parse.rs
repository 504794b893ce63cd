//! Parser of `[[policy]]` and `policy_default`.

use std::ops::Range;

use toml::de::DeTable;

use super::{Effect, EndpointPattern, MethodPattern, Policy, PolicyRule, StatedDefault, When, Wildcard, Window};
use crate::manifest::findings::{
    ENDPOINT_WRONG, POLICY_NAME_UNKNOWN, VALUE_WRONG, WINDOW_OVERLAP, WINDOW_OVERLAP_ZONES, WINDOW_WRONG,
};
use crate::manifest::toml_reader::{TomlReader, Value};
use crate::manifest::values::{one_of, seconds};
use crate::scope::{Pattern, Risk};

/// Key of the default.
pub(in crate::manifest) const DEFAULT_KEY: &str = "policy_default";

/// Keys of a rule.
pub(in crate::manifest) const KEYS: &[&str] =
    &["effect", "clients", "apis", "endpoints", "methods", "scopes", "risk", "when", "approvers", "reason"];

/// Keys of `when`.
pub(in crate::manifest) const WHEN_KEYS: &[&str] = &[
    "environment",
    "ci",
    "branch",
    "hours",
    "outside_hours",
    "caller",
    "interactive",
    "max_sign_in_age",
    "min_sign_in_age",
];

/// Names that rules may refer to.
#[derive(Default)]
pub(in crate::manifest) struct Names<'t> {
    pub(in crate::manifest) clients: Vec<&'t str>,
    pub(in crate::manifest) apis: Vec<&'t str>,
}

impl<'t> Names<'t> {
    /// Adds the name of a table of the manifest: `api`, `client` or another one.
    pub(in crate::manifest) fn add(&mut self, kind: &str, name: &'t str) {
        match kind {
            "api" => self.apis.push(name),
            "client" => self.clients.push(name),
            _ => {}
        }
    }
}

/// Parses the policy of a manifest. `line` returns the line of a position in the source.
pub(in crate::manifest) fn policy(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    names: &Names<'_>,
    line: impl Fn(usize) -> u64,
) -> Policy {
    let default = reader.string(table, DEFAULT_KEY).and_then(|(text, span)| {
        let known = [Effect::Allow, Effect::Deny].map(|effect| (effect.as_str(), effect));
        let effect = one_of(reader, text, span.clone(), "default", known.into_iter())?;
        Some(StatedDefault { effect, line: line(span.start), span })
    });
    let mut rules = Vec::new();
    if let Some(value) = table.get("policy") {
        match value.get_ref().as_array() {
            Some(items) => {
                for item in items {
                    let Some(table) = reader.table(item, "`policy`") else { continue };
                    rules.extend(rule(reader, table, item.span(), names, &line));
                }
            }
            None => {
                let message = format!("`policy` must be an array of tables, found {}", value.get_ref().type_str());
                reader.report_with_help(&VALUE_WRONG, value.span(), message, "write each rule as `[[policy]]`");
            }
        }
    }
    Policy { rules, default }
}

fn rule(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    span: Range<usize>,
    names: &Names<'_>,
    line: impl Fn(usize) -> u64,
) -> Option<PolicyRule> {
    reader.reject_unknown_keys(table, KEYS);
    let effect = reader.required_string(table, "effect", &span).and_then(|(text, span)| {
        one_of(reader, text, span, "effect", Effect::ALL.iter().map(|effect| (effect.as_str(), *effect)))
    });
    let risk = reader.string(table, "risk").and_then(|(text, span)| {
        one_of(reader, text, span, "risk", Risk::DESCENDING.iter().rev().map(|risk| (risk.as_str(), *risk)))
    });
    let endpoints = each(reader, table, "endpoints", |reader, text, span| {
        let help = "write it like `DELETE /orders/{id}`, `* /admin/*` or `*`";
        EndpointPattern::parse(text).map_err(|error| reader.report_with_help(&ENDPOINT_WRONG, span, error, help)).ok()
    });
    let methods = each(reader, table, "methods", |reader, text, span| {
        let method = MethodPattern::parse(text);
        if method.is_none() {
            let message = format!("`{text}` is not a valid method");
            reader.report_with_help(&VALUE_WRONG, span, message, "write `read`, `write` or a method in upper case");
        }
        method
    });
    let scopes = each(reader, table, "scopes", |reader, text, span| {
        reader.scope(text, span).and_then(|scope| Pattern::parse(scope.as_str()).ok())
    });
    let when = match table.get("when").and_then(|value| reader.table(value, "`when`")) {
        Some(table) => when(reader, table),
        None => When::default(),
    };
    let approvers = reader.string(table, "approvers").map(|(text, span)| (text.to_owned(), span));
    let reason = reader.string(table, "reason").map(|(text, _)| text.to_owned());
    if let Some((_, at)) = approvers.as_ref().filter(|_| effect.is_some_and(|effect| effect != Effect::Approve)) {
        let help = "set `effect = \"approve\"`, or remove `approvers`";
        reader.report_with_help(
            &VALUE_WRONG,
            at.clone(),
            "`approvers` applies only to rules that ask for an approval",
            help,
        );
    }
    let (approvers, approvers_span) = approvers.unzip();
    Some(PolicyRule {
        clients: references(reader, table, "clients", "client", &names.clients),
        apis: references(reader, table, "apis", "API", &names.apis),
        effect: effect?,
        endpoints,
        methods,
        scopes,
        risk,
        when,
        approvers,
        reason,
        line: line(span.start),
        span,
        approvers_span,
    })
}

fn when(reader: &mut TomlReader, table: &DeTable<'_>) -> When {
    reader.reject_unknown_keys(table, WHEN_KEYS);
    let when = When {
        environment: names(reader, table, "environment"),
        ci: reader.boolean(table, "ci"),
        branch: names(reader, table, "branch"),
        hours: windows(reader, table, "hours"),
        outside_hours: windows(reader, table, "outside_hours"),
        caller: names(reader, table, "caller"),
        interactive: reader.boolean(table, "interactive"),
        max_sign_in_age: seconds(reader, table, "max_sign_in_age"),
        min_sign_in_age: seconds(reader, table, "min_sign_in_age"),
    };
    if let (Some(most), Some(least), Some(value)) =
        (when.max_sign_in_age, when.min_sign_in_age, table.get("min_sign_in_age"))
        && least > most
    {
        let message = "`min_sign_in_age` is longer than `max_sign_in_age`, so the rule can't match";
        reader.report_with_help(&VALUE_WRONG, value.span(), message, "use one of them");
    }
    when
}

/// Reads an array of strings and parses each. An empty array is reported, since it would match nothing.
fn each<T>(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    key: &str,
    mut parse: impl FnMut(&mut TomlReader, &str, Range<usize>) -> Option<T>,
) -> Vec<T> {
    let Some(value) = table.get(key) else { return Vec::new() };
    reject_empty(reader, value, key);
    let texts = reader.strings(value, &format!("`{key}`"));
    texts.into_iter().filter_map(|(text, span)| parse(reader, text, span)).collect()
}

fn reject_empty(reader: &mut TomlReader, value: &Value<'_>, key: &str) {
    if value.get_ref().as_array().is_some_and(|items| items.is_empty()) {
        let message = format!("`{key}` is empty, so the rule can't match");
        reader.report_with_help(&VALUE_WRONG, value.span(), message, format!("omit `{key}` to match any"));
    }
}

fn names(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Vec<Wildcard> {
    each(reader, table, key, |reader, text, span| {
        if text.trim().is_empty() {
            reader.report(&VALUE_WRONG, span, format!("`{key}` must not be empty"));
            return None;
        }
        Some(Wildcard::new(text))
    })
}

/// Reads names of the manifest. A rule that denies would have no effect if a name were misspelled.
fn references(reader: &mut TomlReader, table: &DeTable<'_>, key: &str, what: &str, known: &[&str]) -> Vec<Wildcard> {
    each(reader, table, key, |reader, text, span| {
        let pattern = Wildcard::new(text);
        if !known.iter().any(|name| pattern.matches(name)) {
            let message = format!("no {what} `{text}` in the manifest");
            let near = reader.suggestion(text, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let list = || match known.is_empty() {
                true => format!("the manifest has no {what}"),
                false => format!("known: {}", known.iter().copied().take(8).collect::<Vec<_>>().join(", ")),
            };
            reader.report_with_help(&POLICY_NAME_UNKNOWN, span, message, near.unwrap_or_else(list));
            return None;
        }
        Some(pattern)
    })
}

fn windows(reader: &mut TomlReader, table: &DeTable<'_>, key: &str) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    let parsed = each(reader, table, key, |reader, text, span| match Window::parse(text) {
        Ok(window) => Some((window, span)),
        Err(error) => {
            reader.report_with_help(&WINDOW_WRONG, span, error.message, error.hint);
            None
        }
    });
    for (window, span) in parsed {
        if let Some(earlier) = windows.iter().find(|earlier| earlier.overlaps(&window)) {
            let message = format!("the time windows `{earlier}` and `{window}` overlap");
            let help = "the end of a window does not belong to it: `09:00-12:00` and `12:00-18:00` don't overlap";
            reader.report_with_help(&WINDOW_OVERLAP, span, message, help);
        } else if let Some((earlier, time)) = overlap_of_zones(&windows, &window) {
            let message = format!("the time windows `{earlier}` and `{window}` overlap, such as at {time}");
            reader.report_with_help(&WINDOW_OVERLAP_ZONES, span, message, "a time in one of them is enough");
        }
        windows.push(window);
    }
    windows
}

/// Maximum number of windows whose times in different time zones are compared.
const MOST_COMPARED: usize = 8;

/// Returns an earlier window of another time zone that overlaps this one, with the first such time.
fn overlap_of_zones<'w>(earlier: &'w [Window], window: &Window) -> Option<(&'w Window, jiff::Timestamp)> {
    earlier.iter().take(MOST_COMPARED).find_map(|known| Some((known, known.first_common_time(window)?)))
}
