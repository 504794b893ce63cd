//! Istio: `AuthorizationPolicy` and `RequestAuthentication` (security.istio.io), as YAML documents or a list.
//!
//! Without an `ALLOW` policy every request is allowed, with one everything else is denied; rules and `values` are alternatives,
//! the entries of `when` are not. A name with `*` at its start or end is a pattern.

use super::path::PathMatch;
use super::tree::Tree;
use super::{Access, Fallback, Precedence, Route, Running};

/// Claims of a token that are not scopes.
const OTHER_CLAIMS: [&str; 6] = ["iss", "aud", "sub", "nonce", "at_hash", "c_hash"];

/// Most alternatives of one rule.
const MOST: usize = 256;

fn resources(documents: &[Tree]) -> Vec<&Tree> {
    documents.iter().flat_map(|document| std::iter::once(document).chain(document.items_of("items"))).collect()
}

fn is_security(resource: &Tree) -> bool {
    resource.text_of("apiVersion").is_some_and(|version| version.starts_with("security.istio.io/"))
}

/// Whether a document is a policy of Istio.
pub(super) fn is_policy(documents: &[Tree]) -> bool {
    resources(documents).into_iter().any(is_security)
}

pub(super) fn read(documents: &[Tree]) -> Running {
    let mut running = Running { format: "Istio".to_owned(), precedence: Precedence::Any, ..Running::default() };
    let mut is_closed = false;
    for resource in resources(documents).into_iter().filter(|resource| is_security(resource)) {
        let Some(spec) = resource.get("spec") else { continue };
        match resource.text_of("kind") {
            Some("RequestAuthentication") => authentication(spec, &mut running),
            Some("AuthorizationPolicy") => {
                let name = resource.at(&["metadata", "name"]).and_then(Tree::text).unwrap_or("without a name");
                match spec.text_of("action") {
                    None | Some("ALLOW") => {
                        is_closed = true;
                        spec.items_of("rules").iter().for_each(|rule| allow(rule, &mut running));
                    }
                    Some("DENY") => spec.items_of("rules").iter().for_each(|rule| deny(rule, name, &mut running)),
                    Some("AUDIT") => {}
                    Some(other) => {
                        let what = format!("policy `{name}` has the action {other}");
                        running.unread.push((what, Some(resource.span.clone())));
                    }
                }
            }
            _ => {}
        }
    }
    if !is_closed {
        running.default = Fallback::Allowed(None);
    }
    running
}

fn authentication(spec: &Tree, running: &mut Running) {
    for rule in spec.items_of("jwtRules") {
        if let Some(issuer) = rule.get("issuer") {
            running.issuers.extend(issuer.text().map(|text| (text.to_owned(), issuer.span.clone())));
        }
        let audiences = rule.items_of("audiences");
        if audiences.is_empty() {
            running.any_audience = Some(rule.span.clone());
        }
        for audience in audiences {
            running.audiences.extend(audience.text().map(|text| (text.to_owned(), audience.span.clone())));
        }
    }
}

/// Returns the pattern of a path.
fn path(text: &str) -> PathMatch {
    if text.contains("{*}") || text.contains("{**}") {
        return PathMatch::template(text);
    }
    match (text.strip_prefix('*'), text.strip_suffix('*')) {
        (Some(""), _) => PathMatch::any(),
        (_, Some(start)) => PathMatch::prefix(start),
        (Some(end), None) => PathMatch::suffix(end),
        (None, None) => PathMatch::exact(text),
    }
}

/// Methods, paths and excluded paths of an operation, with its name and place.
struct Operation {
    methods: Option<Vec<String>>,
    path: PathMatch,
    excluded: Vec<PathMatch>,
    name: String,
    span: super::Span,
}

fn operations(rule: &Tree) -> Vec<Operation> {
    let mut all = Vec::new();
    for operation in rule.items_of("to").iter().filter_map(|to| to.get("operation")) {
        let methods =
            operation.get("methods").map(Tree::texts).filter(|methods| !methods.iter().any(|name| name == "*"));
        let excluded: Vec<PathMatch> = operation.texts_of("notPaths").iter().map(|text| path(text)).collect();
        let paths = operation.items_of("paths");
        let shown = methods.as_ref().map_or_else(|| "*".to_owned(), |methods| methods.join("|"));
        if paths.is_empty() {
            all.push(Operation {
                methods,
                path: PathMatch::any(),
                excluded,
                name: format!("{shown} *"),
                span: operation.span.clone(),
            });
            continue;
        }
        for found in paths {
            let Some(text) = found.text() else { continue };
            all.push(Operation {
                methods: methods.clone(),
                path: path(text),
                excluded: excluded.clone(),
                name: format!("{shown} {text}"),
                span: found.span.clone(),
            });
        }
    }
    if rule.items_of("to").is_empty() {
        let (name, span) = ("every request".to_owned(), rule.span.clone());
        all.push(Operation { methods: None, path: PathMatch::any(), excluded: Vec::new(), name, span });
    }
    all
}

fn allow(rule: &Tree, running: &mut Running) {
    let access = access(rule, running);
    for operation in operations(rule) {
        let Operation { methods, path, excluded, name, span } = operation;
        running.routes.push(Route { name, methods, path, excluded, access: access.clone(), span });
    }
}

/// Returns the name of the claim in a key such as `request.auth.claims[scope]`.
fn claim(key: &str) -> Option<&str> {
    key.strip_prefix("request.auth.claims[")?.strip_suffix(']')
}

fn access(rule: &Tree, running: &mut Running) -> Access {
    let mut is_token_needed = false;
    let mut unknown = None;
    for source in rule.items_of("from").iter().filter_map(|from| from.get("source")) {
        match source.members() {
            [only] if &*only.name == "requestPrincipals" => is_token_needed = true,
            _ => unknown = Some("it depends on the source of a request".to_owned()),
        }
    }
    let mut alternatives: Vec<Vec<String>> = vec![Vec::new()];
    for condition in rule.items_of("when") {
        let key = condition.text_of("key").unwrap_or_default();
        let values = condition.texts_of("values");
        let place = condition.span.clone();
        match (key, claim(key)) {
            ("request.auth.audiences", _) => {
                is_token_needed = true;
                running.audiences.extend(values.into_iter().map(|value| (value, place.clone())));
            }
            ("request.auth.principal", _) if !values.is_empty() => is_token_needed = true,
            (_, Some("iss")) if !values.is_empty() => {
                is_token_needed = true;
                running.issuers.extend(values.into_iter().map(|value| (value, place.clone())));
            }
            (_, Some(name)) if OTHER_CLAIMS.contains(&name) => is_token_needed |= !values.is_empty(),
            (_, Some(name)) if !values.is_empty() => {
                is_token_needed = true;
                running.claims.push((name.to_owned(), place));
                let with = |start: &Vec<String>| {
                    let one = |value: &String| start.iter().chain([value]).cloned().collect::<Vec<_>>();
                    values.iter().map(one).collect::<Vec<_>>()
                };
                alternatives = alternatives.iter().flat_map(with).take(MOST).collect();
            }
            _ => unknown = Some(format!("it depends on `{key}`")),
        }
    }
    match (alternatives.iter().any(Vec::is_empty), is_token_needed, unknown) {
        (_, _, Some(reason)) => Access::Unknown(reason),
        (false, ..) => Access::Scopes(alternatives),
        (true, true, None) => Access::Token,
        (true, false, None) => Access::Open,
    }
}

/// A rule that denies. One with conditions takes requests away from those that are allowed, except where the conditions concern
/// claims that only ID tokens have.
fn deny(rule: &Tree, policy: &str, running: &mut Running) {
    let conditions = rule.items_of("when");
    let is_about_id_tokens = !conditions.is_empty()
        && conditions.iter().all(|condition| {
            let name = condition.text_of("key").and_then(claim);
            name.is_some_and(|name| ["nonce", "at_hash", "c_hash"].contains(&name))
        });
    if is_about_id_tokens {
        return;
    }
    if !conditions.is_empty() || !rule.items_of("from").is_empty() {
        let what = format!("a rule of policy `{policy}` denies under conditions");
        running.unread.push((what, Some(rule.span.clone())));
        return;
    }
    for operation in operations(rule) {
        let Operation { methods, path, excluded, name, span } = operation;
        running.routes.push(Route { name, methods, path, excluded, access: Access::Denied, span });
    }
}
