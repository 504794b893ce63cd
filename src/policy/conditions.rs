//! Evaluation of the conditions of a rule.

use super::{Fact, Facts, Request};
use crate::manifest::{Api, Effect, Manifest, PolicyRule, Wildcard};
use crate::scope::{Hierarchy, Pattern, Risk, Scope, is_identity_scope};

/// Whether a condition or a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Yes,
    No,
    /// It depends on a fact that is not known.
    Unknown(Fact),
}

impl Match {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Both have to match. What can't match is not unknown.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown(fact), _) | (_, Self::Unknown(fact)) => Self::Unknown(fact),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}

/// Returns whether a rule matches.
pub(super) fn matches(manifest: &Manifest, rule: &PolicyRule, request: &Request<'_>, facts: &Facts) -> Match {
    let mut all = Match::Yes;
    evaluate(manifest, rule, request, facts, |_, outcome| {
        all = all.and(outcome);
        all != Match::No
    });
    all
}

/// Evaluates the conditions that a rule states, until `visit` returns false. The key is the one in the manifest.
pub(super) fn evaluate(
    manifest: &Manifest,
    rule: &PolicyRule,
    request: &Request<'_>,
    facts: &Facts,
    mut visit: impl FnMut(&'static str, Match) -> bool,
) {
    let when = &rule.when;
    let name = |patterns: &[Wildcard], known: Option<&str>, fact| match known {
        Some(name) => Match::of(patterns.iter().any(|pattern| pattern.matches(name))),
        None => Match::Unknown(fact),
    };
    let flag = |wanted: bool, known: Option<bool>, fact| match known {
        Some(known) => Match::of(known == wanted),
        None => Match::Unknown(fact),
    };
    let age = |holds: &dyn Fn(u64) -> bool| match facts.sign_in_age {
        Some(age) => Match::of(holds(age)),
        None => Match::Unknown(Fact::SignInAge),
    };
    let in_windows = |windows: &[crate::manifest::Window], inside: bool| match facts.time {
        Some(time) => Match::of(windows.iter().any(|window| window.contains(time)) == inside),
        None => Match::Unknown(Fact::Time),
    };
    let endpoint = |holds: &dyn Fn(&Api, &crate::manifest::Endpoint) -> bool| {
        Match::of(request.endpoint.is_some_and(|(api, endpoint)| holds(api, endpoint)))
    };
    let conditions: [(&'static str, bool, &dyn Fn() -> Match); 15] = [
        ("clients", !rule.clients.is_empty(), &|| name(&rule.clients, facts.client.as_deref(), Fact::Client)),
        ("apis", !rule.apis.is_empty(), &|| {
            endpoint(&|api, _| rule.apis.iter().any(|pattern| pattern.matches(&api.name)))
        }),
        ("endpoints", !rule.endpoints.is_empty(), &|| {
            endpoint(&|_, endpoint| rule.endpoints.iter().any(|pattern| pattern.matches(endpoint)))
        }),
        ("methods", !rule.methods.is_empty(), &|| {
            endpoint(&|_, endpoint| rule.methods.iter().any(|pattern| pattern.matches(endpoint)))
        }),
        ("environment", !when.environment.is_empty(), &|| {
            name(&when.environment, facts.environment.as_deref(), Fact::Environment)
        }),
        ("ci", when.ci.is_some(), &|| flag(when.ci.unwrap_or_default(), facts.ci, Fact::Ci)),
        ("branch", !when.branch.is_empty(), &|| name(&when.branch, facts.branch.as_deref(), Fact::Branch)),
        ("hours", !when.hours.is_empty(), &|| in_windows(&when.hours, true)),
        ("outside_hours", !when.outside_hours.is_empty(), &|| in_windows(&when.outside_hours, false)),
        ("caller", !when.caller.is_empty(), &|| name(&when.caller, facts.caller.as_deref(), Fact::Caller)),
        ("interactive", when.interactive.is_some(), &|| {
            flag(when.interactive.unwrap_or_default(), facts.interactive, Fact::Interactive)
        }),
        ("max_sign_in_age", when.max_sign_in_age.is_some(), &|| {
            age(&|age| when.max_sign_in_age.is_none_or(|most| age <= most))
        }),
        ("min_sign_in_age", when.min_sign_in_age.is_some(), &|| {
            age(&|age| when.min_sign_in_age.is_none_or(|least| age >= least))
        }),
        ("scopes", !rule.scopes.is_empty(), &|| Match::of(scopes_match(manifest, rule, request))),
        ("risk", rule.risk.is_some(), &|| Match::of(risk_matches(manifest, rule, request))),
    ];
    for (key, _, condition) in conditions.into_iter().filter(|(_, is_stated, _)| *is_stated) {
        if !visit(key, condition()) {
            return;
        }
    }
}

/// The hierarchies that give the scopes of a request a meaning: that of its API, or all without one.
fn hierarchies<'m>(manifest: &'m Manifest, request: &Request<'m>) -> Vec<&'m Hierarchy> {
    match request.endpoint {
        Some((api, _)) => vec![&api.hierarchy],
        None => manifest.apis.iter().map(|api| &api.hierarchy).collect(),
    }
}

/// A rule that allows has to list every scope; for others one that is requested, or implied by a requested one, is enough.
fn scopes_match(manifest: &Manifest, rule: &PolicyRule, request: &Request<'_>) -> bool {
    let known = hierarchies(manifest, request);
    let is_listed = |scope: &Scope| rule.scopes.iter().any(|pattern| pattern.matches(scope.as_str()));
    if rule.effect == Effect::Allow {
        let implied = |scope: &Scope| {
            let literal = rule.scopes.iter().filter(|pattern| !pattern.is_wildcard());
            literal
                .map(Pattern::as_str)
                .any(|held| known.iter().any(|hierarchy| hierarchy.grants(held, scope.as_str())))
        };
        let is_identity = |scope: &Scope| is_identity_scope(scope.as_str(), known.iter().copied());
        return request.scopes.iter().all(|scope| is_listed(scope) || implied(scope) || is_identity(scope));
    }
    request.scopes.iter().any(is_listed)
        || known.iter().any(|hierarchy| {
            let reach = hierarchy.reach(request.scopes);
            rule.scopes.iter().any(|pattern| !pattern.is_wildcard() && reach.grants(pattern.as_str()))
                || reach.declared().any(is_listed)
        })
}

/// A rule that allows does so up to its risk; others match from their risk up.
fn risk_matches(manifest: &Manifest, rule: &PolicyRule, request: &Request<'_>) -> bool {
    let Some(limit) = rule.risk else { return true };
    match (rule.effect, highest_risk(manifest, request)) {
        (Effect::Allow, risk) => risk.is_none_or(|risk| risk <= limit),
        (_, risk) => risk.is_some_and(|risk| risk >= limit),
    }
}

/// Returns the highest risk of the scopes of a request and of those that they imply; `None` without scopes. A scope that no
/// API declares has the default risk.
pub(super) fn highest_risk(manifest: &Manifest, request: &Request<'_>) -> Option<Risk> {
    let known = hierarchies(manifest, request);
    let is_identity = |scope: &Scope| is_identity_scope(scope.as_str(), known.iter().copied());
    let own = request.scopes.iter().filter(|scope| !is_identity(scope)).map(|scope| {
        let declaring = known.iter().filter(|hierarchy| hierarchy.declares(scope.as_str()));
        declaring.map(|hierarchy| hierarchy.risk(scope.as_str())).max().unwrap_or_default()
    });
    let implied = known.iter().filter_map(|hierarchy| {
        let reach = hierarchy.reach(request.scopes);
        reach.declared().map(|scope| hierarchy.risk(scope.as_str())).max()
    });
    own.chain(implied).max()
}
