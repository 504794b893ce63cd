//! What was requested, granted, used, denied and revoked: the records of the audit log, without files, keys or clocks.
//!
//! | module | part |
//! |---|---|
//! | `record` | the members of a record, their types and limits |
//! | `chain` | hashes, message authentication codes, fingerprints, checkpoints |
//! | `verification` | edits, insertions, deletions, truncation and replacement |
//! | `filter` | selection of records |
//! | `otlp`, `ocsf` | records in the forms of OpenTelemetry and of the Open Cybersecurity Schema Framework |
//! | `review` | granted compared with used |
//! | `sql` | reviews inside DuckDB and ClickHouse |
//! | `learning` | what endpoints require, from requests that were observed |
//! | `schema` | the published JSON Schema |

mod chain;
mod filter;
mod findings;
mod learning;
mod ocsf;
mod otlp;
mod record;
mod review;
mod schema;
mod sql;
mod verification;

pub use chain::{Checkpoint, CheckpointError, GENESIS, LogKey, hash, hex, sealed, unhex};
pub use filter::Filter;
pub use findings::ALL as CODES;
pub use learning::{Certainty, Learned, LearnedEndpoint, Learner, Observation, is_identifier};
pub use ocsf::ocsf;
pub use otlp::{otlp_rejected, otlp_request};
pub use record::{Event, KINDS, MEMBERS, MOST_LINE, Member, Outcome, Phase, Record, SCHEMA};
pub use review::{
    APPROVED, Action, ApprovalUse, ClientUse, Coverage, EMERGENCY_DUE, EndpointUse, HeldToken, LogCoverage, Observed,
    Review, ReviewFinding, Reviewer, ScopeUse, TokenUse, Use, uses_of,
};
pub use schema::schema;
pub use sql::{Question, SqlDialect, SqlScript};
pub use verification::{Anchor, Place, Problem, ProblemKind, Summary, Verifier};
