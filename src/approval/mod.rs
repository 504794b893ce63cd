//! Approvals: a request as a document that is sent to approvers, their signatures, and whether these are sufficient.
//!
//! | module | part |
//! |---|---|
//! | `request` | the request, and its text |
//! | `parse` | reads a request from text that a chat or mail program may have changed |
//! | `refusal` | the text with which an approver refuses |
//! | `judge` | which approvers have signed, and whether they are sufficient |
//! | `escape`, `words` | values in one line; words to compare over the telephone |
//!
//! What is signed is the exact text of the request, so that `ssh-keygen -Y sign` and `ssh-keygen -Y verify` work with the
//! file itself. Pure: the time, the number of uses and the keys of the requester are arguments.

mod escape;
mod findings;
mod judge;
mod parse;
mod refusal;
mod request;
mod words;

#[cfg(test)]
mod tests;

pub use findings::ALL as CODES;
pub use judge::{
    Approver, Judgment, Objection, Required, State, accepted_keys, check_now, judge, longest_window, people,
};
pub use parse::parse;
pub use refusal::Refusal;
pub use request::{LABEL, Request, RequestRule, RequestedEndpoint, UseKind, Uses};

/// Namespace of the signatures that approve a request.
pub const NAMESPACE: &str = "tokscope-approval@v1";

/// Namespace of the signatures that refuse one, so that neither can be taken for the other.
pub const REFUSAL_NAMESPACE: &str = "tokscope-refusal@v1";
