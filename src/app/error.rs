//! Errors of use cases: a kind that decides the exit code, a message, and hints.

use std::fmt;
use std::io;

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
}

impl Error {
    /// Creates a failure without hints.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), refusal: None }
    }

    /// Creates a failure for unreadable input. `name`: the file, or `stdin`.
    #[must_use]
    pub fn unreadable(name: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(ErrorKind::Failed, format!("`{name}` can't be read: {error}"))
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
