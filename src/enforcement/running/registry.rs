//! Compares the scopes and clients of an authorization server with the manifest.

use super::findings::{
    SERVER_CLIENT_UNLISTED, SERVER_CLIENT_WIDER, SERVER_SCOPE_DEFAULT, SERVER_SCOPE_MISSING, SERVER_SCOPE_UNNEEDED,
};
use super::keycloak::BUILT_IN;
use super::{Ceiling, Running, ServerClient, ServerScope};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Client, Manifest};
use crate::scope::{IDENTITY_SCOPES, ScopeSet};

/// Most names in a message.
const SHOWN: usize = 10;

pub(super) fn compare(manifest: &Manifest, api: &Api, running: &Running) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let is_of_api = |audience: &Option<String>| match (audience, &api.audience) {
        (Some(audience), Some(own)) => audience == own,
        _ => true,
    };
    let needed: ScopeSet = api.endpoints.iter().flat_map(|endpoint| endpoint.requirement.scopes()).collect();
    let known = api.hierarchy.granting(&needed);
    let is_own = |name: &str| api.hierarchy.declares(name) || needed.contains(name);
    if let Some(scopes) = &running.scopes {
        let own: Vec<&ServerScope> = scopes.iter().filter(|scope| is_of_api(&scope.audience)).collect();
        findings.extend(missing(&needed, &own));
        for scope in own.iter().filter(|scope| !is_builtin(&scope.name)) {
            if !needed.contains(&scope.name) && !known.contains(&scope.name) {
                let message =
                    format!("`{}` exists at the authorization server, but no endpoint requires it", scope.name);
                findings.push(Diagnostic::new(&SERVER_SCOPE_UNNEEDED, message).at(scope.span.clone()));
            }
            if scope.is_default {
                let message = format!("`{}` is granted to clients that request no scope", scope.name);
                findings.push(Diagnostic::new(&SERVER_SCOPE_DEFAULT, message).at(scope.span.clone()));
            }
        }
    }
    for client in running.clients.iter().filter(|client| is_of_api(&client.audience)) {
        let found = manifest
            .clients
            .iter()
            .find(|known| known.client_id == client.id || client.name.as_deref() == Some(known.client_id.as_str()));
        match found {
            Some(known) => findings.extend(ceiling(known, client, &is_own)),
            None => findings.extend(unlisted(client, &is_own)),
        }
        findings.extend(client.defaults.iter().filter(|scope| is_own(scope)).map(|scope| {
            let message = format!("client `{}` gets `{scope}` even if it does not request it", client.id);
            Diagnostic::new(&SERVER_SCOPE_DEFAULT, message).at(client.span.clone()).help("make it an optional scope")
        }));
    }
    findings
}

fn is_builtin(name: &str) -> bool {
    IDENTITY_SCOPES.contains(&name) || BUILT_IN.contains(&name)
}

fn missing(needed: &ScopeSet, own: &[&ServerScope]) -> Vec<Diagnostic> {
    let is_missing = |name: &str| !own.iter().any(|scope| scope.name == name);
    let finding = |name: &str| {
        let message = format!("`{name}` is required, but does not exist at the authorization server");
        Diagnostic::new(&SERVER_SCOPE_MISSING, message)
    };
    needed.iter().map(crate::scope::Scope::as_str).filter(|name| is_missing(name)).map(finding).collect()
}

fn names(scopes: &[&String]) -> String {
    let shown: Vec<String> = scopes.iter().take(SHOWN).map(|scope| format!("`{scope}`")).collect();
    match scopes.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

fn ceiling(known: &Client, client: &ServerClient, is_own: &dyn Fn(&str) -> bool) -> Option<Diagnostic> {
    let name = &known.name;
    let Some(allowed) = &known.may_request else { return None };
    let message = match &client.ceiling {
        Ceiling::All => format!("client `{name}` may request every scope at the authorization server"),
        Ceiling::Scopes(scopes) => {
            let wider: Vec<&String> = scopes
                .iter()
                .filter(|scope| is_own(scope) && !allowed.contains(scope) && !known.always_request.contains(scope))
                .collect();
            if wider.is_empty() {
                return None;
            }
            format!(
                "client `{name}` may request {} at the authorization server, but not in the manifest",
                names(&wider)
            )
        }
    };
    Some(Diagnostic::new(&SERVER_CLIENT_WIDER, message).at(client.span.clone()))
}

fn unlisted(client: &ServerClient, is_own: &dyn Fn(&str) -> bool) -> Option<Diagnostic> {
    let message = match &client.ceiling {
        Ceiling::All => format!("`{}` may request every scope, and is not a client of the manifest", client.id),
        Ceiling::Scopes(scopes) => {
            let own: Vec<&String> = scopes.iter().filter(|scope| is_own(scope)).collect();
            if own.is_empty() {
                return None;
            }
            format!("`{}` may request {}, and is not a client of the manifest", client.id, names(&own))
        }
    };
    Some(Diagnostic::new(&SERVER_CLIENT_UNLISTED, message).at(client.span.clone()))
}
