//! Tasks that run outside of the model.

use crate::app::{CallRequest, EndpointId, GrantOptions, LoadedToken, PendingGrant, Plan};
use crate::manifest::Issuer;
use crate::scope::ScopeSet;
use crate::token::verify::Expected;
use crate::usage::Action;
use crate::vault::{Record, RecordId};

/// What the user has to do to sign in.
#[derive(Clone, Debug)]
pub(super) struct SignInPrompt {
    pub(super) url: String,
    /// Code to enter there (device authorization grant, RFC 8628).
    pub(super) code: Option<String>,
    /// URL that includes the code, for a QR code.
    pub(super) complete: Option<String>,
    pub(super) notices: Vec<String>,
    /// The redirect URL can be pasted.
    pub(super) can_paste: bool,
}

impl SignInPrompt {
    /// Returns what to show for a grant; `None` if it needs no user.
    pub(super) fn of(obtaining: &PendingGrant) -> Option<Self> {
        let mut notices = obtaining.notices.clone();
        if let Some(Err(why)) = &obtaining.browser {
            notices.push(format!("can't open a browser: {why}"));
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

/// Task of a job.
#[derive(Clone, Debug)]
pub(super) enum Task {
    Obtain {
        plan: Box<Plan>,
        start: Box<GrantOptions>,
        /// The call is repeated with the new token.
        step_up: bool,
    },
    /// Searches the vault for a token that covers these endpoints.
    FindStored(Vec<EndpointId>),
    /// Loads that token, refreshed or narrowed as needed.
    UseStored(Vec<EndpointId>),
    /// Looks for an approval of scopes above the ceiling, or requests one. `held`: scopes that a step-up keeps.
    FindApproval {
        endpoints: Vec<EndpointId>,
        client: Option<String>,
        held: Option<ScopeSet>,
    },
    /// Adds the reply of an approver.
    AddReply(String),
    /// Refreshes a token of this session.
    Refresh(Box<LoadedToken>),
    /// Refreshes a stored token.
    RefreshStored(Box<Record>),
    Call {
        request: Box<CallRequest>,
        token: Option<Box<LoadedToken>>,
    },
    /// Approves as the demo's user.
    Approve(Box<SignInPrompt>),
    /// Reads the audit log. With the tokens of this session.
    Activity(Vec<LoadedToken>),
    /// Writes the manifest.
    WriteManifest {
        path: String,
        text: String,
    },
    /// Does what the review proposes about a stored token.
    Review(Box<Action>),
    /// Lists the tokens in the vault.
    ListStored,
    /// Verifies a token with the published keys of an issuer.
    Verify {
        token: Box<LoadedToken>,
        expected: Box<Expected>,
        issuer: Issuer,
    },
    /// Calls these endpoints with the token, without one, and with tokens that lack a scope if they can be obtained, to
    /// compare the server with the manifest.
    Probe {
        endpoints: Vec<EndpointId>,
        /// Names and values of path parameters.
        parameters: Vec<(String, String)>,
        token: Option<Box<LoadedToken>>,
        /// The user has confirmed the concerns.
        confirmed: bool,
    },
    /// Reads the calls of earlier runs from the audit log.
    PastCalls,
    /// Deletes a token from the vault.
    Forget(RecordId),
    /// Revokes a stored token at its server, and deletes it.
    RevokeStored(Box<Record>),
    /// Revokes a token of this session at its server.
    RevokeSession {
        client: String,
        token: Box<LoadedToken>,
    },
}
