//! What happens, and what has to be done.

use crossterm::event::Event;

use super::content::ClipboardEntry;
use super::model::PlanPreview;
use super::task::{SignInPrompt, Task};
use crate::secret::Secret;
use crate::token::verify::Verdict;
use crate::vault::{Record, RecordId};
use crate::workspace::{
    AcquiredToken, Called, EndpointId, Error, ExcessQuestion, GivenBack, HeldToken, ProbePlan, Tried,
};

/// What happened.
pub(super) enum Message {
    Terminal(Event),
    /// A paste that came as keys. `before`: the character just before it, which has acted as a key already.
    Burst {
        before: Option<char>,
        text: String,
    },
    /// A part of a second went by while work was pending, or what is shown about a time has changed.
    Tick,
    /// What `o` would ask for has been worked out.
    Previewed(Box<PlanPreview>),
    /// A job answers. Answers of a job that was cancelled are dropped.
    Job {
        job: u64,
        event: JobEvent,
    },
}

/// What a job says.
pub(super) enum JobEvent {
    /// The user has to go somewhere.
    SignIn(Box<SignInPrompt>),
    /// A token can do more than was requested: a person decides whether it is kept.
    Excess(Box<ExcessQuestion>),
    /// Something happened on the way.
    Notice(String),
    /// A token was acquired, with the reason why it could not be kept in the vault.
    Obtained(Box<AcquiredToken>, Option<Error>),
    Called(Box<Called>),
    /// The tokens of the vault.
    TokensListed(Result<Vec<Record>, Error>),
    /// The token of the vault that covers what shall be obtained, if there is one.
    StoredFound(Result<Option<Box<Record>>, Error>),
    /// What came of taking it.
    StoredUsed(Result<Option<Box<AcquiredToken>>, Error>, Vec<String>),
    /// A token of the vault was given back.
    StoredRevoked(GivenBack),
    /// A token of this session was given back: whether its server accepted that.
    SessionRevoked(Box<HeldToken>, bool),
    /// A token was verified by the keys that its API's issuer publishes.
    Verified(Box<Verdict>),
    /// What a probe will do.
    ProbePlanned(Box<ProbePlan>),
    /// One call of a probe was made: its place in the plan, and what came of it.
    ProbeCall(usize, Result<Box<Tried>, Error>),
    /// A probe has ended.
    ProbeEnded,
    /// A token of the vault was refreshed.
    Refreshed(Box<Record>),
    /// These went from the vault.
    Forgotten(Vec<RecordId>),
    /// The manifest was not accepted yet: where it sends something, and the work that waits for it.
    Untrusted(Vec<String>, Box<Task>),
    /// The demo's user could not approve.
    NotApproved(Error),
    /// What went wrong.
    Failed(&'static str, Error),
}

/// What has to be done outside of the model.
#[derive(Debug)]
pub(super) enum Effect {
    Start {
        job: u64,
        task: Box<Task>,
    },
    /// The manifest is accepted; then the work is done that waited for it.
    Accept {
        job: u64,
        task: Box<Task>,
    },
    Preview(Vec<EndpointId>),
    Copy(ClipboardEntry),
    /// For the grant that waits: what the browser was sent to.
    Paste(Secret),
    /// For the acquisition that waits: whether a token is kept that can do more than was requested.
    Decide(bool),
    Cancel,
    Suspend,
}
