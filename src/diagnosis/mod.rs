//! Why a call failed: cause, witnesses, evidence, what to do.
//!
//! Pure: the answer of the server comes in as an argument.

mod challenge;
mod diagnose;
mod evidence;
mod findings;

pub use challenge::{Challenge, parse_challenges};
pub use diagnose::{Answer, Case, Cause, Confidence, Diagnosis, TokenEvidence, Witness, Witnesses, diagnose};
pub use findings::ALL as CODES;
