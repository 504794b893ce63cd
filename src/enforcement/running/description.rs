//! The routes of an engine as an API description, for an import into a manifest.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Access, Running};

/// Methods of an OpenAPI description.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// Routes as an API description.
#[derive(Clone, Debug)]
pub struct RunningDescription {
    /// OpenAPI document in JSON. A list of scopes means all of them.
    pub openapi: String,
    /// Issuer of the tokens, if the engine accepts those of exactly one.
    pub issuer: Option<String>,
    /// Audience of the tokens, if the engine accepts exactly one.
    pub audience: Option<String>,
    /// Routes that a description can't express, each with the reason.
    pub skipped: Vec<(String, String)>,
}

/// Returns the only distinct value.
fn only(values: &[(String, super::Span)]) -> Option<String> {
    let first = &values.first()?.0;
    values.iter().all(|(value, _)| value == first).then(|| first.clone())
}

/// Returns the path of a route's name as a template; `None` if it is a pattern.
fn template(name: &str) -> Option<String> {
    let path = name.split_once(' ')?.1;
    let mut number = 0;
    let mut template = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once("{*}") {
        number += 1;
        template.push_str(&format!("{before}{{p{number}}}"));
        rest = after;
    }
    template.push_str(&rest.replace("{**}", "{+rest}").replace("{proxy+}", "{+proxy}"));
    let is_plain = template.starts_with('/') && !template.contains(['*', '~', '(', '[', '^', '$']);
    is_plain.then_some(template)
}

impl Running {
    /// Returns the routes as an API description; `None` if there are none.
    #[must_use]
    pub fn description(&self) -> Option<RunningDescription> {
        let mut skipped = Vec::new();
        let mut operations: BTreeMap<(String, String), Vec<Access>> = BTreeMap::new();
        for route in self.routes.iter().filter(|route| route.access != Access::Denied) {
            let mut skip = |reason: &str| skipped.push((route.name.clone(), reason.to_owned()));
            if let Access::Unknown(reason) = &route.access {
                skip(reason);
                continue;
            }
            let Some(path) = template(&route.name) else {
                skip("its path is a pattern");
                continue;
            };
            let Some(methods) = &route.methods else {
                skip("it answers every method");
                continue;
            };
            for method in methods.iter().filter(|method| METHODS.contains(&method.as_str())) {
                operations.entry((path.clone(), method.clone())).or_default().push(route.access.clone());
            }
        }
        if operations.is_empty() {
            return None;
        }
        let mut paths: Map<String, Value> = Map::new();
        for ((path, method), accesses) in &operations {
            // GET also answers HEAD
            let get = (path.clone(), "GET".to_owned());
            if method == "HEAD" && operations.get(&get) == Some(accesses) {
                continue;
            }
            let item = paths.entry(path.clone()).or_insert_with(|| json!({}));
            if let Value::Object(members) = item {
                members.insert(method.to_ascii_lowercase(), json!({ "security": security(accesses) }));
            }
        }
        let scheme = json!({ "type": "oauth2", "flows": {} });
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": self.format, "version": "1" },
            "components": { "securitySchemes": { "token": scheme } },
            "paths": paths,
        });
        let (issuer, audience) = (only(&self.issuers), only(&self.audiences));
        Some(RunningDescription { openapi: document.to_string(), issuer, audience, skipped })
    }
}

/// Returns the alternatives of routes that answer the same requests.
fn security(accesses: &[Access]) -> Value {
    let of = |access: &Access| match access {
        Access::Scopes(alternatives) => alternatives.iter().map(|scopes| json!({ "token": scopes })).collect(),
        Access::Token => vec![json!({ "token": [] })],
        Access::Open | Access::Denied | Access::Unknown(_) => Vec::new(),
    };
    match accesses.contains(&Access::Open) {
        true => json!([]),
        false => Value::Array(accesses.iter().flat_map(of).collect()),
    }
}
