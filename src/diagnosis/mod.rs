//! Why a call failed: cause, witnesses, evidence, what to do.
//!
//! Pure: the answer of the server comes in as an argument. An answer is read by rules (`answers.toml`, and the
//! manifest's own), which are data; what no rule knows is read by a general reading, which is a guess.

mod body;
mod capture;
mod catalogue;
mod challenge;
mod diagnose;
mod evidence;
mod findings;
mod general;
mod list;
mod model;
mod words;

pub use self::capture::{Capture, CaptureError, Credentials, read_captures};
pub use self::challenge::{Challenge, parse_challenges};
pub use self::diagnose::diagnose;
pub use self::findings::ALL as CODES;
pub use self::model::{Answer, Case, Confidence, Diagnosis, Sent, StepUp, TokenEvidence, Witness, Witnesses};
pub use crate::manifest::Cause;

/// The most bytes of the body of a success that are looked at: one that says that it failed is short.
const MOST_SUCCESS_BYTES: usize = 64 << 10;
