//! Configuration of authorization servers from a manifest: the scopes of an API, and the ceilings of its clients.
//!
//! | module | format |
//! |---|---|
//! | `registry` | the neutral model: scopes and ceilings |
//! | `keycloak` | JSON for a realm |
//! | `auth0` | YAML for the Deploy CLI |
//! | `okta` | JSON: bodies of the management API |
//! | `entra` | JSON: application objects of Microsoft Graph |
//! | `terraform` | HCL, for the providers of Auth0, Okta, Keycloak and Cognito |
//!
//! What a server can't express is a finding, and a client never gets more than `may_request`.

mod auth0;
mod entra;
mod keycloak;
mod okta;
mod registry;
mod terraform;

use self::registry::Registry;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Manifest};

/// A format that scopes and ceilings can be exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerFormat {
    /// Realm of Keycloak 25 or later, in JSON.
    Keycloak,
    /// Tenant of Auth0, in YAML for its Deploy CLI.
    Auth0,
    /// Custom authorization server of Okta, in JSON.
    Okta,
    /// Applications of Microsoft Entra ID, in JSON.
    Entra,
    /// Terraform configuration for a provider.
    Terraform(TerraformProvider),
}

/// A provider of Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerraformProvider {
    /// `auth0/auth0`.
    Auth0,
    /// `okta/okta`.
    Okta,
    /// `keycloak/keycloak`.
    Keycloak,
    /// `hashicorp/aws`: Cognito.
    Cognito,
}

impl ServerFormat {
    /// Returns the name for messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keycloak => "keycloak",
            Self::Auth0 => "auth0",
            Self::Okta => "okta",
            Self::Entra => "entra",
            Self::Terraform(_) => "terraform",
        }
    }
}

/// Exports the scopes of an API, and the ceilings of the clients of its issuer. `source` is the manifest's source text, and
/// `name` its name.
///
/// # Errors
/// Everything that the server can't express.
pub fn export_server(
    format: ServerFormat,
    manifest: &Manifest,
    api: &Api,
    source: &str,
    name: &str,
) -> Result<String, Vec<Diagnostic>> {
    let registry = Registry::new(manifest, api, source, name)?;
    match format {
        ServerFormat::Keycloak => keycloak::export(&registry),
        ServerFormat::Auth0 => Ok(auth0::export(&registry)),
        ServerFormat::Okta => Ok(okta::export(&registry)),
        ServerFormat::Entra => entra::export(&registry),
        ServerFormat::Terraform(provider) => terraform::export(&registry, provider),
    }
}

/// Returns a JSON document with a line break at its end.
fn json_document(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
