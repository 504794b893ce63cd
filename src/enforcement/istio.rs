//! Istio: a `RequestAuthentication`, which verifies tokens, an `AuthorizationPolicy` that denies ID tokens, and one that allows
//! what its rules name.
//!
//! Rules are alternatives without an order (API reference, `AuthorizationPolicy`), so a rule excludes the paths of the endpoints
//! before it. Values are patterns: `*` at the start or end of a scope or path is a wildcard.

use std::fmt::Write as _;

use super::Keys;
use super::findings::unsupported;
use super::model::{Alternative, Model, Rule};
use super::overlap::{earlier, encoded_literal, is_catch_all, is_plain, is_same_path, is_within};
use super::text::{ID_TOKEN_CLAIMS, comment, head, inexpressible, json_string, json_strings};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Piece, Segment};

/// Most rules for one endpoint: the claims are multiplied, since a condition reads one claim.
const MOST_RULES: usize = 64;

/// Exports the configuration of an API.
pub(super) fn export(model: &Model) -> Result<String, Vec<Diagnostic>> {
    let mut obstacles = Vec::new();
    if model.ignore_case {
        obstacles.push(unsupported(
            format!("API `{}` ignores the case of paths, which Istio does not", model.api),
            "use a decision endpoint (`tokscope gateway authorize`)",
        ));
    }
    for (name, value) in [("the issuer", &model.issuer), ("the audience", &model.audience)] {
        if is_pattern(value) {
            let message = format!("{name} `{value}` begins or ends with `*`, which Istio reads as a wildcard");
            obstacles.push(unsupported(message, "use a decision endpoint (`tokscope gateway authorize`)"));
        }
    }
    let mut rules = String::new();
    for (position, rule) in model.rules.iter().enumerate() {
        match section(model, position, rule) {
            Ok(text) => rules.push_str(&text),
            Err(problem) => obstacles.push(problem),
        }
    }
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let mut text = head(model, "Istio", "Apply it with `kubectl apply -f`, in the namespace of the workloads.");
    let _ = write!(
        text,
        "# The type and `nbf` of a token are not checked, nor is `exp` demanded; a refusal is 403 without a challenge. Paths that\n\
         # servers read differently are refused only with `pathNormalization.normalization: DECODE_AND_MERGE_SLASHES` in the mesh.\n\
         # Other policies with `action: ALLOW` for the same workloads allow more.\n"
    );
    let name = format!("tokscope-{}", label(&model.api));
    let selector = match &model.selector {
        Some((name, value)) => {
            format!("  selector:\n    matchLabels:\n      {}: {}\n", json_string(name), json_string(value))
        }
        None => String::new(),
    };
    let keys = match &model.keys {
        Keys::Url(url) => format!("      jwksUri: {}\n", json_string(url.as_str())),
        Keys::File(_) | Keys::Issuer => String::new(),
    };
    // the claim `scope` is always split
    let split: Vec<&String> = model.claims.iter().filter(|claim| *claim != "scope").collect();
    let split = match split.is_empty() {
        true => String::new(),
        false => format!("      # Istio 1.28 or later\n      spaceDelimitedClaims: {}\n", json_strings(split)),
    };
    let policy = |name: &str, action: &str| {
        format!(
            "---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: {name}\nspec:\n{selector}  action: {action}\n"
        )
    };
    let _ = write!(
        text,
        "apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata:\n  name: {name}\nspec:\n{selector}  jwtRules:\n    \
         - issuer: {}\n      audiences: {}\n{keys}      fromHeaders:\n        - name: Authorization\n          prefix: \"Bearer \"\n      \
         forwardOriginalToken: true\n{split}",
        json_string(&model.issuer),
        json_strings([&model.audience]),
    );
    text.push_str(&policy(&format!("{name}-id-tokens"), "DENY"));
    text.push_str("  rules:\n");
    for claim in ID_TOKEN_CLAIMS {
        let _ = write!(text, "    - when:\n        - key: request.auth.claims[{claim}]\n          values: [\"*\"]\n");
    }
    text.push_str(&policy(&name, "ALLOW"));
    // without rules, such a policy allows nothing
    if rules.is_empty() {
        text.push_str("  rules: []\n");
    } else {
        let _ = write!(text, "  rules:\n{rules}");
    }
    Ok(text)
}

/// Returns the name of an API as part of the name of a resource (RFC 1123).
fn label(name: &str) -> String {
    let character = |character: char| match character.to_ascii_lowercase() {
        plain if plain.is_ascii_alphanumeric() => plain,
        _ => '-',
    };
    name.chars().map(character).collect::<String>().trim_matches('-').to_owned()
}

fn is_pattern(value: &str) -> bool {
    value.starts_with('*') || value.ends_with('*')
}

/// Returns the rules of an endpoint; nothing if nobody may call it.
fn section(model: &Model, position: usize, rule: &Rule) -> Result<String, Diagnostic> {
    if rule.access.alternatives.is_empty() && !rule.access.anonymous {
        return Ok(String::new());
    }
    let path = pattern(&rule.segments).ok_or_else(|| {
        inexpressible(
            model,
            rule,
            "has a parameter that is a part of a segment, or a catch-all before the end of its path",
        )
    })?;
    let operations = operations(model, position, rule, &path)?;
    if operations.is_empty() {
        return Ok(String::new());
    }
    let mut text = format!("    {}\n", comment(model, rule));
    if rule.access.anonymous {
        let _ = write!(text, "    - to:\n{operations}");
        return Ok(text);
    }
    let conditions = conditions(model, rule)?;
    for conditions in conditions {
        let _ = write!(text, "    - to:\n{operations}      when:\n{conditions}");
    }
    Ok(text)
}

/// Returns the path pattern of an endpoint; `None` if Istio has none.
fn pattern(segments: &[Segment]) -> Option<String> {
    if !is_plain(segments) {
        return None;
    }
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        match segment.as_literal() {
            Some(text) if text.contains(['*', '{', '}']) => return None,
            Some(text) => path.push_str(&encoded_literal(text)),
            None if is_catch_all(segment) => path.push_str("{**}"),
            None => path.push_str("{*}"),
        }
    }
    if path.is_empty() {
        path.push('/');
    }
    Some(path)
}

/// Returns the operations of an endpoint: methods that exclude the same paths share one.
fn operations(model: &Model, position: usize, rule: &Rule, path: &str) -> Result<String, Diagnostic> {
    let mut groups: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for method in &rule.methods {
        let before = earlier(&model.rules, position, method);
        if before.iter().any(|other| is_same_path(&other.segments, &rule.segments)) {
            continue;
        }
        let mut excluded = Vec::new();
        for other in before {
            excluded.push(exclusion(rule, other).ok_or_else(|| {
                let reason = format!("shares paths with `{}`, which Istio can't exclude from it", other.endpoint);
                inexpressible(model, rule, &reason)
            })?);
        }
        if rule.segments.last().is_some_and(is_catch_all) {
            // `{**}` also matches nothing
            excluded.push(path.trim_end_matches("{**}").to_owned());
        }
        match groups.iter_mut().find(|(known, _)| *known == excluded) {
            Some((_, methods)) => methods.push(method),
            None => groups.push((excluded, vec![method])),
        }
    }
    let mut text = String::new();
    for (excluded, methods) in groups {
        let _ = write!(
            text,
            "        - operation:\n            methods: {}\n            paths: {}\n",
            json_strings(methods),
            json_strings([path])
        );
        if !excluded.is_empty() {
            let _ = writeln!(text, "            notPaths: {}", json_strings(excluded));
        }
    }
    Ok(text)
}

/// Returns a pattern that takes exactly the paths of `other` from those of `rule`; `None` if there is none.
fn exclusion(rule: &Rule, other: &Rule) -> Option<String> {
    if let Some(path) = pattern(&other.segments) {
        return Some(path);
    }
    // a wildcard at the start or the end takes more than the endpoint's paths, but not among those of the rule
    let (last, before) = other.segments.split_last()?;
    let (_, rule_before) = rule.segments.split_last()?;
    let has_rest = rule.segments.iter().chain(&other.segments).any(Segment::has_rest);
    if has_rest || !is_within(rule_before, before) {
        return None;
    }
    match last.pieces() {
        [Piece::Parameter(_), Piece::Literal(end)] if !end.contains('*') => Some(format!("*{}", encoded_literal(end))),
        [Piece::Literal(start), Piece::Parameter(_)] if !start.contains('*') => {
            let fixed = pattern(before).filter(|path| !path.contains('{'))?;
            Some(format!("{}/{}*", fixed.trim_end_matches('/'), encoded_literal(start)))
        }
        _ => None,
    }
}

/// Returns the conditions of an endpoint: alternatives, each all of its lines.
fn conditions(model: &Model, rule: &Rule) -> Result<Vec<String>, Diagnostic> {
    let scopes = rule.access.alternatives.iter().flatten().flat_map(|need| need.iter());
    if let Some(scope) = scopes.map(crate::scope::Scope::as_str).find(|scope| is_pattern(scope)) {
        let reason = format!("needs `{scope}`, whose `*` Istio reads as a wildcard");
        return Err(inexpressible(model, rule, &reason));
    }
    let mut all = Vec::new();
    for alternative in &rule.access.alternatives {
        let choices = model.claims.len().checked_pow(u32::try_from(alternative.len()).unwrap_or(u32::MAX));
        if choices.is_none_or(|choices| all.len() + choices > MOST_RULES) {
            let reason = format!("needs more than {MOST_RULES} rules, because each scope may stand in several claims");
            return Err(inexpressible(model, rule, &reason));
        }
        all.extend(readings(&model.claims, alternative).into_iter().map(|lines| format!("{}{lines}", valid(model))));
    }
    Ok(all)
}

/// Conditions that only a token of the issuer for the API meets.
fn valid(model: &Model) -> String {
    format!(
        "        - key: request.auth.claims[iss]\n          values: {}\n        - key: request.auth.audiences\n          values: {}\n",
        json_strings([&model.issuer]),
        json_strings([&model.audience])
    )
}

/// Returns the conditions of an alternative for each way to spread its scopes over the claims.
fn readings(claims: &[String], alternative: &Alternative) -> Vec<String> {
    let mut all = vec![String::new()];
    for need in alternative {
        let values = json_strings(need.iter().map(crate::scope::Scope::as_str));
        let with = |start: &String| {
            let line = |claim: &String| {
                format!("{start}        - key: request.auth.claims[{claim}]\n          values: {values}\n")
            };
            claims.iter().map(line).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}
