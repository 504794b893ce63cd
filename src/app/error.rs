//! Errors of use cases: a kind that decides the exit code, a message, and hints.

use std::fmt;
use std::io;

use crate::audit::AuditError;
use crate::files::FileError;
use crate::oauth::OAuthError;
use crate::vault::{KeyringError, VaultError};

/// Kind of failure, by exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 1: input or output, such as an unreadable file; network; anything unforeseen.
    Failed,
    /// 2: arguments or manifest are wrong, including an unreadable manifest.
    Usage,
    /// 3: a scope is missing.
    NotAllowed,
    /// 4: the token is unusable.
    TokenUnusable,
    /// 5: the authorization server refused, or a login is needed.
    Refused,
    /// 6: findings at or above the threshold.
    Findings,
    /// 7: an approval is needed, or the policy denies.
    Policy,
    /// 126: the command of `exec` can't be run, as in shells.
    CommandNotExecutable,
    /// 127: the command of `exec` was not found, as in shells.
    CommandNotFound,
    /// 8: the audit log can't be written or does not verify.
    AuditLog,
}

impl ErrorKind {
    /// Returns the exit code of the process.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotAllowed => 3,
            Self::TokenUnusable => 4,
            Self::Refused => 5,
            Self::Findings => 6,
            Self::Policy => 7,
            Self::CommandNotExecutable => 126,
            Self::CommandNotFound => 127,
            Self::AuditLog => 8,
        }
    }
}

/// A failure, as shown to the user. It holds no secret, but may hold untrusted text, which is escaped on output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Kind.
    pub kind: ErrorKind,
    /// Message: lower case, no full stop, the offending input in backticks.
    pub message: String,
    /// Hints, one per line.
    pub hints: Vec<String>,
    /// Error code of the authorization server (RFC 6749 §5.2), such as `invalid_scope`.
    pub refusal: Option<String>,
    /// Rule by which tokscope denied it.
    pub rule: Option<Box<Ruling>>,
    /// Command that takes the next step, if one does.
    pub command: Option<String>,
    /// Whether the audit log has it.
    pub recorded: bool,
}

/// The rule that decided, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Name: `trust`, `ceiling`, `origin`, `confirmation`, `token`, or `policy` with the number of the rule.
    pub rule: String,
    /// Line of the manifest that has it.
    pub line: Option<u64>,
}

impl Error {
    /// Creates a failure without hints.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message, hints: Vec::new(), refusal: None, rule: None, command: None, recorded: false }
    }

    /// Creates a failure for unreadable input. `name`: the file, or `stdin`.
    #[must_use]
    pub fn unreadable(name: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(ErrorKind::Failed, format!("`{name}` can't be read: {error}"))
    }

    /// Creates the failure for a login that is needed while prompting is disabled. `client`: the client that needs it,
    /// if there is one.
    #[must_use]
    pub fn login_needed(client: Option<&str>) -> Self {
        let client = client.map(|name| format!(" for client `{name}`")).unwrap_or_default();
        Self::new(ErrorKind::Refused, format!("a login is needed{client}, but prompting is disabled"))
    }

    /// Whether a login is the remedy for this refusal of the authorization server (RFC 6749 §5.2, OpenID Connect Core
    /// §3.1.2.6).
    #[must_use]
    pub fn is_remedied_by_login(&self) -> bool {
        const CODES: [&str; 4] = ["invalid_grant", "login_required", "interaction_required", "consent_required"];
        self.refusal.as_deref().is_some_and(|code| CODES.contains(&code))
    }

    /// Names the rule by which tokscope denied it.
    #[must_use]
    pub fn by_rule(mut self, rule: &str, line: Option<u64>) -> Self {
        self.rule = Some(Box::new(Ruling { rule: rule.to_owned(), line }));
        self
    }

    /// Whether tokscope denied something, and no act has recorded that yet.
    pub(super) fn is_unrecorded_denial(&self) -> bool {
        let is_denial = matches!(
            self.kind,
            ErrorKind::NotAllowed | ErrorKind::TokenUnusable | ErrorKind::Policy | ErrorKind::Refused
        );
        !self.recorded && (is_denial || self.rule.is_some())
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<OAuthError> for Error {
    fn from(error: OAuthError) -> Self {
        let kind = match &error {
            OAuthError::Net(_)
            | OAuthError::Unavailable { .. }
            | OAuthError::Listener(_)
            | OAuthError::PortInUse(_) => ErrorKind::Failed,
            OAuthError::Client(_) | OAuthError::NotLoopback(_) | OAuthError::Pasted(_) => ErrorKind::Usage,
            _ => ErrorKind::Refused,
        };
        let refusal = match &error {
            OAuthError::Refused { error, .. } => Some(error.clone()),
            _ => None,
        };
        let failure = Self { refusal, ..Self::new(kind, error.to_string()) };
        error.hint().into_iter().fold(failure, Self::hint)
    }
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        let kind = match &error {
            VaultError::Unknown(_)
            | VaultError::Ambiguous { .. }
            | VaultError::OtherStore { .. }
            | VaultError::PassphraseShort(_)
            | VaultError::PassphraseTrivial(_)
            | VaultError::WrongKey(_) => ErrorKind::Usage,
            VaultError::NoPassphrase(_) => ErrorKind::Refused,
            VaultError::Unfit(_) => ErrorKind::TokenUnusable,
            _ => ErrorKind::Failed,
        };
        error.hints().into_iter().fold(Self::new(kind, error.to_string()), Self::hint)
    }
}

impl From<AuditError> for Error {
    fn from(error: AuditError) -> Self {
        error.hints().into_iter().fold(Self::new(ErrorKind::AuditLog, error.to_string()), Self::hint)
    }
}

impl From<KeyringError> for Error {
    fn from(error: KeyringError) -> Self {
        Self::new(ErrorKind::Failed, error.to_string())
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        let hint = error.hint();
        let kind = match &error {
            FileError::Linked { .. } | FileError::Exists { .. } => ErrorKind::Usage,
            _ => ErrorKind::Failed,
        };
        hint.into_iter().fold(Self::new(kind, error.to_string()), Self::hint)
    }
}

/// Formats names as "`a`, `b` and `c`".
pub(in crate::app) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
