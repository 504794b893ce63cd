//! Identity assertions: what an identity provider vouches to another authorization server
//! (draft-ietf-oauth-identity-assertion-authz-grant).

use super::Plan;
use super::entries::assertion_entry;
use crate::app::clients::{Identity, explained};
use crate::app::{Context, Error, ErrorKind};
use crate::audit::Entry;
use crate::manifest::Client;
use crate::oauth::IdentityAssertion;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// Obtains an identity assertion for the authorization server of a client.
///
/// # Errors
/// If the identity provider refuses, or can't be reached.
pub(super) async fn identity_assertion(
    context: &Context,
    client: &Client,
    provider: &Client,
    plan: &Plan,
    (id_token, resources): (&Secret, &[String]),
) -> Result<IdentityAssertion, Error> {
    let act = context.begin(|| assertion_entry(context, provider, id_token, &plan.scopes)).await?;
    let obtained = Box::pin(unrecorded(context, client, provider, &plan.scopes, (id_token, resources))).await;
    act.conclude(obtained, |_| Entry::default()).await
}

async fn unrecorded(
    context: &Context,
    client: &Client,
    provider: &Client,
    scopes: &ScopeSet,
    (id_token, resources): (&Secret, &[String]),
) -> Result<IdentityAssertion, Error> {
    let identity = Identity::of(context, provider, None).await?;
    let issuer = client.issuer.as_str();
    let obtained = identity.party().identity_assertion(id_token, issuer, resources, scopes).await;
    obtained.map_err(|error| {
        let failure = explained(error, provider);
        match failure.kind {
            ErrorKind::Refused => failure.hint(format!(
                "an administrator of `{}` decides which clients may act for users at `{issuer}`",
                provider.issuer
            )),
            _ => failure,
        }
    })
}
