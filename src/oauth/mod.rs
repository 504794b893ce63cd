//! Authorization servers: discovery, grants, what becomes of their tokens. Everything that comes back is hostile until
//! checked.

mod answer;
mod authorization;
mod browser;
mod client;
mod device;
mod dpop;
mod error;
mod exchange;
mod findings;
mod grants;
mod id_token;
mod loopback;
mod manage;
mod metadata;
mod registration;
mod resource;
mod review;
mod signing;
mod token_set;
mod unambiguous;

#[cfg(test)]
mod tests;

pub use authorization::{AuthorizationRequest, Pending, authorization_code, begin};
pub use browser::{BrowserError, is_openable, is_text_browser, open};
pub use client::ClientIdentity;
pub use device::{DevicePending, begin_device};
pub use dpop::{DPOP, DpopKey};
pub use error::OAuthError;
pub use exchange::Party;
pub use findings::ALL as CODES;
pub use grants::Parameter;
pub use manage::{Introspection, Revocation, TokenHint};
pub use metadata::{Discovered, Metadata, USE_CASE, discover};
pub use registration::{Registration, register, unregister};
pub use resource::{Coverage, ProtectedResource, Unauthorized, permitted_from, places, probe, protected_resource};
pub use review::{findings_of, other_resource, slashed_issuer};
pub use signing::SigningKey;
pub use token_set::TokenSet;
