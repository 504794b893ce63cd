//! Keycloak: client scopes and clients of a realm, in JSON as in a realm export.
//!
//! Scopes are optional ones, because default scopes are granted whether or not they are requested (Server Administration Guide,
//! client scopes). `basic` adds `sub` (Keycloak 25 or later).

use serde_json::{Value, json};

use super::json_document;
use super::registry::{ClientCeiling, OfferedScope, Registry};
use crate::diagnostic::Diagnostic;
use crate::enforcement::findings::unsupported;
use crate::manifest::{ClientAuthentication, GrantType};

/// Exports a part of a realm.
pub(super) fn export(registry: &Registry<'_>) -> Result<String, Vec<Diagnostic>> {
    let Some((_, realm)) = registry.issuer.trim_end_matches('/').rsplit_once("/realms/") else {
        let message = format!("the issuer `{}` is not that of a realm of Keycloak", registry.issuer);
        return Err(vec![unsupported(message, "such an issuer ends with `/realms/NAME`")]);
    };
    let scopes: Vec<Value> = registry.scopes.iter().map(|scope| client_scope(registry, scope)).collect();
    let clients: Vec<Value> = registry.clients.iter().map(client).collect();
    Ok(json_document(&json!({ "realm": realm, "clientScopes": scopes, "clients": clients })))
}

fn client_scope(registry: &Registry<'_>, scope: &OfferedScope<'_>) -> Value {
    json!({
        "name": scope.name,
        "description": scope.description,
        "protocol": "openid-connect",
        "attributes": {
            "include.in.token.scope": "true",
            "display.on.consent.screen": "true",
            "consent.screen.text": scope.description,
        },
        "protocolMappers": [{
            "name": "audience",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-audience-mapper",
            "consentRequired": false,
            "config": {
                "included.custom.audience": registry.audience,
                "access.token.claim": "true",
                "id.token.claim": "false",
            },
        }],
    })
}

fn client(ceiling: &ClientCeiling<'_>) -> Value {
    let is_public = matches!(ceiling.client.authentication, Some(ClientAuthentication::None))
        || ceiling.client.secret.is_none() && ceiling.client.key.is_none() && ceiling.client.certificate.is_none();
    json!({
        "clientId": ceiling.client.client_id,
        "protocol": "openid-connect",
        "publicClient": is_public,
        "standardFlowEnabled": ceiling.has(GrantType::AuthorizationCode),
        "serviceAccountsEnabled": ceiling.has(GrantType::ClientCredentials),
        "implicitFlowEnabled": false,
        "directAccessGrantsEnabled": false,
        "fullScopeAllowed": false,
        "attributes": {
            "oauth2.device.authorization.grant.enabled": ceiling.has(GrantType::DeviceCode).to_string(),
        },
        "defaultClientScopes": ["basic"],
        "optionalClientScopes": ceiling.all,
    })
}
