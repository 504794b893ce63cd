//! Requests for approvals, with the replies to them, on this machine.
//!
//! What is stored is not trusted: signatures are verified at each use, and uses are counted by the audit log too.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Error, ErrorKind};
use crate::files::{PrivateFolder, state_folder};

/// Maximum size of a stored request, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// Maximum number of stored requests.
const MOST_REQUESTS: usize = 1_000;

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stored request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::app) struct StoredRequest {
    /// Text of the request.
    pub(in crate::app) request: String,
    /// Armored signatures.
    #[serde(default)]
    pub(in crate::app) signatures: Vec<String>,
    /// Who has refused, and why.
    #[serde(default)]
    pub(in crate::app) refused: Option<(String, String)>,
    /// When and why the requester went ahead without an approval: seconds since 1970, and the reason.
    #[serde(default)]
    pub(in crate::app) emergency: Option<(i64, String)>,
    /// Number of tokens that were obtained with scopes above the ceiling.
    #[serde(default)]
    pub(in crate::app) used: u64,
    /// Number of times that a token was sent or passed on, where a rule asks for the approval.
    #[serde(default)]
    pub(in crate::app) acts: u64,
    /// Whether it was ended.
    #[serde(default)]
    pub(in crate::app) ended: bool,
}

/// Where requests are stored.
pub(in crate::app) enum ApprovalStorage {
    /// In the user's state folder.
    OfTheUser,
    /// In this process only.
    Memory(Mutex<BTreeMap<String, StoredRequest>>),
}

impl fmt::Debug for ApprovalStorage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OfTheUser => "OfTheUser",
            Self::Memory(_) => "Memory",
        })
    }
}

fn folder() -> Result<PathBuf, Error> {
    Ok(state_folder()?.join("approvals"))
}

fn file(id: &str) -> String {
    format!("{id}.json")
}

/// Whether a name is that of a request: 32 hexadecimal digits.
fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl ApprovalStorage {
    pub(in crate::app) fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Returns every request, by its id.
    ///
    /// # Errors
    /// If the files can't be read.
    pub(in crate::app) fn all(&self) -> Result<BTreeMap<String, StoredRequest>, Error> {
        match self {
            Self::Memory(stored) => Ok(stored.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            Self::OfTheUser => {
                let Some(folder) = PrivateFolder::open(&folder()?)? else { return Ok(BTreeMap::new()) };
                let names = folder.names()?;
                let ids = names.iter().filter_map(|name| name.strip_suffix(".json")).filter(|id| is_id(id));
                ids.map(|id| Ok((id.to_owned(), read(&folder, id)?.unwrap_or_default()))).collect()
            }
        }
    }

    /// Changes a request, or creates it, while no other process does. Returns the result of `change`; after an error, nothing
    /// is changed.
    ///
    /// # Errors
    /// If the file can't be read or written.
    pub(in crate::app) fn change<T>(
        &self,
        id: &str,
        change: impl FnOnce(&mut StoredRequest) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match self {
            Self::Memory(stored) => {
                let mut stored = stored.lock().unwrap_or_else(PoisonError::into_inner);
                let mut entry = stored.get(id).cloned().unwrap_or_default();
                let done = change(&mut entry)?;
                stored.insert(id.to_owned(), entry);
                Ok(done)
            }
            Self::OfTheUser => {
                let folder = PrivateFolder::create(&folder()?)?;
                let _lock = folder.lock("lock", PATIENCE)?;
                folder.remove_leftovers(&file(id))?;
                let known = read(&folder, id)?;
                if known.is_none() && folder.names()?.len() >= 2 * MOST_REQUESTS {
                    let message = format!("{MOST_REQUESTS} requests for approvals are stored, the maximum");
                    return Err(Error::new(ErrorKind::Failed, message)
                        .hint("`tokscope approve --forget` removes those that have ended"));
                }
                let mut entry = known.unwrap_or_default();
                let done = change(&mut entry)?;
                let bytes = serde_json::to_vec_pretty(&entry)
                    .map_err(|error| Error::new(ErrorKind::Failed, format!("the request can't be stored: {error}")))?;
                folder.replace(&file(id), &bytes)?;
                Ok(done)
            }
        }
    }

    /// Writes the text of a request to a file that can be sent. `None` if requests are not stored in files.
    ///
    /// # Errors
    /// If it can't be written.
    pub(in crate::app) fn write_text(&self, id: &str, text: &str) -> Result<Option<PathBuf>, Error> {
        self.write_file(&format!("{}.txt", id.get(..8).unwrap_or(id)), text)
    }

    /// Writes a file beside the requests, and returns its path. `None` if requests are not stored in files.
    ///
    /// # Errors
    /// If it can't be written.
    pub(in crate::app) fn write_file(&self, name: &str, text: &str) -> Result<Option<PathBuf>, Error> {
        match self {
            Self::Memory(_) => Ok(None),
            Self::OfTheUser => {
                let path = folder()?;
                let folder = PrivateFolder::create(&path)?;
                let _lock = folder.lock("lock", PATIENCE)?;
                folder.replace(name, text.as_bytes())?;
                Ok(Some(path.join(name)))
            }
        }
    }

    /// Removes requests.
    ///
    /// # Errors
    /// If the files can't be removed.
    pub(in crate::app) fn remove(&self, ids: &[String]) -> Result<(), Error> {
        match self {
            Self::Memory(stored) => {
                stored.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| !ids.contains(id));
                Ok(())
            }
            Self::OfTheUser => {
                let Some(folder) = PrivateFolder::open(&folder()?)? else { return Ok(()) };
                let _lock = folder.lock("lock", PATIENCE)?;
                for id in ids.iter().filter(|id| is_id(id)) {
                    folder.remove(&file(id))?;
                    folder.remove(&format!("{}.txt", id.get(..8).unwrap_or(id)))?;
                }
                Ok(())
            }
        }
    }
}

fn read(folder: &PrivateFolder, id: &str) -> Result<Option<StoredRequest>, Error> {
    let Some(bytes) = folder.read(&file(id), MOST_BYTES)? else { return Ok(None) };
    let stored = serde_json::from_slice(&bytes);
    stored.map(Some).map_err(|error| {
        Error::new(ErrorKind::Failed, format!("the stored request `{id}` is damaged: {error}"))
            .hint(format!("remove `{}` from the state folder, and make the request again", file(id)))
    })
}
