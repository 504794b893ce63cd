//! Changes of the policy.

use super::{
    Change, ChangeKind, POLICY_ALLOW_ADDED, POLICY_ALLOW_REMOVED, POLICY_APPROVAL_ADDED, POLICY_APPROVAL_OPENED,
    POLICY_APPROVAL_REMOVED, POLICY_APPROVAL_WITHDRAWN, POLICY_DEFAULT_ALLOWS, POLICY_DEFAULT_DENIES,
    POLICY_DENY_ADDED, POLICY_DENY_REMOVED,
};
use crate::manifest::{Effect, Manifest, PolicyRule};

/// Compares policies by meaning: neither the order of rules nor their reasons matter.
pub(super) fn compare(old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    let (was, is) = (old.policy.default_effect(), new.policy.default_effect());
    if was != is {
        let kind = if is == Effect::Allow { &POLICY_DEFAULT_ALLOWS } else { &POLICY_DEFAULT_DENIES };
        let message = format!("changed from {} to {}", was.as_str(), is.as_str());
        changes.push(Change {
            kind,
            subject: "policy".to_owned(),
            message,
            endpoints: Vec::new(),
            clients: Vec::new(),
        });
    }
    for rule in missing(&old.policy.rules, &new.policy.rules) {
        push(removed(rule.effect, is), rule, old, changes);
    }
    for rule in missing(&new.policy.rules, &old.policy.rules) {
        push(added(rule.effect, is), rule, new, changes);
    }
}

/// Returns the rules that have no counterpart with the same meaning, each of which counts once.
fn missing<'r>(rules: &'r [PolicyRule], others: &[PolicyRule]) -> Vec<&'r PolicyRule> {
    let mut left: Vec<_> = others.iter().map(PolicyRule::parts).collect();
    let is_missing = |rule: &&PolicyRule| match left.iter().position(|parts| *parts == rule.parts()) {
        Some(position) => {
            left.swap_remove(position);
            false
        }
        None => true,
    };
    rules.iter().filter(is_missing).collect()
}

/// Under a default of deny, a rule that asks for an approval makes possible what was not.
fn added(effect: Effect, default: Effect) -> &'static ChangeKind {
    match (effect, default) {
        (Effect::Deny, _) => &POLICY_DENY_ADDED,
        (Effect::Allow, _) => &POLICY_ALLOW_ADDED,
        (Effect::Approve, Effect::Allow) => &POLICY_APPROVAL_ADDED,
        (Effect::Approve, _) => &POLICY_APPROVAL_OPENED,
    }
}

fn removed(effect: Effect, default: Effect) -> &'static ChangeKind {
    match (effect, default) {
        (Effect::Deny, _) => &POLICY_DENY_REMOVED,
        (Effect::Allow, _) => &POLICY_ALLOW_REMOVED,
        (Effect::Approve, Effect::Allow) => &POLICY_APPROVAL_REMOVED,
        (Effect::Approve, _) => &POLICY_APPROVAL_WITHDRAWN,
    }
}

fn push(kind: &'static ChangeKind, rule: &PolicyRule, manifest: &Manifest, changes: &mut Vec<Change>) {
    let endpoints = manifest.apis.iter().flat_map(|api| api.endpoints.iter().map(move |endpoint| (api, endpoint)));
    let endpoints = endpoints.filter(|(api, endpoint)| rule.is_about(&api.name, endpoint));
    let clients = manifest.clients.iter().map(|client| client.name.clone());
    let is_named = |name: &String| rule.clients.is_empty() || rule.clients.iter().any(|pattern| pattern.matches(name));
    changes.push(Change {
        kind,
        subject: "policy".to_owned(),
        message: rule.summary(),
        endpoints: endpoints.map(|(_, endpoint)| endpoint.to_string()).collect(),
        clients: clients.filter(is_named).collect(),
    });
}
