//! What lies over the panes.

use super::form::RequestForm;
use crate::diagnosis::StepUp;
use crate::manifest::GrantType;
use crate::scope::ScopeSet;
use crate::tui::task::{SignInPrompt, Task};
use crate::vault::Record;
use crate::workspace::{CallRequest, Concern, EndpointId, Error, ExcessQuestion, Plan};

/// A sheet.
#[derive(Clone, Debug)]
pub(in crate::tui) enum Sheet {
    /// The keys of the pane below.
    Help,
    /// Every action, found by its words.
    Palette { typed: String },
    /// What will be asked for, before it is.
    Obtain(Box<ObtainForm>),
    /// A grant under way: where the user has to go, once it is known.
    Waiting(Option<Box<SignInPrompt>>),
    /// The same, while what the browser was sent to is typed or pasted.
    Paste { place: Box<SignInPrompt>, typed: String },
    /// A token can do more than was requested: is it kept?
    Excess(Box<ExcessQuestion>),
    /// What was asked for beside what was granted.
    Granted { asked: ScopeSet, granted: ScopeSet, client: String },
    /// A request is edited before it is sent.
    Request(Box<RequestForm>),
    /// Something that can't be undone waits for Enter.
    Confirm(Confirmation),
    /// The tokens of this session and of the vault.
    Tokens,
    /// The manifest is a stranger's: where it sends something, and what waits for it to be accepted.
    Trust { lines: Vec<String>, task: Box<Task> },
    /// Calls that show whether the server does what the manifest says.
    Probe,
    /// What went wrong, until it is dismissed.
    Failed { what: &'static str, error: Error },
}

/// The kinds of sheets, which decide the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum SheetKind {
    Help,
    Palette,
    Obtain,
    Waiting,
    Paste,
    Excess,
    Granted,
    Request,
    Confirm,
    Tokens,
    Trust,
    Probe,
    Failed,
}

/// The sheet "obtain": the choice of client and grant, and the plan that follows from it.
#[derive(Clone, Debug)]
pub(in crate::tui) struct ObtainForm {
    pub(in crate::tui) endpoints: Vec<EndpointId>,
    /// Names of the clients that could ask.
    pub(in crate::tui) clients: Vec<String>,
    pub(in crate::tui) client: usize,
    /// Index into the plan's grants.
    pub(in crate::tui) grant: usize,
    pub(in crate::tui) plan: Result<Plan, Error>,
    /// A step-up: call the endpoint again when the token has come.
    pub(in crate::tui) step_up: bool,
    /// How the user has to sign in, when that is what the API wants.
    pub(in crate::tui) sign_in: Option<StepUp>,
    /// The token of the vault that covers this.
    pub(in crate::tui) stored: Option<Box<Record>>,
}

impl ObtainForm {
    pub(in crate::tui) fn grant(&self) -> Option<GrantType> {
        self.plan.as_ref().ok()?.grants.get(self.grant).copied()
    }
}

/// What waits for Enter.
#[derive(Clone, Debug)]
pub(in crate::tui) enum Confirmation {
    /// A call whose method is not safe, or that something is doubtful about.
    Call(Box<CallRequest>),
    /// A probe with a token that may be meant for another API.
    Probe(Vec<Concern>),
    /// The token of that index is dropped from the session and from the vault.
    Forget(usize),
    /// The token of that index is given back to its server, and dropped.
    Revoke(usize),
}

impl Sheet {
    pub(in crate::tui) fn kind(&self) -> SheetKind {
        match self {
            Self::Help => SheetKind::Help,
            Self::Palette { .. } => SheetKind::Palette,
            Self::Obtain(_) => SheetKind::Obtain,
            Self::Waiting(_) => SheetKind::Waiting,
            Self::Paste { .. } => SheetKind::Paste,
            Self::Excess(_) => SheetKind::Excess,
            Self::Granted { .. } => SheetKind::Granted,
            Self::Request(_) => SheetKind::Request,
            Self::Confirm(_) => SheetKind::Confirm,
            Self::Tokens => SheetKind::Tokens,
            Self::Trust { .. } => SheetKind::Trust,
            Self::Probe => SheetKind::Probe,
            Self::Failed { .. } => SheetKind::Failed,
        }
    }

    /// The text that is typed in, in a sheet that has a field.
    pub(in crate::tui) fn field(&mut self) -> Option<&mut String> {
        match self {
            Self::Palette { typed } | Self::Paste { typed, .. } => Some(typed),
            Self::Request(form) => form.field(),
            _ => None,
        }
    }
}
