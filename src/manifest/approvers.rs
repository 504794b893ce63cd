//! Groups of approvers: `[approvers.NAME]`.

use std::ops::Range;

use crate::sshsig::PublicKey;

/// A group of approvers.
#[derive(Clone, Debug)]
pub struct Approvers {
    /// Name in the manifest.
    pub name: String,
    /// Whose approval is sufficient.
    pub rule: ApproverRule,
    /// Whether a request must have a reason.
    pub reason: bool,
    /// Whether a requester may go ahead before the approval, for a few minutes, in an emergency.
    pub emergency: bool,
    /// Longest window that may be approved, in seconds. `None`: [`Self::LONGEST`].
    pub max_window: Option<u64>,
    /// Position in bytes of the source.
    pub span: Range<usize>,
}

/// Whose approval is sufficient.
#[derive(Clone, Debug)]
pub enum ApproverRule {
    /// A number of different approvers from a list.
    Keys {
        /// Number of approvers.
        need: usize,
        /// Their keys.
        keys: Vec<ApproverKey>,
    },
    /// One of several alternatives, each of which needs the approval of all of its groups.
    AnyOf(Vec<Vec<String>>),
}

/// A key of an approver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproverKey {
    /// Key.
    pub key: PublicKey,
    /// Comment of the key: the name of its owner. Several keys of one owner count once.
    pub owner: Option<String>,
}

impl Approvers {
    /// Longest window without `max_window`, in seconds: 30 days.
    pub const LONGEST: u64 = 30 * 86_400;

    /// Returns the longest window that may be approved, in seconds.
    #[must_use]
    pub fn longest_window(&self) -> u64 {
        self.max_window.unwrap_or(Self::LONGEST)
    }

    /// Returns the keys of this group itself.
    #[must_use]
    pub fn keys(&self) -> &[ApproverKey] {
        match &self.rule {
            ApproverRule::Keys { keys, .. } => keys,
            ApproverRule::AnyOf(_) => &[],
        }
    }
}

impl ApproverKey {
    /// Returns the owner, or the fingerprint if there is none: keys with the same identity are one approver.
    #[must_use]
    pub fn identity(&self) -> String {
        self.owner.clone().unwrap_or_else(|| self.key.fingerprint())
    }
}
