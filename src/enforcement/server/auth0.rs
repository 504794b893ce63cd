//! Auth0: a tenant file in YAML for the Deploy CLI, with the resource server and the grants of the clients.

use std::fmt::Write as _;

use super::registry::{ClientCeiling, Registry};
use crate::enforcement::text::{json_string, json_strings};
use crate::manifest::GrantType;

/// Exports a part of a tenant.
pub(super) fn export(registry: &Registry<'_>) -> String {
    let mut text = registry.head(
        "Auth0",
        &[
            "Import it with `a0deploy import`. Without a grant below, no client gets a token for the API.",
            "A client is named by its client ID, as in the manifest.",
        ],
    );
    let _ = write!(
        text,
        "resourceServers:\n  - name: {}\n    identifier: {}\n    token_dialect: access_token\n    enforce_policies: false\n    \
         subject_type_authorization:\n      user:\n        policy: require_client_grant\n      client:\n        policy: require_client_grant\n",
        json_string(registry.api.title()),
        json_string(registry.audience),
    );
    if registry.scopes.is_empty() {
        text.push_str("    scopes: []\n");
    } else {
        text.push_str("    scopes:\n");
    }
    for scope in &registry.scopes {
        let _ = write!(
            text,
            "      # {}\n      - value: {}\n        description: {}\n",
            scope.place,
            json_string(scope.name),
            json_string(scope.description)
        );
    }
    let grants: String = registry.clients.iter().map(|ceiling| grants(registry, ceiling)).collect();
    match grants.is_empty() {
        true => text.push_str("clientGrants: []\n"),
        false => {
            let _ = write!(text, "clientGrants:\n{grants}");
        }
    }
    text
}

/// Returns the grants of a client: one for users, and one for itself, as its grants need.
pub(super) fn subjects(ceiling: &ClientCeiling<'_>) -> Vec<&'static str> {
    let needs = [
        (ceiling.client.grants.iter().any(|grant| grant.needs_user()), "user"),
        (ceiling.has(GrantType::ClientCredentials), "client"),
    ];
    needs.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, subject)| subject).collect()
}

fn grants(registry: &Registry<'_>, ceiling: &ClientCeiling<'_>) -> String {
    let grant = |subject: &str| {
        format!(
            "  # {}\n  - client_id: {}\n    audience: {}\n    subject_type: {subject}\n    scope: {}\n",
            ceiling.place,
            json_string(&ceiling.client.client_id),
            json_string(registry.audience),
            json_strings(&ceiling.scopes)
        )
    };
    subjects(ceiling).into_iter().map(grant).collect()
}
