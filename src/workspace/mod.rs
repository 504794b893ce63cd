//! Application layer: the use cases obtain, store, find, inspect, check and call. Both front ends use it, and every
//! grant, use and transmission of a token passes through it.

mod acquire;
mod bounded;
mod browse;
mod call;
mod check;
mod child;
mod concern;
mod discover;
mod drift;
mod error;
mod fields;
mod findings;
mod give_back;
mod held;
mod identity;
mod import;
mod keep;
mod keys;
mod mcp;
mod obtain;
mod open;
mod probe;
mod process;
mod qr;
pub mod report;
mod request_matching;
mod reuse;
mod review;
mod secret;
mod surroundings;
mod trust;
mod why;

pub use acquire::{
    AcquiredToken, Acquisition, ExcessQuestion, Interaction, Keeping, Notice, Plan, RefreshOutcome, Search, Terms,
    TokenMatch, TokenSource, finish_refresh,
};
pub use bounded::{is_larger, read_input_file, read_stream, read_up_to, too_large};
pub use call::{CallRequest, Called};
pub use check::{Check, Outcome};
pub(crate) use child::secret_variable;
pub use concern::Concern;
pub use discover::{Consent, Discovery, Link, discover, discover_from, register, unregister};
pub use drift::{DriftFrom, scopes_supported};
pub use error::{Error, Kind};
pub use findings::ALL as CODES;
pub use give_back::GivenBack;
pub use held::{HeldToken, Origin};
pub use import::{ImportRequest, Imported, create_manifest, import_description};
pub use keys::{PublishedKeys, keys_in_file, payload_in_file, secret_in_environment, secret_in_file, shared_secret};
pub use obtain::{BrowserUse, DeviceCode, Obtained, Obtaining, Start};
pub use open::{EndpointId, Found, ManifestProblem, OpenError, Workspace, find_manifest};
pub use probe::{Observed, ProbePlan, Prober, Trial, Tried, With};
pub use process::{defer_signals, interrupt, keep_memory_private};
pub use qr::Qr;
pub use request_matching::MatchedRequests;
pub use review::Formed;
pub use surroundings::Surroundings;
pub use trust::{Accepted, Destinations, TrustStore};
pub use why::{CapturedCall, Hints};
