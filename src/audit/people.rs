//! Pseudonyms: a record names a user only by a random code that changes with the year. Once the code is removed from this
//! table, the record can't be assigned to the user any more, while it stays and verifies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AuditError;
use super::identifier::random_id;
use crate::files::PrivateFolder;

/// File with the table.
const FILE: &str = "people";

/// Maximum size of the file, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The pseudonyms of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Pseudonyms by name, by year.
    years: BTreeMap<String, BTreeMap<String, String>>,
}

impl People {
    /// Reads the table; nothing if there is none.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn read(folder: &PrivateFolder) -> Result<Self, AuditError> {
        let Some(bytes) = folder.read(FILE, MOST_BYTES)? else { return Ok(Self::default()) };
        // a damaged table costs the names of the past, not the log
        Ok(serde_json::from_slice(&bytes).unwrap_or_default())
    }

    fn write(&self, folder: &PrivateFolder) -> Result<(), AuditError> {
        Ok(folder.replace(FILE, &serde_json::to_vec(self).unwrap_or_default())?)
    }

    /// Returns the pseudonym of a user in a year, and stores it if it is new. The caller holds the lock.
    pub(super) fn pseudonym(folder: &PrivateFolder, year: &str, name: &str) -> Result<String, AuditError> {
        let mut people = Self::read(folder)?;
        let names = people.years.entry(year.to_owned()).or_default();
        if let Some(known) = names.get(name) {
            return Ok(known.clone());
        }
        let pseudonym = random_id::<8>()?;
        names.insert(name.to_owned(), pseudonym.clone());
        people.write(folder)?;
        Ok(pseudonym)
    }

    /// Returns the name behind a pseudonym.
    #[must_use]
    pub fn name(&self, pseudonym: &str) -> Option<&str> {
        let mut all = self.years.values().flatten();
        all.find(|(_, known)| *known == pseudonym).map(|(name, _)| name.as_str())
    }

    /// Removes pseudonyms: those of the years before one, or those of a user. Returns their number. The caller holds the
    /// lock.
    pub(super) fn erase(folder: &PrivateFolder, before: Option<&str>, name: Option<&str>) -> Result<usize, AuditError> {
        let mut people = Self::read(folder)?;
        let count = |people: &Self| people.years.values().map(BTreeMap::len).sum::<usize>();
        let known = count(&people);
        people.years.retain(|year, _| before.is_none_or(|before| year.as_str() >= before));
        people.years.values_mut().for_each(|names| names.retain(|known, _| name != Some(known)));
        let removed = known - count(&people);
        if removed > 0 {
            people.write(folder)?;
        }
        Ok(removed)
    }
}
