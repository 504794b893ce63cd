//! HTTP API of AWS API Gateway: an OpenAPI document with a JWT authorizer.
//!
//! An authorizer accepts any one of a route's scopes (API Gateway developer guide, JWT authorizers), so an AND can't be
//! expressed. Routes that are not in the document respond 404.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::findings::unsupported;
use super::model::{Access, Model, Rule};
use super::overlap::{earlier, encoded_literal, is_catch_all, is_plain, is_same_path};
use super::text::{comment, head, inexpressible, json_string, json_strings};
use crate::diagnostic::Diagnostic;
use crate::manifest::Segment;

/// Claims that an authorizer reads scopes from (API Gateway developer guide, JWT authorizers).
const CLAIMS: [&str; 2] = ["scope", "scp"];

/// Methods of a route.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Most scopes of a route (API Gateway developer guide, quotas of HTTP APIs).
const MOST_SCOPES: usize = 10;

/// Name of the authorizer.
const AUTHORIZER: &str = "tokscope";

/// Exports the configuration of an API.
pub(super) fn export(model: &Model) -> Result<String, Vec<Diagnostic>> {
    let mut obstacles = general(model);
    let mut paths: Vec<(String, Vec<String>)> = Vec::new();
    for (position, rule) in model.rules.iter().enumerate() {
        match operations(model, position, rule) {
            Ok((path, operations)) if !operations.is_empty() => {
                match paths.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, known)) => known.extend(operations),
                    None => paths.push((path, operations)),
                }
            }
            Ok(_) => {}
            Err(problem) => obstacles.push(problem),
        }
    }
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let mut text = head(model, "an HTTP API of AWS API Gateway", "Import it with `aws apigatewayv2 import-api`.");
    let _ = write!(
        text,
        "# Whatever is not here responds 404. The type of a token is not checked, and a token on a public endpoint is not examined.\n\
         openapi: \"3.0.1\"\ninfo:\n  title: {}\n  version: \"1\"\ncomponents:\n  securitySchemes:\n    {AUTHORIZER}:\n      type: oauth2\n      \
         flows: {{}}\n      x-amazon-apigateway-authorizer:\n        type: jwt\n        identitySource: \"$request.header.Authorization\"\n        \
         jwtConfiguration:\n          issuer: {}\n          audience: {}\n",
        json_string(&model.api),
        json_string(&model.issuer),
        json_strings([&model.audience]),
    );
    if paths.is_empty() {
        text.push_str("paths: {}\n");
        return Ok(text);
    }
    text.push_str("paths:\n");
    for (path, operations) in paths {
        let _ = write!(text, "  {}:\n{}", json_string(&path), operations.concat());
    }
    Ok(text)
}

/// Obstacles that concern the whole API.
fn general(model: &Model) -> Vec<Diagnostic> {
    let mut obstacles = Vec::new();
    if model.ignore_case {
        obstacles.push(unsupported(
            format!("API `{}` ignores the case of paths, which API Gateway does not", model.api),
            "use a decision endpoint as a Lambda authorizer",
        ));
    }
    let read: BTreeSet<&str> = model.claims.iter().map(String::as_str).collect();
    if read != BTreeSet::from(CLAIMS) {
        let claims: Vec<String> = model.claims.iter().map(|claim| format!("`{claim}`")).collect();
        obstacles.push(unsupported(
            format!("API Gateway reads scopes from `scope` and `scp`, but the manifest from {}", claims.join(" and ")),
            "if the issuer uses no other claim, say so with `--claim scope --claim scp`",
        ));
    }
    if model.upstream.scheme() != "https" && model.upstream.scheme() != "http" {
        obstacles.push(unsupported("the upstream is not an http or https URL", "use `--upstream https://…`"));
    }
    obstacles
}

/// Returns the path of an endpoint with its operations, none if nobody may call it.
fn operations(model: &Model, position: usize, rule: &Rule) -> Result<(String, Vec<String>), Diagnostic> {
    let methods: Vec<&String> = rule
        .methods
        .iter()
        .filter(|method| {
            let before = earlier(&model.rules, position, method);
            !before.iter().any(|other| is_same_path(&other.segments, &rule.segments))
        })
        .collect();
    let is_denied = rule.access.alternatives.is_empty() && !rule.access.anonymous;
    let conflict = methods.iter().flat_map(|method| earlier(&model.rules, position, method));
    for other in conflict {
        // the most specific route decides, and what is more specific is documented for literals and `{proxy+}` only
        let is_denied_before = other.access.alternatives.is_empty() && !other.access.anonymous;
        if is_denied_before && !is_denied {
            let reason = format!("also gets the requests of `{}`, which is denied", other.endpoint);
            return Err(inexpressible(model, rule, &reason));
        }
        if !is_denied && !is_more_specific(&other.segments, &rule.segments) {
            let reason =
                format!("and `{}` share paths, and API Gateway does not document which decides", other.endpoint);
            return Err(inexpressible(model, rule, &reason));
        }
    }
    if is_denied {
        return Ok((String::new(), Vec::new()));
    }
    let (path, target) = template(&rule.segments).ok_or_else(|| {
        inexpressible(
            model,
            rule,
            "has a parameter that is a part of a segment, or a catch-all before the end of its path",
        )
    })?;
    if let Some(method) = methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
        return Err(inexpressible(
            model,
            rule,
            &format!("has the method `{method}`, which API Gateway does not route"),
        ));
    }
    let scopes = match rule.access.anonymous {
        true => None,
        false => Some(any_of(model, rule)?),
    };
    let operation = |method: &&String| operation(model, rule, method, &target, scopes.as_deref());
    Ok((path, methods.iter().map(operation).collect()))
}

/// Returns whether API Gateway prefers the first path: a full match before one with `{proxy+}`, a literal before a parameter.
fn is_more_specific(one: &[Segment], other: &[Segment]) -> bool {
    let rank = |segment: &Segment| match () {
        () if segment.as_literal().is_some() => 0,
        () if is_catch_all(segment) => 2,
        () => 1,
    };
    if other.last().is_some_and(is_catch_all) && !one.last().is_some_and(is_catch_all) {
        return true;
    }
    one.iter().zip(other).all(|(one, other)| rank(one) <= rank(other))
}

/// Returns the path template and the path of the integration; `None` if API Gateway has none. Parameters are numbered, because
/// all methods of a path share their names.
fn template(segments: &[Segment]) -> Option<(String, String)> {
    if !is_plain(segments) {
        return None;
    }
    let (mut path, mut target) = (String::new(), String::new());
    for (number, segment) in segments.iter().enumerate() {
        match segment.as_literal() {
            Some(text) if text.contains(['{', '}', '+']) => return None,
            Some(text) => [&mut path, &mut target].into_iter().for_each(|side| {
                side.push('/');
                side.push_str(&encoded_literal(text));
            }),
            None if is_catch_all(segment) => {
                path.push_str("/{proxy+}");
                target.push_str("/{proxy}");
            }
            None => [&mut path, &mut target].into_iter().for_each(|side| {
                let _ = write!(side, "/{{p{number}}}");
            }),
        }
    }
    if path.is_empty() {
        return Some(("/".to_owned(), "/".to_owned()));
    }
    Some((path, target))
}

/// Returns the scopes any of which admits a token.
fn any_of(model: &Model, rule: &Rule) -> Result<Vec<String>, Diagnostic> {
    let Access { alternatives, .. } = &rule.access;
    let mut scopes: Vec<String> = Vec::new();
    for alternative in alternatives {
        // the scope that implies all others stands for them
        let granting = |need: &super::ScopeNeed| need.iter().cloned().collect::<BTreeSet<_>>();
        let strictest = alternative.iter().find(|need| {
            let own = granting(need);
            alternative.iter().all(|other| own.is_subset(&granting(other)))
        });
        let Some(need) = strictest else {
            return Err(inexpressible(
                model,
                rule,
                &format!("requires {}, and API Gateway accepts any one of several scopes", rule.required),
            ));
        };
        scopes.extend(need.iter().map(|scope| scope.as_str().to_owned()));
    }
    let mut known = BTreeSet::new();
    scopes.retain(|scope| known.insert(scope.clone()));
    if scopes.len() > MOST_SCOPES {
        let reason =
            format!("is granted by {} scopes, and a route of API Gateway has at most {MOST_SCOPES}", scopes.len());
        return Err(inexpressible(model, rule, &reason));
    }
    Ok(scopes)
}

fn operation(model: &Model, rule: &Rule, method: &str, target: &str, scopes: Option<&[String]>) -> String {
    let security = match scopes {
        Some(scopes) => format!("\n        - {AUTHORIZER}: {}", json_strings(scopes)),
        None => " []".to_owned(),
    };
    let origin = model.upstream.origin().ascii_serialization();
    format!(
        "    {}\n    {}:\n      security:{security}\n      responses: {{default: {{description: \"Response of the API\"}}}}\n      \
         x-amazon-apigateway-integration:\n        type: http_proxy\n        httpMethod: {method}\n        uri: {}\n        \
         payloadFormatVersion: \"1.0\"\n",
        comment(model, rule),
        method.to_ascii_lowercase(),
        json_string(&format!("{origin}{target}")),
    )
}
