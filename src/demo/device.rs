//! The device grant (RFC 8628).
use super::answer::OAuthFailure;
use super::clients::RegisteredClient;
use super::server::Server;
use super::store::Grant;
/// x
pub(super) struct DeviceGrant {}
pub(super) fn poll(_server: &Server, _client: &RegisteredClient, _code: &str) -> Result<Grant, OAuthFailure> {
    Err(OAuthFailure::bad("invalid_grant", "the device code is not known"))
}
