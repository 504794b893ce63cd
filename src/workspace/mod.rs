//! The use cases: obtain, inspect, check, call. Both faces stand on this room, and every grant, hand-out and send
//! passes here.

mod call;
mod check;
mod error;
mod held;
mod keys;
mod obtain;
mod open;
mod plan;
mod process;
mod secret;

pub use call::{CallRequest, Called};
pub use check::{Check, Outcome};
pub use error::{Error, Kind};
pub use held::{HeldToken, Origin};
pub use keys::{PublishedKeys, keys_in_file, secret_in_environment, secret_in_file, shared_secret};
pub use obtain::{Obtained, Obtaining};
pub use open::{EndpointId, Found, ManifestProblem, OpenError, Workspace, find_manifest};
pub use plan::Plan;
pub use process::keep_memory_private;
