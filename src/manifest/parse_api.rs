//! `[api.NAME]`: scopes, what they imply, endpoints and what they require.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::DeTable;
use url::Url;

use super::ListMeaning;
use super::answer_rule::{Tier, rules};
use super::described::Described;
use super::endpoint::Endpoint;
use super::findings::{
    ENDPOINT_DUPLICATE, ENDPOINT_WRONG, KEY_MISSING, SCOPE_CYCLE, SCOPE_UNDECLARED, SCOPE_UNUSED, SCOPE_WRONG,
    SCOPES_IMPLY_TOO_MUCH, VALUE_WRONG,
};
use super::import::Files;
use super::issuer::{Issuer, secure_url};
use super::mcp;
use super::model::{Api, DeclaredScope};
use super::reader::{Reader, Value, members};
use super::router::Router;
use super::server::Server;
use super::template::Template;
use crate::scope::{Hierarchy, Pattern, Requirement, Risk, Scope, ScopeSet};
use crate::text::nearest;

/// How many undeclared scopes are told what they may be meant to be.
const MOST_SUGGESTED: usize = 20;

/// How many scopes of a cycle are shown.
const MOST_SHOWN: usize = 8;

pub(super) const KEYS: &[&str] = &[
    "title",
    "base_url",
    "servers",
    "ignore_case",
    "issuer",
    "audience",
    "reading",
    "source",
    "prefer",
    "avoid",
    "scopes",
    "endpoints",
    "errors",
];

/// Reads one API. `None` when it has no base URL that can be used: that was noted.
pub(super) fn api(
    reader: &mut Reader,
    name: String,
    table: &DeTable<'_>,
    span: &Range<usize>,
    files: &mut Files<'_>,
) -> Option<Api> {
    reader.only(table, KEYS);
    let reading = reading(reader, table);
    let described = Described::read(reader, table, reading, files);
    let base_url = match described.as_ref().filter(|_| table.get("base_url").is_none()) {
        Some(described) => reader.url(described.base_url(), base_url),
        None => reader.required(table, "base_url", span).and_then(|text| reader.url(text, base_url)),
    };
    let issuer = reader.text(table, "issuer").and_then(|text| reader.url(text, Issuer::parse));
    let title = reader.text(table, "title").map(|(text, _)| text.to_owned());
    let audience = reader.text(table, "audience").map(|(text, _)| text.to_owned());
    let mut servers = Vec::new();
    for (text, span) in table.get("servers").map(|value| reader.texts(value, "`servers`")).unwrap_or_default() {
        servers.extend(reader.url((text, span), Server::parse));
    }
    let ignore_case = table.get("ignore_case").and_then(|value| {
        let answer = value.get_ref().as_bool();
        if answer.is_none() {
            reader.wrong(&VALUE_WRONG, value.span(), "`ignore_case` is true or false");
        }
        answer
    });
    let ignore_case = ignore_case.unwrap_or_default();
    let mut scopes = table.get("scopes").map(|value| scopes(reader, value)).unwrap_or_default();
    let own = scopes.len();
    if let Some(described) = &described {
        described.add_scopes(&mut scopes);
    }
    let mut hierarchy = Hierarchy::new();
    for declared in &scopes {
        hierarchy.declare(declared.scope.clone(), declared.risk.unwrap_or_default(), declared.implies.clone());
    }
    if hierarchy.is_too_large() {
        let message = format!(
            "the {} scopes of this API imply more than can be worked out: a wildcard at the beginning of a pattern costs \
             most",
            scopes.len()
        );
        reader.wrong(&SCOPES_IMPLY_TOO_MUCH, span.clone(), message);
    }
    if let Some(cycle) = hierarchy.cycle() {
        let names: ScopeSet = cycle.iter().cloned().collect();
        let first = scopes.iter().find(|declared| names.contains(declared.scope.as_str()));
        let span = first.map_or_else(|| span.clone(), |declared| declared.span.clone());
        // a chain as long as the manifest explains nothing
        let shown: Vec<&str> = cycle.iter().map(Scope::as_str).take(MOST_SHOWN).collect();
        let rest = if cycle.len() > MOST_SHOWN { format!(" -> … ({} scopes)", names.len()) } else { String::new() };
        reader.wrong(&SCOPE_CYCLE, span, format!("`{}` implies itself: {}{rest}", cycle.first()?, shown.join(" -> ")));
    }
    let mut endpoints = table.get("endpoints").map(|value| endpoints(reader, value, &hierarchy)).unwrap_or_default();
    if let Some(described) = &described {
        described.add_endpoints(&mut endpoints);
    }
    let mut pinned = |key| table.get(key).map(|value| required(reader, value, &hierarchy)).unwrap_or_default();
    let (prefer, avoid) = (pinned("prefer"), pinned("avoid"));
    unused(reader, scopes.get(..own).unwrap_or_default(), &endpoints, &hierarchy);
    let errors = table.get("errors").map(|value| rules(reader, value, Tier::Own)).unwrap_or_default();
    let (router, duplicates) = Router::new(&endpoints, ignore_case);
    for (earlier, later) in duplicates {
        let (Some(earlier), Some(later)) = (endpoints.get(earlier), endpoints.get(later)) else { continue };
        let message = format!("`{later}` answers the same requests as `{earlier}`");
        reader.wrong(&ENDPOINT_DUPLICATE, later.span.clone(), message);
    }
    Some(Api {
        name,
        title,
        base_url: base_url?,
        servers,
        ignore_case,
        issuer,
        audience,
        reading,
        scopes,
        hierarchy,
        prefer,
        avoid,
        endpoints,
        errors,
        router,
    })
}

fn reading(reader: &mut Reader, table: &DeTable<'_>) -> Option<ListMeaning> {
    let (text, span) = reader.text(table, "reading")?;
    let reading = ListMeaning::parse(text);
    if reading.is_none() {
        let message = format!("`{text}` is no reading of a list of scopes");
        reader.wrong_with_help(&VALUE_WRONG, span, message, "a reading is any or all");
    }
    reading
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = secure_url(text)?;
    match url.query() {
        None => Ok(url),
        Some(_) => Err("a base URL has no query".to_owned()),
    }
}

fn scopes(reader: &mut Reader, value: &Value<'_>) -> Vec<DeclaredScope> {
    let Some(table) = reader.table(value, "`scopes`") else { return Vec::new() };
    let mut scopes = Vec::new();
    let names: BTreeSet<&str> = members(table).into_iter().map(|member| member.key).collect();
    for member in members(table) {
        let Some(scope) = reader.scope(member.key, member.span.clone()) else { continue };
        let Some(details) = reader.table(member.value, "a scope") else { continue };
        reader.only(details, &["description", "risk", "implies"]);
        let description = reader.text(details, "description").map(|(text, _)| text.to_owned());
        let risk = reader.text(details, "risk").and_then(|(text, span)| {
            let risk = Risk::parse(text);
            if risk.is_none() {
                let message = format!("`{text}` is no risk");
                reader.wrong_with_help(&VALUE_WRONG, span, message, "a risk is low, medium, high or critical");
            }
            risk
        });
        let mut implies = Vec::new();
        for (text, span) in details.get("implies").map(|value| reader.texts(value, "`implies`")).unwrap_or_default() {
            match Pattern::parse(text) {
                Ok(pattern) if pattern.is_wildcard() || names.contains(&text) => implies.push(pattern),
                Ok(_) => undeclared(reader, text, span, names.iter().copied()),
                Err(error) => reader.wrong(&SCOPE_WRONG, span, error.to_string()),
            }
        }
        scopes.push(DeclaredScope { scope, description, risk, implies, span: member.span });
    }
    scopes
}

fn undeclared<'a>(reader: &mut Reader, scope: &str, span: Range<usize>, names: impl Iterator<Item = &'a str>) {
    let message = format!("the scope `{scope}` is not declared");
    // each suggestion takes a look at every scope
    let is_suggested =
        reader.findings.iter().filter(|finding| finding.code == &SCOPE_UNDECLARED).take(MOST_SUGGESTED).count()
            < MOST_SUGGESTED;
    let near = if is_suggested { nearest(scope, names, 1) } else { Vec::new() };
    let help = match near.first() {
        Some(near) => format!("did you mean `{near}`? Else declare it under `scopes`"),
        None => "declare it under `scopes`".to_owned(),
    };
    reader.wrong_with_help(&SCOPE_UNDECLARED, span, message, help);
}

fn endpoints(reader: &mut Reader, value: &Value<'_>, hierarchy: &Hierarchy) -> Vec<Endpoint> {
    let Some(table) = reader.table(value, "`endpoints`") else { return Vec::new() };
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for member in members(table) {
        let Some((method, template)) = name(reader, member.key, &member.span) else { continue };
        let mut summary = None;
        let requirement = match member.value.get_ref().as_table() {
            None => Some(Requirement::all_of(required(reader, member.value, hierarchy))),
            Some(details) => {
                reader.only(details, &["any_of", "all_of", "summary"]);
                summary = reader.text(details, "summary").map(|(text, _)| text.to_owned());
                detailed(reader, details, &member.span, hierarchy)
            }
        };
        endpoints.extend(requirement.map(|requirement| Endpoint {
            method,
            template,
            requirement,
            summary,
            span: member.span.clone(),
        }));
    }
    endpoints
}

/// The method (RFC 9110 §9.1: a token) and the template of a key.
fn name(reader: &mut Reader, key: &str, span: &Range<usize>) -> Option<(String, Template)> {
    let help = "write a method and a path, as in \"GET /orders/{id}\"";
    let Some((method, path)) = key.split_once(' ') else {
        reader.wrong_with_help(&ENDPOINT_WRONG, span.clone(), format!("`{key}` is no endpoint"), help);
        return None;
    };
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        let message = format!("`{method}` is no method: it is written in capital letters");
        reader.wrong_with_help(&ENDPOINT_WRONG, span.clone(), message, help);
        return None;
    }
    let path = if method == mcp::METHOD { mcp::path(path).unwrap_or_default() } else { path.to_owned() };
    match Template::parse(&path) {
        Ok(template) => Some((method.to_owned(), template)),
        Err(error) => {
            reader.wrong_with_help(&ENDPOINT_WRONG, span.clone(), format!("in `{key}`: {error}"), help);
            None
        }
    }
}

fn required(reader: &mut Reader, value: &Value<'_>, hierarchy: &Hierarchy) -> ScopeSet {
    reader.scopes(value, "a requirement", |reader, scope, span| {
        if !hierarchy.declares(scope.as_str()) {
            undeclared(reader, scope.as_str(), span, hierarchy.scopes().map(Scope::as_str));
        }
    })
}

fn detailed(
    reader: &mut Reader,
    table: &DeTable<'_>,
    span: &Range<usize>,
    hierarchy: &Hierarchy,
) -> Option<Requirement> {
    match (table.get("any_of"), table.get("all_of")) {
        (Some(value), None) => {
            let Some(items) = value.get_ref().as_array() else {
                reader.wrong(&VALUE_WRONG, value.span(), "`any_of` is a list of alternatives");
                return None;
            };
            let alternatives: Vec<ScopeSet> = items.iter().map(|item| required(reader, item, hierarchy)).collect();
            let requirement = Requirement::any_of(alternatives);
            if requirement.is_none() {
                let help = "write `[]` when no scope is needed";
                reader.wrong_with_help(
                    &VALUE_WRONG,
                    value.span(),
                    "without an alternative nothing is ever allowed",
                    help,
                );
            }
            requirement
        }
        (None, Some(value)) => Some(Requirement::all_of(required(reader, value, hierarchy))),
        (Some(_), Some(value)) => {
            reader.wrong(&VALUE_WRONG, value.span(), "`any_of` and `all_of` exclude each other");
            None
        }
        (None, None) => {
            reader.wrong(&KEY_MISSING, span.clone(), "`any_of` or `all_of` is missing here");
            None
        }
    }
}

/// Notes scopes that no endpoint needs, by themselves or by what they imply.
fn unused(reader: &mut Reader, scopes: &[DeclaredScope], endpoints: &[Endpoint], hierarchy: &Hierarchy) {
    let needed: ScopeSet = endpoints
        .iter()
        .flat_map(|endpoint| endpoint.requirement.scopes().iter().cloned().collect::<Vec<_>>())
        .collect();
    let used = hierarchy.granting(&needed);
    for declared in scopes {
        let name = declared.scope.as_str();
        if !used.contains(name) {
            reader.wrong(&SCOPE_UNUSED, declared.span.clone(), format!("no endpoint needs the scope `{name}`"));
        }
    }
}
