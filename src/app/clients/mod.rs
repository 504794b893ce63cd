//! The clients of a manifest: their secrets, and how they authenticate at their authorization servers.

mod entries;
mod identity;
mod secret;

pub(in crate::app) use entries::{client_entry, request_entry, token_entry};
pub use identity::introspect;
pub(in crate::app) use identity::{Credentials, Identity, explained};
pub(in crate::app) use secret::ClientSecrets;
