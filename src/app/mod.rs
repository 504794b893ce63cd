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
    AcquiredToken, Acquisition, ExcessQuestion, Interaction, Notice, Plan, RefreshOutcome, StoragePolicy, Terms,
    TokenMatch, TokenSearch, TokenSource, finish_refresh,
};
pub use bounded::{is_larger, read_input_file, read_stream, read_up_to, too_large};
pub use call::{CallOutcome, CallRequest};
pub use check::{Check, CheckOutcome};
pub(crate) use child::secret_variable;
pub use concern::Concern;
pub use discover::{Consent, Discovery, DiscoveryStep, discover, discover_from, register, unregister};
pub use drift::{DriftSources, scopes_supported};
pub use error::{Error, ErrorKind};
pub use findings::ALL as CODES;
pub use give_back::GivenBack;
pub use held::{LoadedToken, Origin};
pub use import::{ImportRequest, ImportResult, create_manifest, import_description};
pub use keys::{PublishedKeys, keys_in_file, payload_in_file, secret_in_environment, secret_in_file, shared_secret};
pub use obtain::{BrowserUse, DeviceCode, GrantOptions, GrantedToken, PendingGrant};
pub use open::{Context, EndpointId, Found, ManifestProblem, OpenError, find_manifest};
pub use probe::{Enforcement, ProbeCall, ProbeCredential, ProbePlan, ProbeResult, Prober};
pub use process::{defer_signals, interrupt, keep_memory_private};
pub use qr::Qr;
pub use request_matching::MatchedRequests;
pub use review::FormattedManifest;
pub use surroundings::HostEnvironment;
pub use trust::{AcceptedManifest, Destinations, TrustStore};
pub use why::{CaptureHints, CapturedCall};
