//! Checks that several endpoints of the authorization server share.

use super::catalogue::is_known;
use super::parameters::Parameters;
use super::response::OAuthFailure;
use super::server::Server;
use super::state::RegisteredClient;
use crate::scope::{Scope, ScopeSet};

/// Rejects a form with a repeated parameter (RFC 6749 section 3.2).
pub(super) fn check_form(form: &Parameters) -> Result<(), OAuthFailure> {
    match form.repeated() {
        Some(name) => Err(OAuthFailure::bad("invalid_request", format!("{name} is repeated"))),
        None => Ok(()),
    }
}

/// Rejects a `resource` (RFC 8707 section 2) other than the API of the demo.
pub(super) fn check_resource(server: &Server, parameters: &Parameters) -> Result<(), OAuthFailure> {
    if parameters.all("resource").all(|resource| resource == server.audience) {
        Ok(())
    } else {
        Err(OAuthFailure::bad("invalid_target", format!("the only supported resource is {}", server.audience)))
    }
}

/// Parses the requested scopes. There is no default: a request without scopes is rejected (RFC 6749 section 3.3).
pub(super) fn requested_scopes(client: &RegisteredClient, scope: Option<&str>) -> Result<ScopeSet, OAuthFailure> {
    let invalid = |description: String| OAuthFailure::bad("invalid_scope", description);
    let scopes = ScopeSet::parse(scope.unwrap_or_default()).map_err(|error| invalid(error.to_string()))?;
    if scopes.is_empty() {
        return Err(invalid("scope is required: there is no default".to_owned()));
    }
    let rejected = |scope: &&Scope| !is_known(scope.as_str()) || !client.may_request(scope.as_str());
    let first = scopes.iter().find(rejected).cloned();
    match first {
        Some(scope) if is_known(scope.as_str()) => {
            Err(invalid(format!("the client is not allowed to request {scope}")))
        }
        Some(scope) => Err(invalid(format!("unknown scope {scope}"))),
        None => Ok(scopes),
    }
}
