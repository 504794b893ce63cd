//! Applies the policy of the manifest: everything that requests, refreshes, passes on or sends a token asks here first.
//!
//! | module | part |
//! |---|---|
//! | `question` | what an act is about: client, endpoints, scopes |
//! | `ruling` | the decision with its place in the manifest, as text and as an error |
//! | `gate` | decides, records denials, and lets allowed acts pass |
//! | `approval` | where an approval satisfies a rule |

mod approval;
mod gate;
mod question;
mod ruling;

pub use gate::PolicyGate;
pub(in crate::app) use gate::noted;
pub use question::{Question, QuestionScopes};
pub use ruling::PolicyRuling;
