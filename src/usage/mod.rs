//! What was requested, granted, used, denied and revoked: the records of the audit log, without files, keys or clocks.
//!
//! | module | part |
//! |---|---|
//! | `record` | the members of a record, their types and limits |
//! | `chain` | hashes, message authentication codes, fingerprints, checkpoints |
//! | `verification` | edits, insertions, deletions, truncation and replacement |
//! | `filter` | selection of records |
//! | `schema` | the published JSON Schema |

mod chain;
mod filter;
mod record;
mod schema;
mod verification;

pub use chain::{Checkpoint, CheckpointError, GENESIS, LogKey, hash, hex, sealed, unhex};
pub use filter::Filter;
pub use record::{Event, KINDS, MEMBERS, MOST_LINE, Member, Outcome, Phase, Record, SCHEMA};
pub use schema::schema;
pub use verification::{Anchor, Place, Problem, ProblemKind, Summary, Verifier};
