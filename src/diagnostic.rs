//! Findings about a token, a manifest, a grant or a response.
//!
//! A module declares its codes with `codes!` and creates [`Diagnostic`]s. The front ends render them.

use std::fmt;
use std::ops::Range;

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Information.
    Info,
    /// Should be fixed.
    Warning,
    /// Must be fixed: the subject can't be relied on.
    Error,
}

impl Severity {
    /// Returns `info`, `warning` or `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// Kind of a finding. Codes are stable, so that scripts can rely on them.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Name in kebab-case, unique in the program.
    pub name: &'static str,
    /// Severity of findings of this kind.
    pub severity: Severity,
    /// Meaning, in one line.
    pub summary: &'static str,
    /// RFC and section, or other document.
    pub source: &'static str,
    /// Why it matters and what to do, in sentences for `tokscope explain`; may be empty.
    pub advice: &'static str,
}

/// Declares the codes of a module: a constant each, and the table `ALL`. The advice is optional.
#[macro_export]
macro_rules! codes {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $severity:ident, $summary:literal, $source:literal
        $(, $advice:literal)?;)*) => {
        $(
            #[doc = $summary]
            pub(super) static $constant: $crate::diagnostic::Code = $crate::diagnostic::Code {
                name: $name,
                severity: $crate::diagnostic::Severity::$severity,
                summary: $summary,
                source: $source,
                advice: concat!($($advice)?),
            };
        )*
        /// All codes of this module.
        pub static ALL: &[&$crate::diagnostic::Code] = &[$(&$constant),*];
    };
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Kind.
    pub code: &'static Code,
    /// Message: lower case, no full stop, the offending input in backticks. Untrusted: escape it before display.
    pub message: String,
    /// Position in the source text in bytes, if there is one.
    pub span: Option<Range<usize>>,
    /// Hint, if there is one.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Creates a finding without position and hint.
    #[must_use]
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span: None, help: None }
    }

    /// Adds a position in bytes of the source text.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns the severity of its code.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity
    }
}
