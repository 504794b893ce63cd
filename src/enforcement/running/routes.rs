//! Compares routes with the endpoints of an API: for each endpoint a request is made up, and the route that it takes decides.

use std::collections::BTreeSet;

use super::findings::{
    RUNNING_ANY_OF, RUNNING_CLAIM, RUNNING_DEFAULT, RUNNING_MISSING, RUNNING_OPEN, RUNNING_STRICTER, RUNNING_TOKEN,
    RUNNING_UNLISTED, RUNNING_UNREAD, RUNNING_WEAKER,
};
use super::{Access, Fallback, Precedence, Route, Running, Span};
use crate::diagnostic::Diagnostic;
use crate::enforcement::overlap::encoded_literal;
use crate::manifest::{Api, Endpoint, Piece};
use crate::scope::{Requirement, Scope, ScopeSet, compare as compare_scopes};

/// Values of parameters in made-up requests: one of them fits most patterns.
const SAMPLES: [&str; 3] = ["7", "x7", "6f1c8e9a-0b57-4d2e-9a3c-2f4b1d7c5e80"];

/// A path that no manifest has.
const UNLISTED: &str = "/tokscope-unlisted-path/7";

/// Claims that scopes are usually in.
const CLAIMS: [&str; 2] = ["scope", "scp"];

/// What happens to a request.
struct Outcome<'r> {
    access: Access,
    /// The route that decides, for its name and place.
    route: Option<&'r Route>,
}

pub(super) fn compare(api: &Api, running: &Running) -> Vec<Diagnostic> {
    let prefix = prefix(api, running);
    let mut findings = Vec::new();
    let mut used: BTreeSet<usize> = BTreeSet::new();
    for endpoint in &api.endpoints {
        if endpoint.mcp().is_some() || endpoint.template.query_terms() > 0 || endpoint.template.fragment().is_some() {
            continue;
        }
        let path = sample(endpoint, &prefix, running);
        let outcome = outcome(running, &endpoint.method, &path);
        let taken = running.routes.iter().enumerate().filter(|(_, route)| route.answers(&endpoint.method, &path));
        used.extend(taken.map(|(index, _)| index));
        // GET also answers HEAD
        if endpoint.method == "GET" {
            let heads = running.routes.iter().enumerate().filter(|(_, route)| route.answers("HEAD", &path));
            used.extend(heads.map(|(index, _)| index));
        }
        findings.extend(judge(api, endpoint, &outcome));
    }
    findings.extend(default(running, &prefix));
    let unlisted = running.routes.iter().enumerate().filter(|(index, route)| {
        !used.contains(index) && !matches!(route.access, Access::Denied) && !is_catch_all(route, &prefix)
    });
    let mut known = BTreeSet::new();
    for (_, route) in unlisted.filter(|(_, route)| known.insert(route.name.clone())) {
        let message = format!("`{}` is not in the manifest", route.name);
        findings.push(Diagnostic::new(&RUNNING_UNLISTED, message).at(route.span.clone()));
    }
    findings.extend(claims(api, running));
    findings.extend(tokens(api, running));
    findings
}

/// Returns the path that goes before that of an endpoint: that of the base URL, unless the routes fit better without it.
fn prefix(api: &Api, running: &Running) -> String {
    let own = api.base_url.path().trim_end_matches('/').to_owned();
    if own.is_empty() {
        return own;
    }
    let fitting = |prefix: &str| {
        let is_answered = |endpoint: &&Endpoint| {
            let path = sample(endpoint, prefix, running);
            running.routes.iter().any(|route| !is_catch_all(route, prefix) && route.answers(&endpoint.method, &path))
        };
        api.endpoints.iter().filter(is_answered).count()
    };
    if fitting(&own) >= fitting("") { own } else { String::new() }
}

/// Returns the path of a request for an endpoint.
fn sample(endpoint: &Endpoint, prefix: &str, running: &Running) -> String {
    let of = |value: &str| {
        let mut path = prefix.to_owned();
        for segment in endpoint.template.segments() {
            path.push('/');
            for piece in segment.pieces() {
                match piece {
                    Piece::Literal(text) => path.push_str(&encoded_literal(text)),
                    Piece::Parameter(_) => path.push_str(value),
                    Piece::Rest(_) => path.push_str(&format!("{value}/{value}")),
                }
            }
        }
        path
    };
    let paths = SAMPLES.map(of);
    let fits = |path: &&String| running.routes.iter().any(|route| route.answers(&endpoint.method, path));
    paths.iter().find(fits).or(paths.first()).cloned().unwrap_or_default()
}

fn is_catch_all(route: &Route, prefix: &str) -> bool {
    route.path.matches(&format!("{prefix}{UNLISTED}"))
}

fn outcome<'r>(running: &'r Running, method: &str, path: &str) -> Outcome<'r> {
    let mut matching: Vec<&Route> = running.routes.iter().filter(|route| route.answers(method, path)).collect();
    match running.precedence {
        Precedence::First => {}
        Precedence::MostSpecific => {
            matching.sort_by_key(|route| std::cmp::Reverse((route.path.specificity(), route.methods.is_some())));
        }
        Precedence::Any => return any(running, &matching),
    }
    match (matching.first(), &running.default) {
        (Some(route), _) => Outcome { access: route.access.clone(), route: Some(route) },
        (None, Fallback::Denied) => Outcome { access: Access::Denied, route: None },
        (None, Fallback::Allowed(_)) => Outcome { access: Access::Open, route: None },
    }
}

/// A route that denies comes first; then the widest decides.
fn any<'r>(running: &Running, matching: &[&'r Route]) -> Outcome<'r> {
    let find = |wanted: fn(&Access) -> bool| matching.iter().find(|route| wanted(&route.access)).copied();
    let first = find(|access| *access == Access::Denied)
        .or_else(|| find(|access| *access == Access::Open))
        .or_else(|| find(|access| matches!(access, Access::Unknown(_))))
        .or_else(|| find(|access| *access == Access::Token));
    if let Some(route) = first {
        return Outcome { access: route.access.clone(), route: Some(route) };
    }
    let alternatives: Vec<Vec<String>> = matching
        .iter()
        .filter_map(|route| if let Access::Scopes(sets) = &route.access { Some(sets.clone()) } else { None })
        .flatten()
        .collect();
    match (matching.first(), &running.default) {
        (Some(route), _) => Outcome { access: Access::Scopes(alternatives), route: Some(route) },
        (None, Fallback::Denied) => Outcome { access: Access::Denied, route: None },
        (None, Fallback::Allowed(_)) => Outcome { access: Access::Open, route: None },
    }
}

fn judge(api: &Api, endpoint: &Endpoint, outcome: &Outcome<'_>) -> Option<Diagnostic> {
    let required = &endpoint.requirement;
    let is_public = endpoint.optional || required.is_none();
    let place =
        |finding: Diagnostic| match outcome.route.map(|route| route.span.clone()).filter(|span| !span.is_empty()) {
            Some(span) => Some(finding.at(span)),
            None => Some(finding),
        };
    match &outcome.access {
        Access::Unknown(reason) => {
            place(Diagnostic::new(&RUNNING_UNREAD, format!("`{endpoint}` is not compared: {reason}")))
        }
        Access::Open if is_public => None,
        Access::Open => place(Diagnostic::new(
            &RUNNING_OPEN,
            format!("`{endpoint}` requires {required} in the manifest, but nothing here"),
        )),
        Access::Token if required.is_none() || endpoint.optional => {
            let message = format!("`{endpoint}` needs no token in the manifest, but a valid one here");
            place(Diagnostic::new(&RUNNING_STRICTER, message))
        }
        Access::Token => {
            let message =
                format!("`{endpoint}` requires {required} in the manifest, but any valid token here, also an ID token");
            place(Diagnostic::new(&RUNNING_OPEN, message))
        }
        Access::Denied => {
            place(Diagnostic::new(&RUNNING_MISSING, format!("`{endpoint}` is denied: no route allows it")))
        }
        Access::Scopes(alternatives) => {
            let found = alternatives
                .iter()
                .map(|names| names.iter().map(|name| Scope::parse(name)).collect::<Result<ScopeSet, _>>());
            let Ok(found) = found.collect::<Result<Vec<ScopeSet>, _>>() else {
                let message = format!("`{endpoint}` is not compared: a name is not a valid scope");
                return place(Diagnostic::new(&RUNNING_UNREAD, message));
            };
            scopes(api, endpoint, &found).and_then(place)
        }
    }
}

/// Compares alternatives of the engine with a requirement.
fn scopes(api: &Api, endpoint: &Endpoint, found: &[ScopeSet]) -> Option<Diagnostic> {
    let required = &endpoint.requirement;
    let hierarchy = &api.hierarchy;
    if required.is_none() {
        let message = format!("`{endpoint}` requires no scope in the manifest, but {} here", shown(found));
        return Some(Diagnostic::new(&RUNNING_STRICTER, message));
    }
    let weaker: Vec<&ScopeSet> =
        found.iter().filter(|granted| !compare_scopes(granted, required, hierarchy).is_allowed()).collect();
    if !weaker.is_empty() {
        let is_part = |part: &ScopeSet| required.alternatives().iter().any(|all| all.len() > 1 && part.is_subset(all));
        if weaker.iter().all(|part| is_part(part)) {
            let message = format!("`{endpoint}` requires {required} in the manifest, but {} here", shown(found));
            return Some(Diagnostic::new(&RUNNING_ANY_OF, message));
        }
        let names: Vec<String> = weaker.iter().map(|set| format!("`{set}`")).collect();
        let message =
            format!("`{endpoint}` requires {required} in the manifest, but accepts {} here", names.join(" and "));
        return Some(Diagnostic::new(&RUNNING_WEAKER, message));
    }
    let accepted = Requirement::any_of(found.iter().cloned())?;
    // what the engine does not know of implications it refuses
    let plain = crate::scope::Hierarchy::default();
    let refused: Vec<String> = required
        .alternatives()
        .iter()
        .filter(|granted| !compare_scopes(granted, &accepted, &plain).is_allowed())
        .map(|set| format!("`{set}`"))
        .collect();
    if refused.is_empty() {
        return None;
    }
    let message = format!("`{endpoint}` does not accept {}, which is sufficient in the manifest", refused.join(" or "));
    Some(Diagnostic::new(&RUNNING_STRICTER, message))
}

fn shown(found: &[ScopeSet]) -> String {
    let Some(requirement) = Requirement::any_of(found.iter().cloned()) else { return "nothing".to_owned() };
    requirement.to_string()
}

/// Reports a default, or a catch-all route, that lets requests pass which match no endpoint.
fn default(running: &Running, prefix: &str) -> Option<Diagnostic> {
    let outcome = outcome(running, "GET", &format!("{prefix}{UNLISTED}"));
    let what = match &outcome.access {
        Access::Open => "without a token",
        Access::Token => "with any valid token",
        Access::Scopes(_) | Access::Denied | Access::Unknown(_) => return None,
    };
    let message = match outcome.route {
        Some(route) => format!("`{}` lets requests pass {what} that match no endpoint", route.name),
        None => format!("requests that match no route pass {what}"),
    };
    let span: Option<Span> = match (&running.default, outcome.route) {
        (_, Some(route)) => Some(route.span.clone()),
        (Fallback::Allowed(span), None) => span.clone(),
        (Fallback::Denied, None) => None,
    };
    let finding = Diagnostic::new(&RUNNING_DEFAULT, message);
    Some(span.into_iter().fold(finding, Diagnostic::at))
}

/// Reports a claim that the engine reads scopes from, and tokens do not have them in.
fn claims(api: &Api, running: &Running) -> Option<Diagnostic> {
    let plain = |claim: &str| claim.trim_start_matches('/').replace('/', ".");
    let expected: BTreeSet<String> = match api.scopes_claim.as_slice() {
        [] => CLAIMS.map(str::to_owned).into(),
        own => own.iter().map(|claim| plain(claim)).collect(),
    };
    let read: BTreeSet<&str> = running.claims.iter().map(|(claim, _)| claim.as_str()).collect();
    if read.is_empty() || read.iter().any(|claim| expected.contains(*claim)) {
        return None;
    }
    let (claim, span) = running.claims.first()?;
    let expected: Vec<String> = expected.iter().map(|claim| format!("`{claim}`")).collect();
    let message = format!("scopes are read from `{claim}`, but tokens have them in {}", expected.join(" or "));
    Some(Diagnostic::new(&RUNNING_CLAIM, message).at(span.clone()))
}

/// Reports issuers and audiences other than those of the API.
fn tokens(api: &Api, running: &Running) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut known = BTreeSet::new();
    let own = [
        ("issuer", api.issuer.as_ref().map(crate::manifest::Issuer::as_str), &running.issuers),
        ("audience", api.audience.as_deref(), &running.audiences),
    ];
    for (what, own, found) in own {
        let Some(own) = own else { continue };
        for (other, span) in found.iter().filter(|(value, _)| value != own) {
            if known.insert((what, other.clone())) {
                let message = format!("tokens with the {what} `{other}` are accepted, but the API's is `{own}`");
                findings.push(Diagnostic::new(&RUNNING_TOKEN, message).at(span.clone()));
            }
        }
    }
    if let (Some(span), Some(own)) = (&running.any_audience, &api.audience) {
        let message = format!("tokens with any audience are accepted, but the API's is `{own}`");
        findings.push(Diagnostic::new(&RUNNING_TOKEN, message).at(span.clone()));
    }
    findings
}
