//! Microsoft Entra ID: application objects of Microsoft Graph, that of the API and one per client.
//!
//! Permissions have IDs, which are derived from audience and name, so that they stay the same.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::json_document;
use super::registry::{ClientCeiling, OfferedScope, Registry};
use crate::diagnostic::Diagnostic;
use crate::enforcement::findings::unsupported;
use crate::manifest::GrantType;

/// Longest name of a permission (Microsoft Graph, `permissionScope`).
const LONGEST: usize = 120;

/// Exports application objects.
pub(super) fn export(registry: &Registry<'_>) -> Result<String, Vec<Diagnostic>> {
    let mut obstacles: Vec<Diagnostic> = registry.scopes.iter().filter_map(obstacle).collect();
    let Some(application) = application_id(registry.audience) else {
        let message = format!("the audience `{}` does not name an application", registry.audience);
        let hint = "in Entra ID, an audience is the application's ID: `api://ID`, or the ID itself";
        obstacles.push(unsupported(message, hint));
        return Err(obstacles);
    };
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let delegated: Vec<Value> = registry.scopes.iter().map(|scope| permission(registry, scope)).collect();
    let roles: Vec<Value> = registry.scopes.iter().map(|scope| role(registry, scope)).collect();
    let api = json!({
        "displayName": registry.api.title(),
        "identifierUris": [format!("api://{application}")],
        "api": { "requestedAccessTokenVersion": 2, "oauth2PermissionScopes": delegated },
        "appRoles": roles,
    });
    let clients: Vec<Value> = registry.clients.iter().map(|ceiling| client(registry, ceiling, application)).collect();
    Ok(json_document(&json!({ "api": api, "clients": clients })))
}

/// Returns the application ID in an audience.
fn application_id(audience: &str) -> Option<&str> {
    let id = audience.strip_prefix("api://").unwrap_or(audience);
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    let is_hexadecimal = id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (is_hexadecimal && lengths == [8, 4, 4, 4, 12]).then_some(id)
}

fn obstacle(scope: &OfferedScope<'_>) -> Option<Diagnostic> {
    let reason = match scope.name {
        name if name.len() > LONGEST => "is longer than 120 characters",
        name if name.starts_with('.') => "begins with a dot",
        name if name.contains(['"', '\\']) => "has a character that names of permissions can't have",
        _ => return None,
    };
    let message = format!("{}: `{}` {reason}, which Entra ID does not allow", scope.place, scope.name);
    Some(unsupported(message, "rename the scope, or export to another authorization server"))
}

/// Returns the ID of a permission: a UUID of version 8 (RFC 9562 §5.8).
fn id(registry: &Registry<'_>, kind: &str, name: &str) -> String {
    let hash = digest(&SHA256, format!("{}\n{kind}\n{name}", registry.audience).as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    let mut number = u128::from_be_bytes(bytes);
    number = number & !(0xf << 76) | 0x8 << 76;
    number = number & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{number:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

fn permission(registry: &Registry<'_>, scope: &OfferedScope<'_>) -> Value {
    json!({
        "id": id(registry, "Scope", scope.name),
        "value": scope.name,
        "type": "Admin",
        "isEnabled": true,
        "adminConsentDisplayName": scope.name,
        "adminConsentDescription": scope.description,
        "userConsentDisplayName": scope.name,
        "userConsentDescription": scope.description,
    })
}

fn role(registry: &Registry<'_>, scope: &OfferedScope<'_>) -> Value {
    json!({
        "id": id(registry, "Role", scope.name),
        "value": scope.name,
        "displayName": scope.name,
        "description": scope.description,
        "isEnabled": true,
        "allowedMemberTypes": ["Application"],
    })
}

fn client(registry: &Registry<'_>, ceiling: &ClientCeiling<'_>, application: &str) -> Value {
    let kinds = [
        (ceiling.client.grants.iter().any(|grant| grant.needs_user()), "Scope"),
        (ceiling.has(GrantType::ClientCredentials), "Role"),
    ];
    let kinds = kinds.into_iter().filter(|(is_needed, _)| *is_needed);
    let access = kinds.flat_map(|(_, kind)| {
        let of = move |name: &&str| json!({ "id": id(registry, kind, name), "type": kind });
        ceiling.scopes.iter().map(of)
    });
    json!({
        "appId": ceiling.client.client_id,
        "displayName": ceiling.client.name,
        "requiredResourceAccess": [{ "resourceAppId": application, "resourceAccess": access.collect::<Vec<Value>>() }],
    })
}
