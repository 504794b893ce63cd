//! Identity assertions: JWTs with which an identity provider vouches for its user at another authorization server
//! (draft-ietf-oauth-identity-assertion-authz-grant; in the Model Context Protocol, enterprise-managed authorization).

use http::StatusCode;

use super::request::{EndpointRequest, Party};
use super::token_set;
use super::{OAuthError, Parameter};
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Token type URI of an identity assertion (draft-ietf-oauth-identity-assertion-authz-grant §4.3).
const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";

/// Token type URI of an ID token (RFC 8693 §3).
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

/// An identity assertion. It is a grant, not an access token.
#[derive(Clone, Debug)]
pub struct IdentityAssertion {
    /// JWT to present at the other authorization server.
    pub jwt: Secret,
    /// Scopes that the identity provider allows; `None` if they are the requested ones.
    pub scope: Option<ScopeSet>,
}

impl Party<'_> {
    /// Exchanges an ID token for an identity assertion (RFC 8693 §2.1). `audience`: issuer of the other authorization
    /// server; `resources`: its APIs.
    ///
    /// # Errors
    /// If the server refuses, or its response is not an identity assertion.
    pub async fn identity_assertion(
        self,
        id_token: &Secret,
        audience: &str,
        resources: &[String],
        scopes: &ScopeSet,
    ) -> Result<IdentityAssertion, OAuthError> {
        let dialect = &self.identity.dialect;
        let mut parameters = vec![
            ("grant_type", GrantType::TokenExchange.registered_name()),
            ("requested_token_type", ID_JAG),
            ("subject_token", id_token.expose()),
            ("subject_token_type", ID_TOKEN),
            ("audience", audience),
        ];
        parameters.extend(resources.iter().map(|resource| ("resource", resource.as_str())));
        // scopes of the other server, so in the form of RFC 6749, whatever this one uses for its own
        let names = scopes.to_string();
        parameters.extend((!scopes.is_empty()).then_some(("scope", names.as_str())));
        let own: &[Parameter] = &dialect.token_parameters;
        parameters.extend(own.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let response = EndpointRequest::for_tokens(self).form(self.token_endpoint()?, &parameters).await?;
        let mut findings = Vec::new();
        let document = response.document(StatusCode::OK, &mut findings)?;
        if document.text("issued_token_type").is_some_and(|issued| issued != ID_JAG) {
            return Err(response.unreadable("its `issued_token_type` is not an identity assertion"));
        }
        let jwt = document.text("access_token").ok_or_else(|| response.unreadable("it has no `access_token`"))?;
        if jwt.split('.').count() != 3 || !jwt.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(response.unreadable("its `access_token` is not a signed JWT"));
        }
        let scope = document.get("scope").and_then(|scope| token_set::scopes(scope, ' ', &mut findings));
        Ok(IdentityAssertion { jwt: Secret::new(jwt), scope })
    }
}
