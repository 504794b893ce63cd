//! The audit log: records that are durable before the act that they announce.
//!
//! | module | part |
//! |---|---|
//! | `log` | group commit, the lock between processes, segments, refusals |
//! | `custody` | where the key and the anchor are kept |
//! | `people` | pseudonyms of the users of this machine |
//! | `reading` | reads segments line by line |
//! | `error` | why nothing was recorded |
//!
//! A directory of mode 0700 holds the segments `000001.jsonl`, `000002.jsonl` and so on. One process at a time appends,
//! under the lock `lock`, whose content notes where the log ended. `reserve` occupies space that is freed when the disk is
//! full, so that the refusal itself can be recorded.

mod custody;
mod error;
mod identifier;
mod log;
mod people;
mod reading;

#[cfg(test)]
mod tests;

pub use self::custody::{AnchorPlace, Anchored, Custody, CustodyError, Held, KeyFile, KeySource};
pub use self::error::AuditError;
pub(crate) use self::identifier::random_id;
pub use self::log::{AuditLog, Durability, Entry, Options, Verified};
pub use self::people::People;
pub use self::reading::{Lines, segments};
