//! Authorization servers: discovery, grants, refresh. Everything that comes back is hostile until checked.

mod authorization;
mod browser;
mod endpoint;
mod error;
mod findings;
mod loopback;
mod metadata;
mod token_set;

#[cfg(test)]
mod tests;

pub use authorization::{AuthorizationRequest, Pending, begin};
pub use browser::{BrowserError, is_openable, open};
pub use endpoint::{client_credentials, refresh};
pub use error::OAuthError;
pub use findings::ALL as CODES;
pub use metadata::{Metadata, discover};
pub use token_set::{ClientIdentity, TokenSet};
