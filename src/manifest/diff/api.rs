//! Changes of an API: its addresses, endpoints and scopes.

use std::collections::{BTreeSet, HashMap};

use super::{
    ALTERNATIVE_ADDED, ALTERNATIVE_REMOVED, AUDIENCE_CHANGED, BASE_URL_CHANGED, Change, ChangeKind, ENDPOINT_ADDED,
    ENDPOINT_ADDED_OPEN, ENDPOINT_NEEDS_LESS, ENDPOINT_NEEDS_MORE, ENDPOINT_NEEDS_OTHER, ENDPOINT_OPEN,
    ENDPOINT_REMOVED, ENDPOINT_REWORDED, ISSUER_CHANGED, PINS_CHANGED, RISK_LOWERED, RISK_RAISED, SCOPE_ADDED,
    SCOPE_NARROWED, SCOPE_REMOVED, SCOPE_WIDENED, SCOPES_CLAIM_CHANGED, TOKEN_OPTIONAL, TOKEN_REQUIRED,
    UPGRADE_ALLOWED, UPGRADE_REMOVED, VARIABLES_CHANGED,
};
use crate::manifest::{Api, Client, Endpoint, Issuer, Manifest};
use crate::scope::{Hierarchy, Requirement, Scope, ScopeSet};

pub(super) fn compare(before: &Api, after: &Api, old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    let text = |value: Option<&str>| value.map_or_else(|| "none".to_owned(), |value| format!("`{value}`"));
    let pins = |api: &Api| format!("`{}` preferred, `{}` avoided", api.prefer, api.avoid);
    let places = |api: &Api| match api.scopes_claim.is_empty() {
        true => "the usual claims".to_owned(),
        false => format!("`{}`", api.scopes_claim.join("`, `")),
    };
    let variables = |api: &Api| match [&api.variables.base_url[..], &api.variables.token].concat() {
        names if names.is_empty() => "none".to_owned(),
        names => format!("`{}`", names.join("`, `")),
    };
    let issuer = |api: &Api| text(api.issuer.as_ref().map(Issuer::as_str));
    for (kind, was, is) in [
        (&BASE_URL_CHANGED, text(Some(before.base_url.as_str())), text(Some(after.base_url.as_str()))),
        (&ISSUER_CHANGED, issuer(before), issuer(after)),
        (&AUDIENCE_CHANGED, text(before.audience.as_deref()), text(after.audience.as_deref())),
        (&SCOPES_CLAIM_CHANGED, places(before), places(after)),
        (&PINS_CHANGED, pins(before), pins(after)),
        (&VARIABLES_CHANGED, variables(before), variables(after)),
    ] {
        if was != is {
            changes.push(Change {
                kind,
                subject: after.name.clone(),
                message: format!("changed from {was} to {is}"),
                endpoints: Vec::new(),
                clients: clients_of(new, after),
            });
        }
    }
    endpoints(before, after, old, new, changes);
    scopes(before, after, new, changes);
}

/// Returns the clients that can obtain tokens for an API.
fn clients_of(manifest: &Manifest, api: &Api) -> Vec<String> {
    let fits = |client: &&Client| api.issuer.as_ref().is_none_or(|wanted| *wanted == client.issuer);
    manifest.clients.iter().filter(fits).map(|client| client.name.clone()).collect()
}

/// Returns the clients that may request an alternative of one of these requirements.
fn clients_for(manifest: &Manifest, api: &Api, requirements: &[&Requirement]) -> Vec<String> {
    let may = |ceiling: &ScopeSet| {
        let mut alternatives = requirements.iter().flat_map(|requirement| requirement.alternatives());
        alternatives.any(|alternative| api.hierarchy.satisfies_all(ceiling, alternative))
    };
    let mut names = clients_of(manifest, api);
    names.retain(|name| {
        let ceiling = manifest.client(name).and_then(|client| client.may_request.as_ref());
        ceiling.is_none_or(may)
    });
    names
}

/// Whether an API has scopes, so that an endpoint without one stands out.
pub(super) fn has_scopes(api: &Api) -> bool {
    !api.scopes.is_empty() || api.endpoints.iter().any(|endpoint| !endpoint.requirement.is_none())
}

fn key(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.template.shape())
}

fn endpoints(before: &Api, after: &Api, old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    let known: HashMap<String, &Endpoint> = before.endpoints.iter().map(|endpoint| (key(endpoint), endpoint)).collect();
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let added = if has_scopes(after) { &ENDPOINT_ADDED_OPEN } else { &ENDPOINT_ADDED };
    for endpoint in &after.endpoints {
        let key = key(endpoint);
        let was = known.get(&key);
        if was.is_some_and(|was| was.optional) != endpoint.optional {
            let (kind, message) = if endpoint.optional {
                (&TOKEN_OPTIONAL, "now also works without a token")
            } else {
                (&TOKEN_REQUIRED, "no longer works without a token")
            };
            changes.push(Change {
                kind,
                subject: format!("{}: {endpoint}", after.name),
                message: message.to_owned(),
                endpoints: vec![endpoint.to_string()],
                clients: clients_for(new, after, &[&endpoint.requirement]),
            });
        }
        if was.is_some_and(|was| was.upgrade) != endpoint.upgrade {
            let (kind, message) = match endpoint.upgrade {
                true => (&UPGRADE_ALLOWED, "the gateway now passes its WebSockets through"),
                false => (&UPGRADE_REMOVED, "the gateway no longer passes its WebSockets through"),
            };
            changes.push(Change {
                kind,
                subject: format!("{}: {endpoint}", after.name),
                message: message.to_owned(),
                endpoints: vec![endpoint.to_string()],
                clients: clients_for(new, after, &[&endpoint.requirement]),
            });
        }
        let (kind, message, requirements) = match was {
            None => {
                let kind = if endpoint.requirement.is_none() { added } else { &ENDPOINT_ADDED };
                (kind, format!("requires {}", endpoint.requirement), vec![&endpoint.requirement])
            }
            Some(was) => {
                let Some(kind) = requirement(&was.requirement, &endpoint.requirement, &after.hierarchy) else {
                    kept.insert(key);
                    continue;
                };
                let message = format!("required {}, now requires {}", was.requirement, endpoint.requirement);
                (kind, message, vec![&was.requirement, &endpoint.requirement])
            }
        };
        kept.insert(key);
        changes.push(Change {
            kind,
            subject: format!("{}: {endpoint}", after.name),
            message,
            endpoints: vec![endpoint.to_string()],
            clients: clients_for(new, after, &requirements),
        });
    }
    for endpoint in before.endpoints.iter().filter(|endpoint| !kept.contains(&self::key(endpoint))) {
        changes.push(Change {
            kind: &ENDPOINT_REMOVED,
            subject: format!("{}: {endpoint}", before.name),
            message: format!("required {}", endpoint.requirement),
            endpoints: vec![endpoint.to_string()],
            clients: clients_for(old, before, &[&endpoint.requirement]),
        });
    }
}

/// Classifies a change of a requirement; `None` if it is the same. Both are evaluated with the new manifest's
/// hierarchy: changes of the hierarchy are reported separately.
pub(in crate::manifest) fn requirement(
    was: &Requirement,
    is: &Requirement,
    hierarchy: &Hierarchy,
) -> Option<&'static ChangeKind> {
    if was == is {
        return None;
    }
    let enough = |held: &ScopeSet, wanted: &Requirement| {
        wanted.alternatives().iter().any(|alternative| hierarchy.satisfies_all(held, alternative))
    };
    let covers = |one: &Requirement, other: &Requirement| one.alternatives().iter().all(|held| enough(held, other));
    let within = |one: &Requirement, other: &Requirement| {
        one.alternatives().iter().all(|alternative| other.alternatives().contains(alternative))
    };
    Some(match (covers(was, is), covers(is, was)) {
        (true, true) => &ENDPOINT_REWORDED,
        (true, false) if is.is_none() => &ENDPOINT_OPEN,
        (true, false) if within(was, is) => &ALTERNATIVE_ADDED,
        (true, false) => &ENDPOINT_NEEDS_LESS,
        (false, true) if within(is, was) => &ALTERNATIVE_REMOVED,
        (false, true) => &ENDPOINT_NEEDS_MORE,
        (false, false) => &ENDPOINT_NEEDS_OTHER,
    })
}

fn scopes(before: &Api, after: &Api, new: &Manifest, changes: &mut Vec<Change>) {
    let named = |api: &Api| api.scopes.iter().map(|declared| declared.scope.clone()).collect::<ScopeSet>();
    let (was, is) = (named(before), named(after));
    let all = was.union(&is);
    let changed = was.difference(&is).union(&is.difference(&was));
    // if no implication changed, no scope covers anything new
    let is_same = before.hierarchy.implies_the_same(&after.hierarchy) && changed.is_empty();
    let access = AccessIndex::new(before, after);
    let risk = |api: &Api, scope: &str| api.hierarchy.risk(scope);
    for scope in &all {
        let name = scope.as_str();
        let mut push = |kind: &'static ChangeKind, message: String, endpoints: Vec<String>| {
            let alone = Requirement::all_of([scope.clone()].into_iter().collect());
            let clients = clients_for(new, after, &[&alone]);
            changes.push(Change { kind, subject: format!("{}: {name}", after.name), message, endpoints, clients });
        };
        if !was.contains(name) {
            push(
                &SCOPE_ADDED,
                format!("risk is {}", risk(after, name).as_str()),
                access.granted_by(scope, &after.hierarchy),
            );
            continue;
        }
        if !is.contains(name) {
            push(&SCOPE_REMOVED, format!("risk was {}", risk(before, name).as_str()), Vec::new());
            continue;
        }
        let (lower, higher) = (risk(before, name), risk(after, name));
        if lower != higher {
            let kind = if higher < lower { &RISK_LOWERED } else { &RISK_RAISED };
            let message = format!("risk was {}, now {}", lower.as_str(), higher.as_str());
            push(kind, message, access.granted_by(scope, &after.hierarchy));
        }
        // most scopes imply nothing, before and after
        if is_same || before.hierarchy.implies(name).is_empty() && after.hierarchy.implies(name).is_empty() {
            continue;
        }
        let alone = ScopeSet::from_iter([scope.clone()]);
        let closure = |hierarchy: &Hierarchy| -> ScopeSet {
            let reach = hierarchy.reach(&alone);
            // `declared` covers only the scopes declared in the same manifest
            let others = changed.iter().filter(|other| reach.grants(other.as_str()));
            let known = reach.declared().filter(|other| all.contains(other.as_str()));
            known.chain(others).chain([scope]).cloned().collect()
        };
        let (less, more) = (closure(&before.hierarchy), closure(&after.hierarchy));
        // a new scope matched by an existing wildcard also widens the scope
        for (kind, verb, gained) in [
            (&SCOPE_WIDENED, "now also", more.difference(&less)),
            (&SCOPE_NARROWED, "no longer", less.difference(&more)),
        ] {
            if gained.is_empty() {
                continue;
            }
            let one: BTreeSet<String> = access.granted_by(scope, &before.hierarchy).into_iter().collect();
            let other: BTreeSet<String> = access.granted_by(scope, &after.hierarchy).into_iter().collect();
            let differ = one.symmetric_difference(&other).cloned().collect();
            push(kind, format!("{verb} implies {gained}"), differ);
        }
    }
}

/// Index of the alternatives of an API's endpoints by their first scope, each with the position of its endpoint.
struct AccessIndex<'a> {
    api: &'a Api,
    by_first: HashMap<&'a str, Vec<(usize, &'a ScopeSet)>>,
    /// First scopes that one of the manifests does not declare.
    undeclared: Vec<&'a str>,
}

impl<'a> AccessIndex<'a> {
    fn new(before: &Api, api: &'a Api) -> Self {
        let mut by_first: HashMap<&str, Vec<(usize, &ScopeSet)>> = HashMap::new();
        for (position, endpoint) in api.endpoints.iter().enumerate().filter(|(_, one)| !one.requirement.is_none()) {
            for alternative in endpoint.requirement.alternatives() {
                if let Some(first) = alternative.iter().next() {
                    by_first.entry(first.as_str()).or_default().push((position, alternative));
                }
            }
        }
        let is_declared = |scope: &str| before.hierarchy.declares(scope) && api.hierarchy.declares(scope);
        let undeclared = by_first.keys().copied().filter(|first| !is_declared(first)).collect();
        Self { api, by_first, undeclared }
    }

    /// Returns the endpoints that a scope alone grants access to.
    fn granted_by(&self, scope: &Scope, hierarchy: &Hierarchy) -> Vec<String> {
        let alone: ScopeSet = [scope.clone()].into_iter().collect();
        let name = scope.as_str();
        // most scopes imply nothing and grant access only to endpoints that require just them
        let reach = hierarchy.reach(&alone);
        let undeclared = self.undeclared.iter().copied().filter(|first| reach.grants(first));
        let firsts: BTreeSet<&str> = reach.declared().map(Scope::as_str).chain(undeclared).chain([name]).collect();
        let candidates = firsts.into_iter().filter_map(|first| self.by_first.get(first)).flatten();
        let is_granted = |alternative: &ScopeSet| alternative.iter().all(|scope| reach.grants(scope.as_str()));
        let open = candidates.filter(|(_, alternative)| is_granted(alternative));
        let open: BTreeSet<usize> = open.map(|(position, _)| *position).collect();
        open.into_iter().filter_map(|position| self.api.endpoints.get(position)).map(ToString::to_string).collect()
    }
}
