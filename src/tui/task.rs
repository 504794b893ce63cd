//! What runs outside of the model.

use crate::manifest::Issuer;
use crate::token::verify::Expected;
use crate::vault::{Record, RecordId};
use crate::workspace::{CallRequest, EndpointId, HeldToken, Obtaining, Plan, Start};

/// Where a user has to go for a grant, and what the user should know.
#[derive(Clone, Debug)]
pub(super) struct SignInPrompt {
    pub(super) url: String,
    /// What is entered there, with a device code (RFC 8628).
    pub(super) code: Option<String>,
    /// What a QR code holds, with a device code.
    pub(super) complete: Option<String>,
    pub(super) notices: Vec<String>,
    /// What the browser is sent to can be pasted, where it can't come back here.
    pub(super) can_paste: bool,
}

impl SignInPrompt {
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
pub(super) enum Task {
    Obtain {
        plan: Box<Plan>,
        start: Box<Start>,
    },
    /// Looks in the vault for a token that covers these endpoints.
    FindStored(Vec<EndpointId>),
    /// Takes that token, refreshed or narrowed as needed.
    UseStored(Vec<EndpointId>),
    /// A token of this session.
    Refresh(Box<HeldToken>),
    /// A token of the vault.
    RefreshStored(Box<Record>),
    Call {
        request: Box<CallRequest>,
        token: Option<Box<HeldToken>>,
    },
    /// The demo's user approves there.
    Approve(Box<SignInPrompt>),
    /// Looks into the vault.
    ListStored,
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
    RevokeStored(Box<Record>),
    /// Gives a token of this session back to its server.
    RevokeSession {
        client: String,
        token: Box<HeldToken>,
    },
}
