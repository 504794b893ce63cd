//! Messages that change the model, and the effects that a change requires.

use std::sync::Arc;

use crossterm::event::Event;

use super::item::ClipboardEntry;
use super::model::PlanPreview;
use super::task::{SignInPrompt, Task};
use crate::app::gateway::Traffic;
use crate::app::{
    AcquiredToken, Activity, AddedReply, CallOutcome, Context, EndpointId, Error, ExcessQuestion, LoadedToken,
    OpenError, PastCall, Plan, ProbePlan, ProbeResult, ReviewOutcome, RevocationReport, WrittenRequest,
};
use crate::secret::Secret;
use crate::token::verify::Verdict;
use crate::vault::{Ask, Record, RecordId};

/// An input to [`update`](super::update::update).
pub(super) enum Message {
    /// A key, a bracketed paste or a new window size.
    Terminal(Event),
    /// A paste that arrived as key events. `before`: the character just before it, which has already acted as a key.
    Burst { before: Option<char>, text: String },
    /// The spinner turns, or a displayed time has changed.
    Tick,
    /// The preview of the plan for the chosen endpoints is ready.
    Previewed(Box<PlanPreview>),
    /// The manifest's file has changed.
    ManifestChanged,
    /// The terminal has said what its background is like.
    Background { light: bool },
    /// The manifest was read again.
    Reloaded(Result<Arc<Context>, OpenError>),
    /// The audit log was read for the Gateway tab.
    GatewayFollowed(Result<Box<Traffic>, Error>),
    /// The vault needs its passphrase.
    Passphrase { ask: Ask, rejected: Option<String> },
    /// An event of a job. Events of cancelled jobs are dropped.
    Job { job: u64, event: JobEvent },
}

/// An event of a job.
pub(super) enum JobEvent {
    /// The user has to sign in.
    SignIn(Box<SignInPrompt>),
    /// The user has to decide whether to keep a token that grants more than was requested.
    Excess(Box<ExcessQuestion>),
    /// Progress, in a sentence.
    Notice(String),
    /// The calls of a probe.
    ProbePlanned(Box<ProbePlan>),
    /// Result of one call of a probe, with its index in the plan.
    ProbeCall(usize, Result<Box<ProbeResult>, Error>),
    /// The pasted text is not the redirect; the sign-in still waits.
    Rejected(String),
    /// Usual causes of an error page in the browser, a line each.
    Advice(Vec<String>),
    /// The demo's user could not approve; the sign-in still waits.
    NotApproved(Error),
    /// The job has ended.
    Ended(JobResult),
}

/// Title of the error when no token could be obtained.
pub(super) const OBTAIN_FAILED: &str = "can't obtain a token";

/// Result of a job.
pub(super) enum JobResult {
    /// A token was obtained.
    Obtained {
        acquired: Box<AcquiredToken>,
        /// Why it could not be stored in the vault.
        not_stored: Option<Error>,
        /// The call is repeated with it.
        step_up: bool,
    },
    /// Calls of earlier runs.
    PastCalls(Result<Vec<PastCall>, Error>),
    /// A call was made, or failed without a response.
    Called(Result<Box<CallOutcome>, Error>),
    /// Tokens in the vault.
    TokensListed(Result<Vec<Record>, Error>),
    /// The stored token that covers the endpoints, if there is one.
    StoredFound(Result<Option<Box<Record>>, Error>),
    /// The stored token, ready for use, with notes on how it was prepared.
    StoredUsed(Result<Option<Box<AcquiredToken>>, Error>, Vec<String>),
    /// The plan that an approval permits, or the request for one.
    ApprovalFound(Result<Box<Plan>, Box<WrittenRequest>>),
    /// A reply of an approver was added, or not.
    ReplyAdded(Result<Box<AddedReply>, Error>),
    /// A stored token was revoked, or not.
    StoredRevoked(RevocationReport),
    /// A token of this session was revoked. False: the server refused.
    SessionRevoked(Box<LoadedToken>, bool),
    /// A token was verified with the keys of its API's issuer.
    Verified(Box<Verdict>),
    /// The audit log was read, or not.
    ActivityRead(Result<Box<Activity>, Error>),
    /// The manifest was written.
    ManifestWritten,
    /// What the review proposes was done, or not; with the tokens that are in the vault now.
    Reviewed(Result<Box<ReviewOutcome>, Error>, Result<Vec<Record>, Error>),
    /// A probe has made all its calls.
    ProbeEnded,
    /// A stored token was refreshed.
    Refreshed(Box<Record>),
    /// These records were deleted from the vault.
    Forgotten(Vec<RecordId>),
    /// The manifest is not trusted yet: its destinations, and the task that waits.
    Untrusted(Vec<String>, Box<Task>),
    /// The job failed: what did not happen, and why.
    Failed(&'static str, Error),
}

/// Something that happens outside of the model.
#[derive(Debug)]
pub(super) enum Effect {
    /// Starts a task.
    Start {
        job: u64,
        task: Box<Task>,
    },
    /// Trusts the manifest, then starts the task.
    Accept {
        job: u64,
        task: Box<Task>,
    },
    /// Reads what gateways did since.
    FollowGateway(Box<Traffic>),
    /// Plans a token for these endpoints.
    Preview(Vec<EndpointId>),
    Copy(ClipboardEntry),
    /// Passes the redirect URL to the sign-in that waits.
    Paste(Secret),
    /// Answers the question for the passphrase; `None`: there is none.
    Passphrase(Option<Secret>),
    /// Passes the user's decision about a token that grants more than was requested.
    Decide(bool),
    Cancel,
    Suspend,
    /// Uses this built-in theme; `None`: the user's own.
    Theme(Option<&'static str>),
    /// Lets the terminal report the mouse, or not.
    Mouse(bool),
    /// Draws the whole screen again.
    Redraw,
    /// Reads the manifest again.
    Reload,
    /// Uses this manifest from now on.
    UseContext(Arc<Context>),
    /// Opens a request body in the editor.
    EditBody(String),
    /// Opens the manifest in the editor.
    Edit {
        line: Option<u64>,
    },
}
