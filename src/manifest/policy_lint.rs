//! Lint of a policy: rules that can't match or never decide, endpoints without a rule, and a policy that allows everything.

use super::findings::{
    APPROVERS_IMPLICIT, POLICY_ALLOWS_ALL, POLICY_DEFAULT_IMPLIED, POLICY_NO_EFFECT, POLICY_SHADOWED,
    POLICY_UNAPPROVABLE, POLICY_UNCOVERED, POLICY_UNMATCHABLE,
};
use super::{Api, Approvers, Client, Effect, Endpoint, EndpointPattern, Manifest, Policy, PolicyRule, Wildcard};
use crate::diagnostic::Diagnostic;
use crate::scope::{IDENTITY_SCOPES, Pattern, Risk};
use crate::text::nearest;

/// Maximum number of endpoints named in a finding, and of rules that are compared with each other.
const MAX_SHOWN: usize = 5;
const MAX_COMPARED: usize = 500;

/// Returns the findings about a policy.
pub(super) fn lint(manifest: &Manifest, findings: &mut Vec<Diagnostic>) {
    let Manifest { policy, apis, clients, .. } = manifest;
    if policy.is_empty() {
        return;
    }
    for (index, rule) in policy.rules.iter().enumerate() {
        unmatchable(index, rule, apis, clients, findings);
        unapprovable(index, rule, &manifest.approvers, findings);
    }
    shadowed(policy, findings);
    uncovered(policy, apis, findings);
    open(policy, findings);
}

fn report(findings: &mut Vec<Diagnostic>, finding: Diagnostic, rule: &PolicyRule) {
    findings.push(finding.at(rule.span.clone()));
}

fn endpoints(apis: &[Api]) -> impl Iterator<Item = (&Api, &Endpoint)> {
    apis.iter().flat_map(|api| api.endpoints.iter().map(move |endpoint| (api, endpoint)))
}

/// Reports a rule that can't match, and patterns that match nothing.
fn unmatchable(index: usize, rule: &PolicyRule, apis: &[Api], clients: &[Client], findings: &mut Vec<Diagnostic>) {
    let number = index + 1;
    let unmatched = |what: String| Diagnostic::new(&POLICY_UNMATCHABLE, format!("rule {number} can't match: {what}"));
    let is_unknown = |pattern: &&EndpointPattern| !endpoints(apis).any(|(_, endpoint)| pattern.matches(endpoint));
    let unknown: Vec<_> = rule.endpoints.iter().filter(is_unknown).collect();
    for pattern in &unknown {
        let whole = unknown.len() == rule.endpoints.len();
        let message = match whole {
            true => format!("rule {number} can't match: no endpoint is `{pattern}`"),
            false => format!("rule {number}: no endpoint is `{pattern}`"),
        };
        let names: Vec<String> = endpoints(apis).map(|(_, endpoint)| endpoint.to_string()).take(2_000).collect();
        let wanted = pattern.to_string();
        let near = nearest(&wanted, names.iter().map(String::as_str), 1);
        let finding = Diagnostic::new(&POLICY_UNMATCHABLE, message);
        report(
            findings,
            near.iter().fold(finding, |finding, near| finding.help(format!("did you mean `{near}`?"))),
            rule,
        );
    }
    if unknown.is_empty() && rule.names_endpoints() && !endpoints(apis).any(|(api, one)| rule.is_about(&api.name, one))
    {
        let finding = unmatched("no endpoint satisfies `apis`, `endpoints` and `methods` together".to_owned());
        report(findings, finding, rule);
    }
    for pattern in &rule.scopes {
        if !is_known_scope(pattern, apis, clients) {
            report(findings, unmatched(format!("no API declares a scope `{pattern}`")), rule);
        }
    }
    let highest = apis.iter().flat_map(|api| &api.scopes).map(|declared| declared.risk.unwrap_or_default()).max();
    if let Some(risk) = rule.risk.filter(|_| rule.effect != Effect::Allow)
        && risk > highest.unwrap_or_default().max(Risk::Medium)
    {
        report(findings, unmatched(format!("no scope has {} risk", risk.as_str())), rule);
    }
    if rule.when.ci == Some(true) && rule.when.interactive == Some(true) {
        report(findings, unmatched("no user is present in continuous integration".to_owned()), rule);
    }
    if !rule.when.hours.is_empty() && rule.when.hours.iter().all(|window| window.is_within(&rule.when.outside_hours)) {
        report(findings, unmatched("`outside_hours` excludes every window of `hours`".to_owned()), rule);
    }
}

/// Reports a rule whose approval nobody can give, or every group.
fn unapprovable(index: usize, rule: &PolicyRule, groups: &[Approvers], findings: &mut Vec<Diagnostic>) {
    if rule.effect != Effect::Approve || rule.approvers.is_some() {
        return;
    }
    let number = index + 1;
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    match names.as_slice() {
        [] => {
            let message = format!("rule {number} asks for an approval, but the manifest has no approvers");
            let help = "add `[approvers.leads]` with `keys`, and `approvers = \"leads\"` to the rule";
            report(findings, Diagnostic::new(&POLICY_UNAPPROVABLE, message).help(help), rule);
        }
        [_] => {}
        several => {
            let message = format!("each of {} can approve what rule {number} asks for", several.join(", "));
            let help = "name the group in `approvers` of the rule";
            report(findings, Diagnostic::new(&APPROVERS_IMPLICIT, message).help(help), rule);
        }
    }
}

fn is_known_scope(pattern: &Pattern, apis: &[Api], clients: &[Client]) -> bool {
    let declared = apis.iter().flat_map(|api| api.hierarchy.scopes());
    let implied = apis.iter().flat_map(|api| &api.scopes).flat_map(|declared| &declared.implies);
    let requested =
        clients.iter().flat_map(|client| client.always_request.iter().chain(client.may_request.iter().flatten()));
    declared.chain(requested).any(|scope| pattern.matches(scope.as_str()))
        || implied.into_iter().any(|implied| implied.matches(pattern.as_str()))
        || IDENTITY_SCOPES.iter().any(|scope| pattern.matches(scope))
}

/// Reports rules that never decide, since another rule matches whenever they do and comes before them.
fn shadowed(policy: &Policy, findings: &mut Vec<Diagnostic>) {
    let rules = || policy.rules.iter().enumerate().take(MAX_COMPARED);
    for (index, rule) in rules() {
        let before = rules().find(|(other_index, other)| {
            let precedes = other.effect < rule.effect || (other.effect == rule.effect && *other_index < index);
            // every rule that asks for an approval counts
            let counts =
                other.effect != Effect::Approve || rule.effect != Effect::Approve || other.approvers == rule.approvers;
            *other_index != index && precedes && counts && covers(other, rule)
        });
        if let Some((other_index, other)) = before {
            let does = match other.effect {
                Effect::Deny => "denies",
                Effect::Approve => "asks for an approval",
                Effect::Allow => "allows",
            };
            let message = format!(
                "rule {} never decides: rule {} (line {}) {does} whenever it matches",
                index + 1,
                other_index + 1,
                other.line
            );
            report(findings, Diagnostic::new(&POLICY_SHADOWED, message), rule);
        }
    }
}

/// Whether a rule matches whenever another one does. May be false although it does.
fn covers(wide: &PolicyRule, narrow: &PolicyRule) -> bool {
    let (one, other) = (&wide.when, &narrow.when);
    let names = |wide: &[Wildcard], narrow: &[Wildcard]| {
        let is_within = |name: &Wildcard| wide.iter().any(|pattern| pattern == name || pattern.matches(name.as_str()));
        wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(is_within))
    };
    let flag = |wide: Option<bool>, narrow: Option<bool>| wide.is_none() || wide == narrow;
    let is_any = |rule: &PolicyRule| rule.effect != Effect::Allow;
    let same_meaning = is_any(wide) == is_any(narrow);
    let scopes = wide.scopes.is_empty()
        || (same_meaning && !narrow.scopes.is_empty() && narrow.scopes.iter().all(|scope| wide.scopes.contains(scope)));
    let risk = match (wide.risk, narrow.risk) {
        (None, _) => true,
        (Some(wide_risk), Some(narrow_risk)) if same_meaning => match is_any(wide) {
            true => wide_risk <= narrow_risk,
            false => wide_risk >= narrow_risk,
        },
        (Some(_), _) => false,
    };
    let endpoints = wide.endpoints.is_empty()
        || wide.endpoints.iter().any(|pattern| pattern.to_string() == "*") && !narrow.endpoints.is_empty()
        || (!narrow.endpoints.is_empty() && narrow.endpoints.iter().all(|pattern| wide.endpoints.contains(pattern)));
    let methods = wide.methods.is_empty()
        || (!narrow.methods.is_empty() && narrow.methods.iter().all(|pattern| wide.methods.contains(pattern)));
    // compared last, since times are compared
    let hours = || {
        one.hours.is_empty()
            || (!other.hours.is_empty() && other.hours.iter().all(|window| window.is_within(&one.hours)))
    };
    let outside = || one.outside_hours.iter().all(|window| window.is_within(&other.outside_hours));
    let most = one.max_sign_in_age.is_none_or(|most| other.max_sign_in_age.is_some_and(|other| other <= most));
    let least = one.min_sign_in_age.is_none_or(|least| other.min_sign_in_age.is_some_and(|other| other >= least));
    names(&wide.clients, &narrow.clients)
        && names(&wide.apis, &narrow.apis)
        && names(&one.environment, &other.environment)
        && names(&one.branch, &other.branch)
        && names(&one.caller, &other.caller)
        && flag(one.ci, other.ci)
        && flag(one.interactive, other.interactive)
        && [scopes, risk, endpoints, methods, most, least].into_iter().all(|holds| holds)
        && hours()
        && outside()
}

/// Reports endpoints that no rule can allow, if the default denies.
fn uncovered(policy: &Policy, apis: &[Api], findings: &mut Vec<Diagnostic>) {
    if policy.default_effect() != Effect::Deny {
        return;
    }
    let opening: Vec<&PolicyRule> = policy.rules.iter().filter(|rule| rule.effect != Effect::Deny).collect();
    let is_uncovered =
        |(api, endpoint): &(&Api, &Endpoint)| !opening.iter().any(|rule| rule.is_about(&api.name, endpoint));
    let uncovered: Vec<String> =
        endpoints(apis).filter(is_uncovered).map(|(_, endpoint)| format!("`{endpoint}`")).collect();
    if uncovered.is_empty() {
        return;
    }
    let shown = uncovered.iter().take(MAX_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let more = match uncovered.len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("the default denies, and no rule allows {shown}{more}");
    let finding = Diagnostic::new(&POLICY_UNCOVERED, message);
    let span = policy.default.as_ref().map(|stated| &stated.span).or(policy.rules.first().map(|rule| &rule.span));
    findings.push(span.cloned().into_iter().fold(finding, Diagnostic::at));
}

/// Reports a policy that allows everything, rules without effect, and a default that is not stated.
fn open(policy: &Policy, findings: &mut Vec<Diagnostic>) {
    let restricts = policy.rules.iter().any(|rule| rule.effect != Effect::Allow);
    let default = policy.default_effect();
    let everything = policy.rules.iter().find(|rule| rule.effect == Effect::Allow && rule.is_unconditional());
    let span = everything.map(|rule| &rule.span).or(policy.default.as_ref().map(|stated| &stated.span));
    if !restricts && (default == Effect::Allow || everything.is_some()) {
        let finding = Diagnostic::new(&POLICY_ALLOWS_ALL, "the policy allows everything");
        let finding = finding.help("set `policy_default = \"deny\"`, and allow what is needed");
        findings.push(span.cloned().into_iter().fold(finding, Diagnostic::at));
    } else if default == Effect::Allow {
        for (index, rule) in policy.rules.iter().enumerate().filter(|(_, rule)| rule.effect == Effect::Allow) {
            let message = format!("rule {} has no effect: the default allows as well", index + 1);
            let finding = Diagnostic::new(&POLICY_NO_EFFECT, message);
            report(findings, finding.help("set `policy_default = \"deny\"`, or remove the rule"), rule);
        }
    }
    if policy.default.is_none()
        && let Some(first) = policy.rules.first()
    {
        let (does, why) = match default {
            Effect::Allow => ("allowed", "no rule allows"),
            Effect::Approve | Effect::Deny => ("denied", "a rule allows"),
        };
        let message = format!("what no rule matches is {does}, since {why}");
        let finding = Diagnostic::new(&POLICY_DEFAULT_IMPLIED, message);
        let effect = default.as_str();
        report(
            findings,
            finding.help(format!("state it: `policy_default = \"{effect}\"` at the top of the file")),
            first,
        );
    }
}
