//! Okta: the scopes of a custom authorization server, and an access policy per client, as bodies of the management API.

use serde_json::{Value, json};

use super::json_document;
use super::registry::{ClientCeiling, Registry};

/// Exports the scopes and policies of an authorization server.
pub(super) fn export(registry: &Registry<'_>) -> String {
    let scope = |scope: &super::registry::OfferedScope<'_>| {
        json!({
            "name": scope.name,
            "displayName": scope.name,
            "description": scope.description,
            "consent": "IMPLICIT",
            "metadataPublish": "ALL_CLIENTS",
            "default": false,
        })
    };
    let scopes: Vec<Value> = registry.scopes.iter().map(scope).collect();
    let policies: Vec<Value> =
        (1..).zip(&registry.clients).map(|(priority, ceiling)| policy(registry, ceiling, priority)).collect();
    json_document(&json!({ "audiences": [registry.audience], "scopes": scopes, "policies": policies }))
}

fn policy(registry: &Registry<'_>, ceiling: &ClientCeiling<'_>, priority: usize) -> Value {
    let name = format!("{} {}", registry.api.name, ceiling.client.name);
    // users who sign in ask for scopes of OpenID Connect, too
    json!({
        "type": "OAUTH_AUTHORIZATION_POLICY",
        "name": name,
        "description": format!("Ceiling of client {} in {}", ceiling.client.name, ceiling.place),
        "priority": priority,
        "conditions": { "clients": { "include": [ceiling.client.client_id] } },
        "rules": [{
            "type": "RESOURCE_ACCESS",
            "name": name,
            "priority": 1,
            "conditions": {
                "people": { "groups": { "include": ["EVERYONE"] } },
                "grantTypes": { "include": ceiling.grant_types() },
                "scopes": { "include": with_openid(ceiling) },
            },
        }],
    })
}

/// Returns the ceiling, with the scopes of OpenID Connect that the client requests.
pub(super) fn with_openid<'m>(ceiling: &ClientCeiling<'m>) -> Vec<&'m str> {
    let client = ceiling.client;
    let all = client.may_request.iter().flat_map(crate::scope::ScopeSet::iter).chain(client.always_request.iter());
    let identity = all.map(crate::scope::Scope::as_str).filter(|scope| crate::scope::IDENTITY_SCOPES.contains(scope));
    let mut scopes: Vec<&str> = ceiling.scopes.iter().copied().chain(identity).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
