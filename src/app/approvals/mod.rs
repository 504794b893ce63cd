//! Approvals: requests, replies, and their use.
//!
//! | module | part |
//! |---|---|
//! | `known` | the requests on this machine with their state, from the store and the audit log |
//! | `need` | what has to be approved, and by what rules |
//! | `requesting` | writes a request |
//! | `replies` | adds replies; goes ahead in an emergency |
//! | `using` | takes a use of an approval |
//! | `approver` | what an approver sees, signs and refuses |
//! | `reach` | what scopes grant access to |
//! | `keys` | the user's SSH keys, and `ssh-keygen` |
//! | `entries` | what is recorded |

mod approver;
mod entries;
mod keys;
mod known;
mod need;
mod reach;
mod replies;
mod requesting;
mod using;

pub use approver::{ApproverReview, Difference, SigningOptions};
pub use entries::ApprovedBy;
pub use known::{ApprovalState, Approvals, KnownApproval};
pub use need::Need;
pub use replies::AddedReply;
pub use requesting::{RequestTerms, WrittenRequest};
pub(in crate::app) use using::ApprovalUse;
