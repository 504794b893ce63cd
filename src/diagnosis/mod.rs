//! Explains why a call failed: cause, evidence, missing scopes and next step.
//!
//! The module is pure: the response comes in as an argument. A diagnosis is made in stages, each with its own type:
//!
//! 1. `capture` reads exchanges out of whatever was pasted (`Capture`);
//! 2. `facts` collects what a response states, and where (`facts::Facts`);
//! 3. `reading` applies rules to the facts, which are data (`response_rules.toml` and the manifest's own), and selects one
//!    reading with its certainty (`reading::Reading`); what no rule knows is left to `scope_guess`;
//! 4. `decision` finds the cause in one ordered table (`decision::Decision`), whose row is reported as `rule`;
//! 5. `rendering` puts the result into sentences.

mod body;
mod breadth;
mod capture;
mod catalogue;
mod challenge;
mod decision;
mod diagnose;
mod documentation;
mod facts;
mod findings;
mod model;
mod reading;
mod rendering;
mod scope_guess;
mod scope_list;
mod situation;

pub use self::capture::{Capture, CaptureError, Credentials, each_capture, read_captures};
pub use self::challenge::{Challenge, parse_challenges};
pub use self::diagnose::diagnose;
pub use self::findings::ALL as CODES;
pub use self::model::{
    AuthorizationFault, Case, Confidence, Diagnosis, Evidence, Request, Response, Sent, Statement, StepUp,
    TokenEvidence,
};
pub use crate::manifest::Cause;
