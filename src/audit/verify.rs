//! Verification of the whole log.

use super::AuditError;
use super::custody::{Anchored, KeySource, KnownAnchor};
use super::log::AuditLog;
use super::reading::{Lines, segments};
use crate::files::PrivateFolder;
use crate::usage::{Anchor, Summary, Verifier};

/// Result of a verification, with the place of the anchor.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What was found.
    pub summary: Summary,
    /// Last record that is anchored.
    pub anchor: Option<Anchored>,
    /// Where the key is kept; `None` if there is none, so that the codes were not checked.
    pub source: Option<KeySource>,
}

impl AuditLog {
    /// Verifies the whole log. `known`: records that are known from elsewhere, besides the anchor.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn verify(&self, known: &[Anchor]) -> Result<Verified, AuditError> {
        // creates the directory, since the keyring may know a log whose directory was removed; and waits for the lock,
        // since a record that is being written must not look incomplete
        let (folder, _lock) = self.lock()?;
        self.verify_locked(&folder, known)
    }

    pub(super) fn verify_locked(&self, folder: &PrivateFolder, known: &[Anchor]) -> Result<Verified, AuditError> {
        let held = self.held(folder)?;
        let apart = self.known()?;
        let anchor = apart.as_ref().and_then(|known| known.record().cloned());
        let anchor = anchor.or_else(|| held.as_ref().and_then(|held| held.anchor.clone()));
        let anchors: Vec<Anchor> = anchor.iter().map(Anchored::anchor).chain(known.iter().cloned()).collect();
        let mut verifier = Verifier::new(held.as_ref().map(|held| held.key.clone()), &anchors);
        let mut line = Vec::new();
        let known = segments(folder)?;
        if held.is_none() && !known.is_empty() {
            verifier.key_missing();
        }
        for segment in known {
            let Some(mut lines) = Lines::open(folder, segment, 0)? else { continue };
            verifier.segment(segment);
            while lines.next(&mut line)? {
                verifier.line(&line);
            }
            if !line.is_empty() {
                verifier.torn(u64::try_from(line.len()).unwrap_or_default());
            }
        }
        if let Some(apart) = apart {
            let is_other = held.as_ref().is_some_and(|held| held.log != apart.log);
            verifier.known(apart.anchor == KnownAnchor::Unreadable, is_other);
        }
        Ok(Verified { summary: verifier.finish(), anchor, source: held.map(|held| held.source) })
    }
}
