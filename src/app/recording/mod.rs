//! Records acts in the audit log: the intent before an act, its outcome after it. If the intent can't be made durable,
//! the act is not done. What is recorded of an act is decided beside the act, in the modules `entries`.
//!
//! | module | part |
//! |---|---|
//! | `acts` | intents and outcomes |
//! | `reading` | reads, verifies and continues the log |
//! | `past` | past calls |
//! | `export` | sends records to a receiver of OTLP logs |
//! | `recorder` | records of many acts at once |
//! | `temporary` | a log that ends with the process |
//! | `custody` | keeps the key and the anchor in the keyring or with the vault |

mod acts;
mod custody;
mod export;
mod past;
mod reading;
mod recorder;
mod temporary;

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Error;
use super::environment;
use crate::audit::{AuditLog, Options};
use crate::files::{data_folder, state_folder};
use crate::vault::{Keyring, Vault};

pub(in crate::app) use acts::Act;
use custody::UserCustody;
pub use export::{ExportReport, Exporter};
pub use past::PastCall;
pub(in crate::app) use reading::parse as parse_record;
pub use reading::{AuditReader, AuditVerification, LoggedRecord, ReadPosition};
pub(in crate::app) use recorder::{QueuedAct, Recorder};
pub use temporary::TemporaryLog;

/// Where acts are recorded.
pub(in crate::app) enum Recording {
    /// Nowhere.
    Off,
    /// In this log.
    In(Arc<AuditLog>),
    /// In the log of the user, which is opened by the first act.
    OfTheUser(OnceLock<Arc<AuditLog>>),
}

impl fmt::Debug for Recording {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Off => "Off",
            Self::In(_) | Self::OfTheUser(_) => "On",
        })
    }
}

impl Recording {
    pub(in crate::app) fn of_the_user() -> Self {
        Self::OfTheUser(OnceLock::new())
    }

    /// Returns the log; `None` if nothing is recorded. `vault`: the vault whose passphrase protects the anchor.
    pub(in crate::app) fn log(&self, vault: Option<&Arc<Vault>>) -> Result<Option<&Arc<AuditLog>>, Error> {
        match self {
            Self::Off => Ok(None),
            Self::In(log) => Ok(Some(log)),
            Self::OfTheUser(opened) => {
                if let Some(log) = opened.get() {
                    return Ok(Some(log));
                }
                let log = user_log(vault.cloned())?;
                Ok(Some(opened.get_or_init(|| log)))
            }
        }
    }
}

/// Returns the log of the user. `vault`: the vault whose passphrase protects the anchor.
///
/// # Errors
/// If the user has no home directory.
pub fn user_log(vault: Option<Arc<Vault>>) -> Result<Arc<AuditLog>, Error> {
    let folder = state_folder()?.join("audit");
    let custody = UserCustody::new(&folder, data_folder()?, Keyring::of_the_system(), vault);
    Ok(Arc::new(AuditLog::new(&folder, Arc::new(custody), options())))
}

/// Returns the facts about this process that every record has.
fn options() -> Options {
    let actor = environment::Actor::detect();
    Options { person: actor.name, uid: actor.uid, host: actor.host, terminal: actor.terminal, ..Options::default() }
}
