//! The use cases: obtain, keep, find again, inspect, check, call. Both faces stand on this room, and every grant, hand-out and send
//! passes here.

mod call;
mod check;
mod error;
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
mod plan;
mod probe;
mod process;
mod qr;
mod recognise;
mod reuse;
mod review;
mod secret;
mod surroundings;
mod trust;
mod why;

pub use call::{CallRequest, Called};
pub use check::{Check, Outcome};
pub use error::{Error, Kind};
pub use findings::ALL as CODES;
pub use give_back::GivenBack;
pub use held::{HeldToken, Origin};
pub use import::{ImportRequest, Imported, create_manifest, import_description};
pub use keys::{PublishedKeys, keys_in_file, secret_in_environment, secret_in_file, shared_secret};
pub use obtain::{BrowserUse, DeviceCode, Obtained, Obtaining, Start};
pub use open::{EndpointId, Found, ManifestProblem, OpenError, Workspace, find_manifest};
pub use plan::Plan;
pub use probe::{Observed, ProbePlan, Trial, Tried, With};
pub use process::keep_memory_private;
pub use qr::Qr;
pub use recognise::Recognised;
pub use reuse::{Reuse, Reused, Search};
pub use review::{DriftFrom, Formed, scopes_supported};
pub use surroundings::Surroundings;
pub use trust::{Accepted, Destinations, TrustStore};
pub use why::{Explained, Hints};
