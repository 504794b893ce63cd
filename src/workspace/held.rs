//! A token in hand.

use jiff::Timestamp;

use super::Error;
use crate::diagnosis::TokenEvidence;
use crate::secret::Secret;
use crate::token::{Decoded, Explained, Granted, Summary, Validity};

/// Where a token came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Given by the user: an argument, standard input, a paste.
    Given,
    /// Obtained here, by the client of that name.
    Obtained {
        /// The client's name in the manifest.
        client: String,
    },
}

/// A token, decoded once.
#[derive(Clone, Debug)]
pub struct HeldToken {
    /// The token itself.
    pub secret: Secret,
    /// Where it came from.
    pub origin: Origin,
    /// What it says.
    pub decoded: Decoded,
    /// The scopes it was granted; `None` when nothing says so.
    pub granted: Option<Granted>,
    /// The refresh token that came with it.
    pub refresh_token: Option<Secret>,
}

impl HeldToken {
    /// Finds the token in a text (see [`crate::token::recognise`]) and decodes it.
    ///
    /// # Errors
    /// When there is no token in the text.
    pub fn read(_text: &str, _now: Timestamp) -> Result<Self, Error> {
        todo!("workspace")
    }

    /// Whether it is within its time; `None` when it can't be read.
    #[must_use]
    pub fn validity(&self, _now: Timestamp) -> Option<Validity> {
        todo!("workspace")
    }

    /// Each claim in words.
    #[must_use]
    pub fn claims(&self, _now: Timestamp) -> Vec<Explained> {
        todo!("workspace")
    }

    /// Each header parameter in words.
    #[must_use]
    pub fn header(&self) -> Vec<Explained> {
        todo!("workspace")
    }

    /// The four lines.
    #[must_use]
    pub fn summary(&self, _now: Timestamp) -> Summary {
        todo!("workspace")
    }

    /// What a diagnosis may know of it.
    #[must_use]
    pub fn evidence(&self, _now: Timestamp) -> TokenEvidence {
        todo!("workspace")
    }
}
