//! Authorization servers: discovery, grants, introspection and revocation. Every response is untrusted until it has
//! been checked.

mod authorization;
mod browser;
mod client;
mod device;
mod dpop;
mod error;
mod findings;
mod id_token;
mod identity_assertion;
mod introspection;
mod look_up;
mod loopback;
mod metadata;
mod metadata_findings;
mod protected_resource;
mod registration;
mod request;
mod response;
mod revocation;
mod signing;
mod strict_json;
mod token_endpoint;
mod token_set;

#[cfg(test)]
mod tests;

pub use authorization::{AuthorizationRequest, Pending, REDIRECT_URI, authorization_code, begin};
pub use browser::{BrowserError, is_openable, is_text_browser, open};
pub use client::ClientIdentity;
pub use device::{DevicePending, begin_device};
pub use dpop::{DPOP, DpopKey};
pub use error::OAuthError;
pub use findings::ALL as CODES;
pub use identity_assertion::IdentityAssertion;
pub use introspection::{Introspection, TokenHint};
pub use loopback::LoopbackPort;
pub use metadata::{Discovered, Metadata, USE_CASE, discover};
pub use metadata_findings::{findings_of, other_product, other_resource, slashed_issuer};
pub use protected_resource::{
    Coverage, ProtectedResource, Unauthorized, permitted_from, places, probe, protected_resource,
};
pub use registration::{Registration, register, unregister};
pub use request::Party;
pub use revocation::Revocation;
pub use signing::{GENERATED, SigningKey};
pub use token_endpoint::Parameter;
pub use token_set::TokenSet;
