//! Parser of `[api.NAME]`: scopes and their implications, endpoints and their requirements.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use toml::de::DeTable;
use url::Url;

use super::ListMeaning;
use super::call_variables;
use super::description::SourceDescription;
use super::endpoint::Endpoint;
use super::error_rule::{Tier, rules};
use super::findings::{
    ENDPOINT_DUPLICATE, ENDPOINT_WRONG, KEY_MISSING, SCOPE_CYCLE, SCOPE_UNDECLARED, SCOPE_UNUSED, SCOPE_WRONG,
    SCOPES_IMPLY_TOO_MUCH, VALUE_WRONG,
};
use super::import::Files;
use super::issuer::{Issuer, secure_url};
use super::mcp;
use super::model::{Api, DeclaredScope, ScopeIndex};
use super::providers;
use super::router::Router;
use super::server::Server;
use super::template::Template;
use super::toml_reader::{TomlReader, Value, members};
use crate::scope::{Hierarchy, Pattern, Requirement, Risk, Scope, ScopeSet};

/// Maximum number of scopes of a cycle shown.
const MAX_SHOWN: usize = 8;

pub(super) const KEYS: &[&str] = &[
    "provider",
    "variables",
    "title",
    "base_url",
    "servers",
    "ignore_case",
    "issuer",
    "audience",
    "scopes_claim",
    "reading",
    "source",
    "prefer",
    "avoid",
    "scopes",
    "endpoints",
    "errors",
    "gateway",
];

/// Parses an API. `None` if it has no valid base URL: that is reported.
pub(super) fn api(
    reader: &mut TomlReader,
    name: String,
    table: &DeTable<'_>,
    span: &Range<usize>,
    files: &mut Files<'_>,
) -> Option<Api> {
    reader.reject_unknown_keys(table, KEYS);
    let completed = providers::complete_api(reader, table);
    let table = completed.as_ref().unwrap_or(table);
    let reading = reading(reader, table);
    let description = SourceDescription::read(reader, table, reading, files);
    let base_url = match description.as_ref().filter(|_| table.get("base_url").is_none()) {
        Some(description) => reader.url(description.base_url(), base_url),
        None => reader.required_string(table, "base_url", span).and_then(|text| reader.url(text, base_url)),
    };
    let issuer = reader.string(table, "issuer").and_then(|text| reader.url(text, Issuer::parse));
    let title = reader.string(table, "title").map(|(text, _)| text.to_owned());
    let audience = reader.string(table, "audience").map(|(text, _)| text.to_owned());
    let places = table.get("scopes_claim").map(|value| reader.strings(value, "`scopes_claim`")).unwrap_or_default();
    let scopes_claim = places.into_iter().map(|(text, _)| text.to_owned()).collect();
    let mut servers = Vec::new();
    for (text, span) in table.get("servers").map(|value| reader.strings(value, "`servers`")).unwrap_or_default() {
        servers.extend(reader.url((text, span), Server::parse));
    }
    let ignore_case = reader.boolean(table, "ignore_case").unwrap_or_default();
    let mut scopes = table.get("scopes").map(|value| scopes(reader, value)).unwrap_or_default();
    let own = scopes.len();
    if let Some(description) = &description {
        description.add_scopes(&mut scopes);
    }
    let mut hierarchy = Hierarchy::new();
    for declared in &scopes {
        hierarchy.declare(declared.scope.clone(), declared.risk.unwrap_or_default(), declared.implies.clone());
    }
    if hierarchy.is_too_large() {
        let message = format!(
            "the {} scopes of this API have too many implications: a wildcard at the start of a pattern costs most",
            scopes.len()
        );
        reader.report(&SCOPES_IMPLY_TOO_MUCH, span.clone(), message);
    }
    if let Some(cycle) = hierarchy.cycle() {
        let names: ScopeSet = cycle.iter().cloned().collect();
        let first = scopes.iter().find(|declared| names.contains(declared.scope.as_str()));
        let span = first.map_or_else(|| span.clone(), |declared| declared.span.clone());
        // a very long chain explains nothing
        let shown: Vec<&str> = cycle.iter().map(Scope::as_str).take(MAX_SHOWN).collect();
        let rest = if cycle.len() > MAX_SHOWN { format!(" -> … ({} scopes)", names.len()) } else { String::new() };
        reader.report(&SCOPE_CYCLE, span, format!("`{}` implies itself: {}{rest}", cycle.first()?, shown.join(" -> ")));
    }
    let provider = reader.string(table, "provider").and_then(|(name, _)| providers::find(name));
    let by_address = || base_url.as_ref().and_then(providers::of_api);
    let by_issuer = || issuer.as_ref().and_then(|issuer| providers::recognize(issuer.as_str()));
    if let Some(provider) = provider.or_else(by_address).or_else(by_issuer) {
        hierarchy.add_known(provider.dialect().vocabulary.hierarchy());
    }
    let mut endpoints = table.get("endpoints").map(|value| endpoints(reader, value, &hierarchy)).unwrap_or_default();
    if let Some(description) = &description {
        description.add_endpoints(&mut endpoints);
    }
    let mut pinned = |key| table.get(key).map(|value| required(reader, value, &hierarchy)).unwrap_or_default();
    let (prefer, avoid) = (pinned("prefer"), pinned("avoid"));
    unused(reader, scopes.get(..own).unwrap_or_default(), &endpoints, &hierarchy);
    let errors = table.get("errors").map(|value| rules(reader, value, Tier::Own)).unwrap_or_default();
    let variables = table.get("gateway").map(|value| call_variables::read(reader, value)).unwrap_or_default();
    let (router, duplicates) = Router::new(&endpoints, ignore_case);
    for (earlier, later) in duplicates {
        let (Some(earlier), Some(later)) = (endpoints.get(earlier), endpoints.get(later)) else { continue };
        let message = format!("`{later}` matches the same requests as `{earlier}`");
        reader.report(&ENDPOINT_DUPLICATE, later.span.clone(), message);
    }
    Some(Api {
        name,
        title,
        base_url: base_url?,
        servers,
        ignore_case,
        issuer,
        audience,
        scopes_claim,
        reading,
        scopes,
        hierarchy,
        prefer,
        avoid,
        endpoints,
        errors,
        variables,
        router,
        by_scope: ScopeIndex::default(),
    })
}

fn reading(reader: &mut TomlReader, table: &DeTable<'_>) -> Option<ListMeaning> {
    let (text, span) = reader.string(table, "reading")?;
    let reading = ListMeaning::parse(text);
    if reading.is_none() {
        let message = format!("`{text}` is not a valid reading");
        reader.report_with_help(&VALUE_WRONG, span, message, "valid readings: any, all");
    }
    reading
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = secure_url(text)?;
    match url.query() {
        None => Ok(url),
        Some(_) => Err("a base URL must not have a query".to_owned()),
    }
}

fn scopes(reader: &mut TomlReader, value: &Value<'_>) -> Vec<DeclaredScope> {
    let Some(table) = reader.table(value, "`scopes`") else { return Vec::new() };
    let mut scopes = Vec::new();
    let names: BTreeSet<&str> = members(table).into_iter().map(|member| member.key).collect();
    for member in members(table) {
        let Some(scope) = reader.scope(member.key, member.span.clone()) else { continue };
        let Some(details) = reader.table(member.value, "a scope") else { continue };
        reader.reject_unknown_keys(details, &["description", "risk", "implies"]);
        let description = reader.string(details, "description").map(|(text, _)| text.to_owned());
        let risk = reader.string(details, "risk").and_then(|(text, span)| {
            let risk = Risk::parse(text);
            if risk.is_none() {
                let message = format!("`{text}` is not a valid risk");
                reader.report_with_help(&VALUE_WRONG, span, message, "valid risks: low, medium, high, critical");
            }
            risk
        });
        let mut implies = Vec::new();
        for (text, span) in details.get("implies").map(|value| reader.strings(value, "`implies`")).unwrap_or_default() {
            match Pattern::parse(text) {
                Ok(pattern) if pattern.is_wildcard() || names.contains(&text) => implies.push(pattern),
                Ok(_) => undeclared(reader, text, span, names.iter().copied()),
                Err(error) => reader.report(&SCOPE_WRONG, span, error.to_string()),
            }
        }
        scopes.push(DeclaredScope { scope, description, risk, implies, span: member.span });
    }
    scopes
}

fn undeclared<'a>(reader: &mut TomlReader, scope: &str, span: Range<usize>, names: impl Iterator<Item = &'a str>) {
    let message = format!("scope `{scope}` is not declared");
    let help = match reader.suggestion(scope, names) {
        Some(near) => format!("declare it in `scopes`, or did you mean `{near}`?"),
        None => "declare it in `scopes`".to_owned(),
    };
    reader.report_with_help(&SCOPE_UNDECLARED, span, message, help);
}

fn endpoints(reader: &mut TomlReader, value: &Value<'_>, hierarchy: &Hierarchy) -> Vec<Endpoint> {
    let Some(table) = reader.table(value, "`endpoints`") else { return Vec::new() };
    let mut endpoints: Vec<Endpoint> = Vec::with_capacity(table.len());
    for member in members(table) {
        let Some((method, template)) = method_and_template(reader, member.key, &member.span) else { continue };
        let mut summary = None;
        let mut optional = false;
        let mut upgrade = false;
        let requirement = match member.value.get_ref().as_table() {
            None => Some(Requirement::all_of(required(reader, member.value, hierarchy))),
            Some(details) => {
                reader.reject_unknown_keys(details, &["any_of", "all_of", "optional", "summary", "upgrade"]);
                summary = reader.string(details, "summary").map(|(text, _)| text.to_owned());
                optional = reader.boolean(details, "optional").unwrap_or_default();
                upgrade = reader.boolean(details, "upgrade").unwrap_or_default();
                detailed_requirement(reader, details, &member.span, hierarchy)
            }
        };
        endpoints.extend(requirement.map(|requirement| Endpoint {
            method,
            template,
            requirement,
            optional,
            upgrade,
            summary,
            span: member.span.clone(),
        }));
    }
    endpoints
}

/// Parses the method (RFC 9110 §9.1: a token) and the template of an endpoint's key.
fn method_and_template(reader: &mut TomlReader, key: &str, span: &Range<usize>) -> Option<(String, Template)> {
    let help = "write a method and a path, such as `GET /orders/{id}`";
    let Some((method, path)) = key.split_once(' ') else {
        reader.report_with_help(&ENDPOINT_WRONG, span.clone(), format!("`{key}` is not a valid endpoint"), help);
        return None;
    };
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        let message = format!("`{method}` is not a valid method: methods are upper case");
        reader.report_with_help(&ENDPOINT_WRONG, span.clone(), message, help);
        return None;
    }
    let path = if method == mcp::METHOD { mcp::path(path).unwrap_or_default() } else { path.to_owned() };
    match Template::parse(&path) {
        Ok(template) => Some((method.to_owned(), template)),
        Err(error) => {
            reader.report_with_help(
                &ENDPOINT_WRONG,
                span.clone(),
                format!("`{key}` is not a valid endpoint: {error}"),
                help,
            );
            None
        }
    }
}

fn required(reader: &mut TomlReader, value: &Value<'_>, hierarchy: &Hierarchy) -> ScopeSet {
    let mut set = ScopeSet::new();
    for (text, span) in reader.strings(value, "a requirement") {
        // nearly always declared, and then valid
        if let Some(declared) = hierarchy.declared(text) {
            set.insert(declared.clone());
        } else if let Some(scope) = reader.scope(text, span.clone()) {
            undeclared(reader, scope.as_str(), span, hierarchy.scopes().map(Scope::as_str));
            set.insert(scope);
        }
    }
    set
}

fn detailed_requirement(
    reader: &mut TomlReader,
    table: &DeTable<'_>,
    span: &Range<usize>,
    hierarchy: &Hierarchy,
) -> Option<Requirement> {
    match (table.get("any_of"), table.get("all_of")) {
        (Some(value), None) => {
            let Some(items) = value.get_ref().as_array() else {
                reader.report(&VALUE_WRONG, value.span(), "`any_of` must be an array of alternatives");
                return None;
            };
            let alternatives: Vec<ScopeSet> = items.iter().map(|item| required(reader, item, hierarchy)).collect();
            let requirement = Requirement::any_of(alternatives);
            if requirement.is_none() {
                let help = "write `[]` if no scope is required";
                reader.report_with_help(
                    &VALUE_WRONG,
                    value.span(),
                    "`any_of` has no alternatives, so nothing would be allowed",
                    help,
                );
            }
            requirement
        }
        (None, Some(value)) => Some(Requirement::all_of(required(reader, value, hierarchy))),
        (Some(_), Some(value)) => {
            reader.report(&VALUE_WRONG, value.span(), "`any_of` and `all_of` can't be combined");
            None
        }
        (None, None) => {
            reader.report(&KEY_MISSING, span.clone(), "missing key `any_of` or `all_of`");
            None
        }
    }
}

/// Reports scopes that no endpoint requires, neither directly nor through implications.
fn unused(reader: &mut TomlReader, scopes: &[DeclaredScope], endpoints: &[Endpoint], hierarchy: &Hierarchy) {
    let named: HashSet<&Scope> =
        endpoints.iter().flat_map(|endpoint| endpoint.requirement.alternatives().iter().flatten()).collect();
    let needed: ScopeSet = named.into_iter().cloned().collect();
    let used = hierarchy.granting(&needed);
    for declared in scopes {
        let name = declared.scope.as_str();
        if !used.contains(name) {
            reader.report(&SCOPE_UNUSED, declared.span.clone(), format!("no endpoint requires scope `{name}`"));
        }
    }
}
