//! Kinds of vaults.

use std::fmt;

/// Store of the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// A file whose key is in the operating system's keyring.
    Keyring,
    /// A file whose key is derived from a passphrase.
    Passphrase,
    /// Memory of this process only.
    Memory,
}

impl StoreKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Keyring, Self::Passphrase, Self::Memory];

    /// Returns the name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
