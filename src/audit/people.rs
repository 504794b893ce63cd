//! Pseudonyms: a record names a person only by a code under a key of the year. Without the key the code can't be assigned
//! to the person any more, while the record stays and verifies.

use std::collections::BTreeMap;

use aws_lc_rs::{hmac, rand};
use serde::{Deserialize, Serialize};

use super::AuditError;
use crate::files::PrivateFolder;
use crate::usage::{hex, unhex};

/// File with the keys and names.
const FILE: &str = "people";

/// Maximum size of the file, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The keys and names of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Names by pseudonym, by year.
    years: BTreeMap<String, Year>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Year {
    key: String,
    names: BTreeMap<String, String>,
}

impl People {
    /// Reads the file; nothing if there is none.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn read(folder: &PrivateFolder) -> Result<Self, AuditError> {
        let Some(bytes) = folder.read(FILE, MOST_BYTES)? else { return Ok(Self::default()) };
        // a damaged file costs the names of the past, not the log
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    fn write(&self, folder: &PrivateFolder) -> Result<(), AuditError> {
        Ok(folder.replace(FILE, &serde_json::to_vec(self).unwrap_or_default())?)
    }

    /// Returns the pseudonym of a person in a year, and stores it if it is new. The caller holds the lock.
    pub(super) fn pseudonym(folder: &PrivateFolder, year: &str, name: &str) -> Result<String, AuditError> {
        let mut people = Self::read(folder)?;
        let entry = people.years.entry(year.to_owned()).or_default();
        let mut is_new = false;
        if entry.key.is_empty() {
            let mut key = [0; 32];
            rand::fill(&mut key).map_err(|_| AuditError::Crypto)?;
            entry.key = hex(&key);
            is_new = true;
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &unhex(&entry.key).unwrap_or_default());
        let pseudonym = hex(hmac::sign(&key, name.as_bytes()).as_ref().get(..8).unwrap_or_default());
        is_new |= entry.names.insert(pseudonym.clone(), name.to_owned()).is_none();
        if is_new {
            people.write(folder)?;
        }
        Ok(pseudonym)
    }

    /// Returns the name behind a pseudonym.
    #[must_use]
    pub fn name(&self, pseudonym: &str) -> Option<&str> {
        self.years.values().find_map(|year| year.names.get(pseudonym)).map(String::as_str)
    }

    /// Removes the names and keys before a year, so that no pseudonym of that time can be assigned any more. The caller
    /// holds the lock.
    pub(super) fn erase_before(folder: &PrivateFolder, year: &str) -> Result<usize, AuditError> {
        let mut people = Self::read(folder)?;
        let before = people.years.len();
        people.years.retain(|known, _| known.as_str() >= year);
        let removed = before - people.years.len();
        if removed > 0 {
            people.write(folder)?;
        }
        Ok(removed)
    }
}
