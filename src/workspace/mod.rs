//! The use cases: obtain, inspect, check, call. Both faces stand on this room, and every grant, hand-out and send
//! passes here.

mod call;
mod check;
mod error;
mod held;
mod obtain;
mod open;

pub use call::{CallRequest, Called};
pub use check::{Check, Outcome};
pub use error::{Error, Kind};
pub use held::{HeldToken, Origin};
pub use obtain::{Obtained, Obtaining, Plan};
pub use open::{EndpointId, ManifestProblem, Workspace, find_manifest};
