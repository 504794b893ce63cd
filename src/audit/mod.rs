//! The audit log: records that are durable before the act that they announce.
//!
//! | module | part |
//! |---|---|
//! | `log` | a log in a directory, with the lock between processes |
//! | `commit` | group commit of the records of several threads |
//! | `queue` | records that wait for it |
//! | `open` | opens a log, and checks that it ends where it was left |
//! | `write` | segments, and the reserve for the record of a refusal |
//! | `writer` | chains records and appends their lines |
//! | `anchor` | anchors outside the log, and signed checkpoints |
//! | `verify` | verification of the whole log |
//! | `upkeep` | accepts a changed log; removes old segments and pseudonyms |
//! | `entry` | what is recorded, and how durably |
//! | `custody` | where the key and the anchor are kept |
//! | `people` | pseudonyms of the users of this machine |
//! | `reading` | reads segments line by line |
//! | `error` | why nothing was recorded |
//!
//! A directory of mode 0700 holds the segments `000001.jsonl`, `000002.jsonl` and so on. One process at a time appends,
//! under the lock `lock`, whose content notes where the log ended. `reserve` occupies space that is freed when the disk is
//! full, so that the refusal itself can be recorded.

mod anchor;
mod commit;
mod custody;
mod entry;
mod error;
mod identifier;
mod log;
mod open;
mod people;
mod queue;
mod reading;
mod upkeep;
mod verify;
mod write;
mod writer;

#[cfg(test)]
mod tests;

pub use self::custody::{
    AnchorPlace, Anchored, Custody, CustodyError, Held, KeyFile, KeySource, KnownAnchor, KnownLog,
};
pub use self::entry::{Durability, Entry, Options};
pub use self::error::AuditError;
pub(crate) use self::identifier::random_id;
pub use self::log::AuditLog;
pub use self::people::People;
pub use self::reading::{Lines, segments};
pub use self::verify::Verified;
