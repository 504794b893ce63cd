//! Sheets: dialogs over the panes.

use super::field::TextField;
use super::form::RequestForm;
use super::passphrase::PassphraseForm;
use crate::app::gateway::AmendedManifest;
use crate::app::{CallRequest, Concern, EndpointId, Error, ExcessQuestion, Plan, ProbePlan, WrittenRequest};
use crate::diagnosis::StepUp;
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::tui::item::ClipboardEntry;
use crate::tui::place::SheetKind;
use crate::tui::task::{SignInPrompt, Task};
use crate::usage::Action;
use crate::vault::Record;

/// A sheet.
#[derive(Clone, Debug)]
pub(in crate::tui) enum Sheet {
    /// Keys of the current pane, with a filter.
    Help { typed: TextField },
    /// Built-in themes; the one before is restored on Esc.
    Themes { before: Option<&'static str> },
    /// All actions, with a fuzzy filter.
    Palette { typed: TextField },
    /// The plan of a token request, before it is sent.
    Obtain(Box<ObtainForm>),
    /// A request for an approval, until the reply is pasted.
    Approval(Box<ApprovalForm>),
    /// A job that waits; with a prompt, for the user to sign in.
    Waiting(Option<Box<SignInPrompt>>),
    /// The same, while the user enters the redirect URL.
    Paste { place: Box<SignInPrompt>, typed: TextField },
    /// The passphrase of the vault, and the sheet to return to.
    Passphrase { form: Box<PassphraseForm>, behind: Option<Box<Self>> },
    /// What to copy.
    Copy(Vec<ClipboardEntry>),
    /// Whether to keep a token that grants more than was requested.
    Excess(Box<ExcessQuestion>),
    /// Requested scopes compared with granted scopes.
    Granted { requested: ScopeSet, granted: ScopeSet, client: String, step_up: bool },
    /// A request that is edited before it is sent.
    Request(Box<RequestForm>),
    /// An action that waits for confirmation.
    Confirm(Confirmation),
    /// Tokens of this session and in the vault.
    Tokens,
    /// The manifest is not trusted yet: its destinations, and the task that waits.
    Trust { lines: Vec<String>, task: Box<Task> },
    /// Two tokens of the session compared.
    Diff(usize, usize),
    /// Progress and results of the probe under way.
    Probe,
    /// An error, until it is dismissed.
    Failed { title: &'static str, error: Error },
}

/// The obtain sheet: the selected client and grant, and the resulting plan.
#[derive(Clone, Debug)]
pub(in crate::tui) struct ObtainForm {
    pub(in crate::tui) endpoints: Vec<EndpointId>,
    /// Names of the clients that can request the scopes.
    pub(in crate::tui) clients: Vec<String>,
    pub(in crate::tui) client: usize,
    /// Index into the grants of the plan.
    pub(in crate::tui) grant: usize,
    pub(in crate::tui) plan: Result<Plan, Error>,
    /// A step-up: the call is repeated with the new token.
    pub(in crate::tui) step_up: bool,
    /// How the user has to sign in, if the API requires it.
    pub(in crate::tui) sign_in: Option<StepUp>,
    /// The stored token that covers the endpoints.
    pub(in crate::tui) stored: Option<Box<Record>>,
}

impl ObtainForm {
    pub(in crate::tui) fn grant(&self) -> Option<GrantType> {
        self.plan.as_ref().ok()?.grants.get(self.grant).copied()
    }
}

/// The approval sheet: the request, and what is obtained when it is approved.
#[derive(Clone, Debug)]
pub(in crate::tui) struct ApprovalForm {
    pub(in crate::tui) written: WrittenRequest,
    pub(in crate::tui) offered: ObtainForm,
}

/// An action that waits for confirmation.
#[derive(Clone, Debug)]
pub(in crate::tui) enum Confirmation {
    /// A call with an unsafe method, or with concerns.
    Call(Box<CallRequest>),
    /// A probe.
    Probe {
        plan: Box<ProbePlan>,
        /// Where its calls go.
        origins: Vec<String>,
        /// Concerns about the token.
        concerns: Vec<Concern>,
    },
    /// Removes the token at this index from the session and the vault.
    Forget(usize),
    /// Revokes the token at this index and removes it.
    Revoke(usize),
    /// Writes lines to the manifest.
    Amend(Box<AmendedManifest>),
    /// Does what the review proposes about a stored token.
    Review(Box<Action>),
    /// Quits, which loses this number of tokens.
    Quit(usize),
}

impl Sheet {
    pub(in crate::tui) fn kind(&self) -> SheetKind {
        match self {
            Self::Help { .. } => SheetKind::Help,
            Self::Themes { .. } => SheetKind::Themes,
            Self::Palette { .. } => SheetKind::Palette,
            Self::Obtain(_) => SheetKind::Obtain,
            Self::Approval(_) => SheetKind::Approval,
            Self::Waiting(_) => SheetKind::Waiting,
            Self::Paste { .. } => SheetKind::Paste,
            Self::Passphrase { .. } => SheetKind::Passphrase,
            Self::Copy(_) => SheetKind::Copy,
            Self::Excess(_) => SheetKind::Excess,
            Self::Granted { .. } => SheetKind::Granted,
            Self::Request(_) => SheetKind::Request,
            Self::Confirm(_) => SheetKind::Confirm,
            Self::Tokens => SheetKind::Tokens,
            Self::Trust { .. } => SheetKind::Trust,
            Self::Probe => SheetKind::Probe,
            Self::Diff(..) => SheetKind::Diff,
            Self::Failed { .. } => SheetKind::Failed,
        }
    }

    /// Returns the input field, if the sheet has one.
    pub(in crate::tui) fn field(&mut self) -> Option<&mut TextField> {
        match self {
            Self::Help { typed } | Self::Palette { typed } | Self::Paste { typed, .. } => Some(typed),
            Self::Passphrase { form, .. } => Some(form.field()),
            Self::Request(form) => form.field(),
            _ => None,
        }
    }
}
