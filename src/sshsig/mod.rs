//! SSH signatures (SSHSIG, `PROTOCOL.sshsig` of OpenSSH), which `ssh-keygen -Y sign` makes: reads keys and signatures, and
//! verifies them. Nothing is signed here, and no private key is read.
//!
//! | module | part |
//! |---|---|
//! | `wire` | length-prefixed strings and integers (RFC 4251 §5) |
//! | `key` | public keys: one line of `authorized_keys` or of a `.pub` file |
//! | `armor` | finds blocks in text that a chat or mail program has changed |
//! | `signature` | parses and verifies a signature |
//!
//! Pure: the caller decides whether a signer is allowed, and until when.

mod armor;
mod key;
mod signature;
mod wire;

#[cfg(test)]
mod tests;

pub use armor::{ArmorError, Block, MOST_INPUT, blocks, is_rule, unquoted, unspaced};
pub use key::{KeyError, KeyKind, PublicKey};
pub use signature::{SIGNATURE_LABEL, Signature, SignatureError};
