//! What happens, and what has to be done.

use crossterm::event::Event;

use super::content::Copied;
use super::model::Offer;
use crate::manifest::Issuer;
use crate::secret::Secret;
use crate::token::verify::{Expected, Verdict};
use crate::vault::{Record, RecordId};
use crate::workspace::{
    AcquiredToken, CallRequest, Called, EndpointId, Error, ExcessQuestion, GivenBack, HeldToken, Obtaining, Plan,
    ProbePlan, Start, Tried,
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
    Offered(Box<Offer>),
    /// A job answers. Answers of a job that was cancelled are dropped.
    Answered {
        job: u64,
        answer: Answer,
    },
}

/// What a job says.
pub(super) enum Answer {
    /// The user has to go somewhere.
    GoTo(Box<GoTo>),
    /// A token can do more than was requested: a person decides whether it is kept.
    Excess(Box<ExcessQuestion>),
    /// Something happened on the way.
    Notice(String),
    /// A token was acquired, with the reason why it could not be kept in the vault.
    Obtained(Box<AcquiredToken>, Option<Error>),
    Called(Box<Called>),
    /// The tokens of the vault.
    Stored(Result<Vec<Record>, Error>),
    /// The token of the vault that covers what shall be obtained, if there is one.
    Covered(Result<Option<Box<Record>>, Error>),
    /// What came of taking it.
    Reused(Result<Option<Box<AcquiredToken>>, Error>, Vec<String>),
    /// A token of the vault was given back.
    GivenBack(GivenBack),
    /// A token of this session was given back: whether its server accepted that.
    Declined(Box<HeldToken>, bool),
    /// A token was verified by the keys that its API's issuer publishes.
    Verified(Box<Verdict>),
    /// What a probe will do.
    Probing(Box<ProbePlan>),
    /// One call of a probe was made: its place in the plan, and what came of it.
    Tried(usize, Result<Box<Tried>, Error>),
    /// A probe has ended.
    Probed,
    /// A token of the vault was refreshed.
    Refreshed(Box<Record>),
    /// These went from the vault.
    Forgotten(Vec<RecordId>),
    /// The manifest was not accepted yet: where it sends something, and the work that waits for it.
    Untrusted(Vec<String>, Box<Work>),
    /// The demo's user could not approve.
    NotApproved(Error),
    /// What went wrong.
    Failed(&'static str, Error),
}

/// Where a user has to go for a grant, and what the user should know.
#[derive(Clone, Debug)]
pub(super) struct GoTo {
    pub(super) url: String,
    /// What is entered there, with a device code (RFC 8628).
    pub(super) code: Option<String>,
    /// What a QR code holds, with a device code.
    pub(super) complete: Option<String>,
    pub(super) notices: Vec<String>,
    /// What the browser is sent to can be pasted, where it can't come back here.
    pub(super) can_paste: bool,
}

impl GoTo {
    /// `None`: this grant needs nobody.
    pub(super) fn of(obtaining: &Obtaining) -> Option<Self> {
        let mut notices = obtaining.notices.clone();
        if let Some(Err(why)) = &obtaining.browser {
            notices.push(format!("no browser was opened: {why}"));
        }
        if let Some(device) = &obtaining.device {
            return Some(Self {
                url: device.verification_uri.to_string(),
                code: Some(device.user_code.clone()),
                complete: device.verification_uri_complete.as_ref().map(ToString::to_string),
                notices,
                can_paste: false,
            });
        }
        let url = obtaining.url.as_ref()?.to_string();
        Some(Self { url, code: None, complete: None, notices, can_paste: obtaining.can_paste() })
    }
}

/// What a job does.
#[derive(Clone, Debug)]
pub(super) enum Work {
    Obtain {
        plan: Box<Plan>,
        start: Box<Start>,
    },
    /// Looks in the vault for a token that covers these endpoints.
    Covered(Vec<EndpointId>),
    /// Takes that token, refreshed or narrowed as needed.
    Reuse(Vec<EndpointId>),
    /// A token of this session.
    Refresh(Box<HeldToken>),
    /// A token of the vault.
    RefreshStored(Box<Record>),
    Call {
        request: Box<CallRequest>,
        token: Option<Box<HeldToken>>,
    },
    /// The demo's user approves there.
    Approve(Box<GoTo>),
    /// Looks into the vault.
    Stored,
    /// Verifies a token by the keys that an issuer publishes.
    Verify {
        token: Box<HeldToken>,
        expected: Box<Expected>,
        issuer: Issuer,
    },
    /// Calls these endpoints with the token, without one, and with tokens that lack a scope where they can be had, and
    /// says whether the server does what the manifest says.
    Probe {
        endpoints: Vec<EndpointId>,
        /// Values of path parameters, by their names.
        parameters: Vec<(String, String)>,
        token: Option<Box<HeldToken>>,
        /// A person has seen what is doubtful about it.
        confirmed: bool,
    },
    /// Drops a token from the vault.
    Forget(RecordId),
    /// Gives a token of the vault back to its server, and drops it.
    Revoke(Box<Record>),
    /// Gives a token of this session back to its server.
    Decline {
        client: String,
        token: Box<HeldToken>,
    },
}

/// What has to be done outside of the model.
#[derive(Debug)]
pub(super) enum Effect {
    Start {
        job: u64,
        work: Box<Work>,
    },
    /// The manifest is accepted; then the work is done that waited for it.
    Accept {
        job: u64,
        work: Box<Work>,
    },
    WorkOut(Vec<EndpointId>),
    Copy(Copied),
    /// For the grant that waits: what the browser was sent to.
    Paste(Secret),
    /// For the acquisition that waits: whether a token is kept that can do more than was requested.
    Decide(bool),
    Cancel,
    Suspend,
}
