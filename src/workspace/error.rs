//! What a use case can end in: a kind, which decides the exit code, a message and the way out.

use std::fmt;
use std::io;

/// What kind of failure, as the exit codes have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 1: input or output, such as a file that can't be read; network, anything unforeseen.
    Failed,
    /// 2: arguments or manifest are wrong; a manifest that can't be read is one.
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

impl Kind {
    /// The exit code of the process.
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

/// A failure, for people. It never holds a secret; it may hold text from outside, which a sink escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind.
    pub kind: Kind,
    /// What happened: lower case, no full stop, the offending input in backticks.
    pub message: String,
    /// The ways out, each a line of its own.
    pub hints: Vec<String>,
    /// The error code of an authorization server that refused (RFC 6749 §5.2), such as `invalid_scope`.
    pub refusal: Option<String>,
}

impl Error {
    /// A failure without a way out.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new(), refusal: None }
    }

    /// An input that can't be read. `name`: of the file, or `standard input`.
    #[must_use]
    pub fn unreadable(name: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(Kind::Failed, format!("`{name}` can't be read: {error}"))
    }

    /// The same with one more way out.
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
