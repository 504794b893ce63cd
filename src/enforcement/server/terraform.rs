//! Terraform configuration (HCL) for the providers of Auth0, Okta, Keycloak and AWS (Cognito).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::TerraformProvider;
use super::auth0::subjects;
use super::okta::with_openid;
use super::registry::{ClientCeiling, OfferedScope, Registry, identifier, identifiers};
use crate::diagnostic::Diagnostic;
use crate::enforcement::findings::unsupported;
use crate::enforcement::text::json_string;
use crate::manifest::GrantType;

/// Exports a configuration for a provider.
pub(super) fn export(registry: &Registry<'_>, provider: TerraformProvider) -> Result<String, Vec<Diagnostic>> {
    match provider {
        TerraformProvider::Auth0 => Ok(auth0(registry)),
        TerraformProvider::Okta => Ok(okta(registry)),
        TerraformProvider::Keycloak => Ok(keycloak(registry)),
        TerraformProvider::Cognito => cognito(registry),
    }
}

/// Quotes a string of HCL, in which `${` and `%{` begin templates.
fn quoted(text: &str) -> String {
    json_string(text).replace("${", "$${").replace("%{", "%%{")
}

fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}

/// Names of resources for scopes, and for clients.
fn labels(registry: &Registry<'_>) -> (Vec<String>, Vec<String>) {
    let scopes = identifiers(registry.scopes.iter().map(|scope| scope.name));
    let clients = identifiers(registry.clients.iter().map(|ceiling| ceiling.client.name.as_str()));
    (scopes, clients)
}

fn auth0(registry: &Registry<'_>) -> String {
    let api = identifier(&registry.api.name);
    let mut text = registry.head("Terraform with auth0/auth0", &[]);
    let policy = "\"require_client_grant\"";
    let _ = write!(
        text,
        "\nresource \"auth0_resource_server\" \"{api}\" {{\n  name       = {}\n  identifier = {}\n\n  subject_type_authorization {{\n    \
         user {{\n      policy = {policy}\n    }}\n    client {{\n      policy = {policy}\n    }}\n  }}\n}}\n\n\
         resource \"auth0_resource_server_scopes\" \"{api}\" {{\n  resource_server_identifier = auth0_resource_server.{api}.identifier\n",
        quoted(registry.api.title()),
        quoted(registry.audience),
    );
    for scope in &registry.scopes {
        let _ = write!(
            text,
            "\n  # {}\n  scopes {{\n    name        = {}\n    description = {}\n  }}\n",
            scope.place,
            quoted(scope.name),
            quoted(scope.description)
        );
    }
    text.push_str("}\n");
    for (label, ceiling) in labels(registry).1.iter().zip(&registry.clients) {
        for subject in subjects(ceiling) {
            let _ = write!(
                text,
                "\n# {}\nresource \"auth0_client_grant\" \"{api}_{label}_{subject}\" {{\n  client_id    = {}\n  \
                 audience     = auth0_resource_server.{api}.identifier\n  subject_type = \"{subject}\"\n  scopes       = {}\n}}\n",
                ceiling.place,
                quoted(&ceiling.client.client_id),
                list(ceiling.scopes.iter().copied())
            );
        }
    }
    text
}

fn okta(registry: &Registry<'_>) -> String {
    let (scopes, clients) = labels(registry);
    let mut text = registry.head("Terraform with okta/okta", &[]);
    text.push_str("\nvariable \"auth_server_id\" {\n  type = string\n}\n");
    for (label, scope) in scopes.iter().zip(&registry.scopes) {
        let _ = write!(
            text,
            "\n# {}\nresource \"okta_auth_server_scope\" \"{label}\" {{\n  auth_server_id   = var.auth_server_id\n  name             = {}\n  \
             description      = {}\n  consent          = \"IMPLICIT\"\n  metadata_publish = \"ALL_CLIENTS\"\n}}\n",
            scope.place,
            quoted(scope.name),
            quoted(scope.description)
        );
    }
    for ((label, ceiling), priority) in clients.iter().zip(&registry.clients).zip(1..) {
        let name = quoted(&format!("{} {}", registry.api.name, ceiling.client.name));
        let _ = write!(
            text,
            "\n# {}\nresource \"okta_auth_server_policy\" \"{label}\" {{\n  auth_server_id   = var.auth_server_id\n  name             = {name}\n  \
             description      = {name}\n  priority         = {priority}\n  client_whitelist = {}\n}}\n\n\
             resource \"okta_auth_server_policy_rule\" \"{label}\" {{\n  auth_server_id       = var.auth_server_id\n  \
             policy_id            = okta_auth_server_policy.{label}.id\n  name                 = {name}\n  priority             = 1\n  \
             grant_type_whitelist = {}\n  scope_whitelist      = {}\n  group_whitelist      = [\"EVERYONE\"]\n}}\n",
            ceiling.place,
            list([ceiling.client.client_id.as_str()]),
            list(ceiling.grant_types()),
            list(with_openid(ceiling))
        );
    }
    text
}

fn keycloak(registry: &Registry<'_>) -> String {
    let (scopes, clients) = labels(registry);
    let mut text = registry.head(
        "Terraform with keycloak/keycloak",
        &["Scopes are optional ones: default scopes are granted whether or not they are requested."],
    );
    text.push_str("\nvariable \"realm_id\" {\n  type = string\n}\n");
    for (label, scope) in scopes.iter().zip(&registry.scopes) {
        let _ = write!(
            text,
            "\n# {}\nresource \"keycloak_openid_client_scope\" \"{label}\" {{\n  realm_id               = var.realm_id\n  \
             name                   = {}\n  description            = {}\n  include_in_token_scope = true\n}}\n\n\
             resource \"keycloak_openid_audience_protocol_mapper\" \"{label}\" {{\n  realm_id                 = var.realm_id\n  \
             client_scope_id          = keycloak_openid_client_scope.{label}.id\n  name                     = \"audience\"\n  \
             included_custom_audience = {}\n}}\n",
            scope.place,
            quoted(scope.name),
            quoted(scope.description),
            quoted(registry.audience)
        );
    }
    let own = |name: &str| {
        let position = registry.scopes.iter().position(|scope| scope.name == name);
        position.and_then(|position| scopes.get(position))
    };
    for (label, ceiling) in clients.iter().zip(&registry.clients) {
        let names: Vec<String> = ceiling
            .all
            .iter()
            .map(|name| {
                own(name).map_or_else(|| quoted(name), |label| format!("keycloak_openid_client_scope.{label}.name"))
            })
            .collect();
        let _ = write!(
            text,
            "\n# {}\ndata \"keycloak_openid_client\" \"{label}\" {{\n  realm_id  = var.realm_id\n  client_id = {}\n}}\n\n\
             resource \"keycloak_openid_client_default_scopes\" \"{label}\" {{\n  realm_id       = var.realm_id\n  \
             client_id      = data.keycloak_openid_client.{label}.id\n  default_scopes = [\"basic\"]\n}}\n\n\
             resource \"keycloak_openid_client_optional_scopes\" \"{label}\" {{\n  realm_id        = var.realm_id\n  \
             client_id       = data.keycloak_openid_client.{label}.id\n  optional_scopes = [{}]\n}}\n",
            ceiling.place,
            quoted(&ceiling.client.client_id),
            names.join(", ")
        );
    }
    text
}

/// Cognito names a scope by its resource server: `IDENTIFIER/NAME`.
fn cognito(registry: &Registry<'_>) -> Result<String, Vec<Diagnostic>> {
    let mut servers: BTreeMap<&str, Vec<(&str, &OfferedScope<'_>)>> = BTreeMap::new();
    let mut obstacles = Vec::new();
    for scope in &registry.scopes {
        match scope.name.rsplit_once('/') {
            Some((server, name)) if !server.is_empty() && !name.is_empty() => {
                servers.entry(server).or_default().push((name, scope));
            }
            _ => obstacles.push(unsupported(
                format!(
                    "{}: `{}` has no resource server, which names of scopes begin with in Cognito",
                    scope.place, scope.name
                ),
                "such a name is `IDENTIFIER/NAME`, such as `orders/read`",
            )),
        }
    }
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let mut text = registry
        .head("Terraform with hashicorp/aws", &["Tokens of Cognito have no audience unless it is added by a trigger."]);
    text.push_str("\nvariable \"user_pool_id\" {\n  type = string\n}\n");
    let labels = identifiers(servers.keys().copied());
    let mut all: BTreeMap<&str, &String> = BTreeMap::new();
    for (label, (server, scopes)) in labels.iter().zip(&servers) {
        all.insert(server, label);
        let _ = write!(
            text,
            "\nresource \"aws_cognito_resource_server\" \"{label}\" {{\n  user_pool_id = var.user_pool_id\n  identifier   = {}\n  name         = {}\n",
            quoted(server),
            quoted(registry.api.title()),
        );
        for (name, scope) in scopes {
            let _ = write!(
                text,
                "\n  # {}\n  scope {{\n    scope_name        = {}\n    scope_description = {}\n  }}\n",
                scope.place,
                quoted(name),
                quoted(scope.description)
            );
        }
        text.push_str("}\n");
    }
    for (label, ceiling) in
        identifiers(registry.clients.iter().map(|ceiling| ceiling.client.name.as_str())).iter().zip(&registry.clients)
    {
        text.push_str(&cognito_client(label, ceiling, all.values().copied()));
    }
    Ok(text)
}

fn cognito_client<'l>(label: &str, ceiling: &ClientCeiling<'_>, servers: impl Iterator<Item = &'l String>) -> String {
    let flows = [(GrantType::AuthorizationCode, "code"), (GrantType::ClientCredentials, "client_credentials")];
    let flows = flows.into_iter().filter(|(grant, _)| ceiling.has(*grant)).map(|(_, flow)| flow);
    let servers: Vec<String> = servers.map(|label| format!("aws_cognito_resource_server.{label}")).collect();
    format!(
        "\n# {}\nresource \"aws_cognito_user_pool_client\" \"{label}\" {{\n  user_pool_id                         = var.user_pool_id\n  \
         name                                 = {}\n  allowed_oauth_flows_user_pool_client = true\n  allowed_oauth_flows                  = {}\n  \
         allowed_oauth_scopes                 = {}\n  depends_on                           = [{}]\n}}\n",
        ceiling.place,
        quoted(&ceiling.client.name),
        list(flows),
        list(with_openid(ceiling)),
        servers.join(", ")
    )
}
