//! The use cases of an endpoint: check, call, probe, diagnose.

mod call;
mod check;
mod concern;
mod engine_probe;
mod entries;
mod fields;
mod findings;
mod fit;
mod mcp;
mod outcomes;
mod preview;
mod probe;
mod remedy;
mod request;
mod request_matching;
mod why;

pub use call::{CallOutcome, Caller, is_safe};
pub(in crate::app) use call::{authorize, demand_own_origin, diagnose_response};
pub use check::{Check, CheckOutcome, check};
pub use concern::{Concern, Concerns};
pub use engine_probe::{EngineMatrix, EngineTrial};
pub(in crate::app) use entries::call_entry;
pub use fields::check_headers;
pub use findings::ALL as CODES;
pub use fit::Unfit;
pub use outcomes::CheckOutcomes;
pub use preview::{RequestPreview, TokenField};
pub use probe::{Enforcement, ProbeCall, ProbeCredential, ProbePlan, ProbeResult, Prober};
pub use request::CallRequest;
pub(in crate::app) use request_matching::endpoint_of;
pub use request_matching::{MatchedRequests, RequestMatch};
pub use why::{CaptureHints, CapturedCall, diagnose_capture};
