//! Changes of a client: scopes, grants, lifetimes and addresses.

use std::collections::HashSet;

use super::{
    ACCEPTANCE_LOWERED, ACCEPTANCE_RAISED, ALWAYS_LOWERED, ALWAYS_RAISED, AUDIENCE_PARAMETER_CHANGED,
    AUTHENTICATION_CHANGED, BINDING_ADDED, BINDING_DROPPED, CEILING_LOWERED, CEILING_RAISED, CLIENT_ADDED,
    CLIENT_APPROVERS_CHANGED, CLIENT_ID_CHANGED, CLIENT_ISSUER_CHANGED, CLIENT_REMOVED, Change, ChangeKind,
    DETAILS_CHANGED, GRANT_ADDED, GRANT_REMOVED, IDENTITY_PROVIDER_CHANGED, LIFETIME_LOWERED, LIFETIME_RAISED,
    NARROWING_CHANGED, NARROWING_DROPPED, REDIRECT_CHANGED, SECRET_MOVED, SERVER_METADATA_CHANGED, SIGN_IN_CHANGED,
    SUBJECT_CHANGED,
};
use crate::manifest::{Api, Client, ClientAuthentication, Manifest, Narrowing, SecretReference};
use crate::scope::{Acceptance, ScopeSet};

pub(super) fn compare(old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    for before in &old.clients {
        match new.client(&before.name) {
            Some(after) => one(before, after, old, new, changes),
            None => push(&CLIENT_REMOVED, before, ceiling(before), reachable(old, before), changes),
        }
    }
    for after in new.clients.iter().filter(|client| old.client(&client.name).is_none()) {
        push(&CLIENT_ADDED, after, ceiling(after), reachable(new, after), changes);
    }
}

fn push(
    kind: &'static ChangeKind,
    client: &Client,
    message: String,
    endpoints: Vec<String>,
    changes: &mut Vec<Change>,
) {
    let subject = format!("client {}", client.name);
    changes.push(Change { kind, subject, message, endpoints, clients: vec![client.name.clone()] });
}

fn ceiling(client: &Client) -> String {
    match &client.may_request {
        None => "may request any scope".to_owned(),
        Some(scopes) if scopes.is_empty() => "may request no scope".to_owned(),
        Some(scopes) => format!("may request {scopes}"),
    }
}

/// Returns the APIs that a client can obtain tokens for.
fn apis<'m>(manifest: &'m Manifest, client: &Client) -> impl Iterator<Item = &'m Api> {
    manifest.apis.iter().filter(|api| api.issuer.as_ref().is_none_or(|issuer| *issuer == client.issuer))
}

/// Returns the endpoints that require a scope the client may request.
fn reachable(manifest: &Manifest, client: &Client) -> Vec<String> {
    let within = |api: &Api| {
        let open = api.endpoints.iter().filter(|endpoint| !endpoint.requirement.is_none()).filter(|endpoint| {
            let mut alternatives = endpoint.requirement.alternatives().iter();
            client
                .may_request
                .as_ref()
                .is_none_or(|ceiling| alternatives.any(|alternative| api.hierarchy.satisfies_all(ceiling, alternative)))
        });
        open.map(|endpoint| format!("{}: {endpoint}", api.name)).collect::<Vec<_>>()
    };
    apis(manifest, client).flat_map(within).collect()
}

fn one(before: &Client, after: &Client, old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    for (kind, was, is) in [
        (&CLIENT_ISSUER_CHANGED, before.issuer.as_str(), after.issuer.as_str()),
        (&CLIENT_ID_CHANGED, before.client_id.as_str(), after.client_id.as_str()),
    ] {
        if was != is {
            push(kind, after, format!("changed from `{was}` to `{is}`"), Vec::new(), changes);
        }
    }
    ceilings(before, after, old, new, changes);
    for (kind, one, other) in [(&GRANT_ADDED, after, before), (&GRANT_REMOVED, before, after)] {
        for grant in one.grants.iter().filter(|grant| !other.grants.contains(grant)) {
            push(kind, after, format!("`{}`", grant.as_str()), Vec::new(), changes);
        }
    }
    let lifetime = |seconds: Option<u64>| seconds.map_or_else(|| "any".to_owned(), |seconds| format!("{seconds} s"));
    let (was, is) = (before.max_lifetime, after.max_lifetime);
    if was != is {
        let raised = is.unwrap_or(u64::MAX) > was.unwrap_or(u64::MAX);
        let message = format!("changed from {} to {}", lifetime(was), lifetime(is));
        push(if raised { &LIFETIME_RAISED } else { &LIFETIME_LOWERED }, after, message, Vec::new(), changes);
    }
    for (kind, one, other) in [(&ALWAYS_RAISED, after, before), (&ALWAYS_LOWERED, before, after)] {
        let more = one.always_request.difference(&other.always_request);
        if !more.is_empty() {
            push(kind, after, format!("`{more}`"), Vec::new(), changes);
        }
    }
    for (kind, one, other) in [(&ACCEPTANCE_RAISED, after, before), (&ACCEPTANCE_LOWERED, before, after)] {
        let more = match (&one.accept_granted, &other.accept_granted) {
            (_, Acceptance::Any) => continue,
            (Acceptance::Any, Acceptance::Scopes(_)) => "any scope".to_owned(),
            (Acceptance::Scopes(one), Acceptance::Scopes(other)) => match one.difference(other) {
                more if more.is_empty() => continue,
                more => format!("`{more}`"),
            },
        };
        push(kind, after, more, Vec::new(), changes);
    }
    if before.narrow != after.narrow {
        let name = |narrow: Option<Narrowing>| match narrow {
            None => "the server's default",
            Some(Narrowing::Refresh) => "refresh",
            Some(Narrowing::Exchange) => "token exchange",
            Some(Narrowing::Never) => "none",
        };
        let kind = if after.narrow == Some(Narrowing::Never) { &NARROWING_DROPPED } else { &NARROWING_CHANGED };
        let message = format!("changed from {} to {}", name(before.narrow), name(after.narrow));
        push(kind, after, message, Vec::new(), changes);
    }
    for (kind, changed, message) in [
        (&BINDING_DROPPED, before.dpop && !after.dpop, "DPoP (RFC 9449) is now disabled"),
        (&BINDING_ADDED, !before.dpop && after.dpop, "DPoP (RFC 9449) is now enabled"),
        (&REDIRECT_CHANGED, before.redirect_uri != after.redirect_uri, "`redirect_uri` changed"),
        (&CLIENT_APPROVERS_CHANGED, before.approvers != after.approvers, "`approvers` changed"),
        (&SERVER_METADATA_CHANGED, before.metadata != after.metadata, "`metadata` changed"),
    ] {
        if changed {
            push(kind, after, message.to_owned(), Vec::new(), changes);
        }
    }
    let method = |client: &Client| client.authentication.map_or("unset", ClientAuthentication::as_str).to_owned();
    let subject = |client: &Client| client.subject.as_ref().map_or("the client".to_owned(), |name| format!("`{name}`"));
    let provider =
        |client: &Client| client.identity_provider.as_ref().map_or("none".to_owned(), |name| format!("`{name}`"));
    let sign_in = |client: &Client| (client.acr_values.clone(), client.max_age);
    for (kind, changed, message) in [
        (
            &AUTHENTICATION_CHANGED,
            method(before) != method(after),
            format!("changed from {} to {}", method(before), method(after)),
        ),
        (
            &AUDIENCE_PARAMETER_CHANGED,
            before.audience_parameter != after.audience_parameter,
            format!("changed from {} to {}", before.audience_parameter.as_str(), after.audience_parameter.as_str()),
        ),
        (
            &DETAILS_CHANGED,
            before.authorization_details != after.authorization_details,
            "`authorization_details` changed".to_owned(),
        ),
        (
            &SUBJECT_CHANGED,
            before.subject != after.subject,
            format!("changed from {} to {}", subject(before), subject(after)),
        ),
        (
            &IDENTITY_PROVIDER_CHANGED,
            before.identity_provider != after.identity_provider,
            format!("changed from {} to {}", provider(before), provider(after)),
        ),
        (&SIGN_IN_CHANGED, sign_in(before) != sign_in(after), "`acr_values` or `max_age` changed".to_owned()),
    ] {
        if changed {
            push(kind, after, message, Vec::new(), changes);
        }
    }
    let place = |secret: &Option<SecretReference>| match secret {
        None => "none".to_owned(),
        Some(SecretReference::Env(name)) => format!("the environment variable `{name}`"),
        Some(SecretReference::File(path)) => format!("the file `{path}`"),
        Some(SecretReference::Keyring) => "the keyring".to_owned(),
    };
    for (what, was, is) in [
        ("secret", &before.secret, &after.secret),
        ("key", &before.key, &after.key),
        ("assertion", &before.assertion, &after.assertion),
    ] {
        if was != is {
            let message = format!("`{what}` moved from {} to {}", place(was), place(is));
            push(&SECRET_MOVED, after, message, Vec::new(), changes);
        }
    }
}

/// Compares ceilings by the scopes they cover: `orders:write` may be equivalent to `orders:read orders:write`.
fn ceilings(before: &Client, after: &Client, old: &Manifest, new: &Manifest, changes: &mut Vec<Change>) {
    let gained = |from: (&Client, &Manifest), to: (&Client, &Manifest)| -> Option<ScopeSet> {
        let Some(narrow) = from.0.may_request.as_ref() else { return Some(ScopeSet::new()) };
        let wide = to.0.may_request.as_ref()?;
        // evaluated with the hierarchy of the ceiling's own manifest; changes of the hierarchy are reported separately
        let within = |scope: &str| {
            let mut apis = apis(to.1, to.0);
            narrow.contains(scope) || apis.any(|api| api.hierarchy.satisfies(narrow, scope))
        };
        Some(wide.iter().filter(|scope| !within(scope.as_str())).cloned().collect())
    };
    for (kind, verb, from, to) in [
        (&CEILING_RAISED, "now also", (before, old), (after, new)),
        (&CEILING_LOWERED, "no longer", (after, new), (before, old)),
    ] {
        let scopes = match gained(from, to) {
            Some(scopes) if scopes.is_empty() => continue,
            Some(scopes) => scopes.to_string(),
            None => "any scope".to_owned(),
        };
        let known: HashSet<String> = reachable(from.1, from.0).into_iter().collect();
        let touched = reachable(to.1, to.0).into_iter().filter(|endpoint| !known.contains(endpoint)).collect();
        push(kind, after, format!("may {verb} request {scopes}"), touched, changes);
    }
}
