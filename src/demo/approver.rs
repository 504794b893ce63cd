//! The second person of the demo: an approver with a key of their own, which signs like `ssh-keygen -Y sign`.

use aws_lc_rs::digest::{SHA512, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::DemoError;
use crate::sshsig::{Signature, SignatureError};

/// Type of the key.
const KIND: &[u8] = b"ssh-ed25519";

/// An approver.
pub struct Approver {
    key: Ed25519KeyPair,
}

impl std::fmt::Debug for Approver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Approver").finish_non_exhaustive()
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length, bytes].concat()
}

impl Approver {
    /// Name of the approver.
    pub const NAME: &'static str = "ben";

    /// Generates a key, which is gone when this is dropped.
    ///
    /// # Errors
    /// If no randomness is available.
    pub fn new() -> Result<Self, DemoError> {
        let failed = |_| DemoError::Start("no key could be generated".to_owned());
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(failed)?;
        let key = Ed25519KeyPair::from_pkcs8(document.as_ref());
        Ok(Self { key: key.map_err(|_| DemoError::Start("no key could be generated".to_owned()))? })
    }

    fn blob(&self) -> Vec<u8> {
        [string(KIND), string(self.key.public_key().as_ref())].concat()
    }

    /// Returns a manifest in which the client `dev` may not delete orders without an approval.
    #[must_use]
    pub fn manifest(&self, manifest: &str) -> String {
        let manifest = manifest.replace("\"orders:delete\", ", "");
        let key = STANDARD.encode(self.blob());
        format!("{manifest}\n[approvers.leads]\nkeys = [\"ssh-ed25519 {key} {}\"]\n", Self::NAME)
    }

    /// Signs a text (`PROTOCOL.sshsig` of OpenSSH).
    ///
    /// # Errors
    /// Never for a valid namespace.
    pub fn sign(&self, namespace: &str, text: &str) -> Result<Signature, SignatureError> {
        let head = [string(namespace.as_bytes()), string(b""), string(b"sha512")].concat();
        let hash = digest(&SHA512, text.as_bytes());
        let signed = [&b"SSHSIG"[..], &head, &string(hash.as_ref())].concat();
        let inner = [string(KIND), string(self.key.sign(&signed).as_ref())].concat();
        Signature::parse(&[&b"SSHSIG\0\0\0\x01"[..], &string(&self.blob()), &head, &string(&inner)].concat())
    }
}
