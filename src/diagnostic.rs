//! Findings: what is wrong, odd or worth knowing about a token, a manifest, a grant or a response.
//!
//! A room declares its codes with `codes!`, makes [`Diagnostic`]s, and prints nothing: rendering is a matter of
//! the two faces.

use std::fmt;
use std::ops::Range;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth mending.
    Warning,
    /// Wrong: whatever was found can't be relied on.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
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

/// The kind of a finding. Codes are stable: scripts may rely on them.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// In kebab-case, unique over the whole program.
    pub name: &'static str,
    /// The severity of every finding of this kind.
    pub severity: Severity,
    /// One line: what such a finding means.
    pub summary: &'static str,
    /// The RFC and section, or the document, that says so.
    pub source: &'static str,
    /// Why it matters and what to do about it, in sentences for `tokscope explain`; empty when the summary says all.
    pub advice: &'static str,
}

/// Declares the codes of one room: a constant each, and `ALL`, the table of them. The advice may be left out.
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
        /// Every code of this room.
        pub static ALL: &[&$crate::diagnostic::Code] = &[$(&$constant),*];
    };
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding this is.
    pub code: &'static Code,
    /// This finding in a sentence: lower case, no full stop, the offending input in backticks. It may hold text
    /// from outside: a sink escapes it.
    pub message: String,
    /// Where in the source text, in bytes, if there is a source text.
    pub span: Option<Range<usize>>,
    /// The way out, if one is known.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding without a place and without a way out.
    #[must_use]
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span: None, help: None }
    }

    /// The same, at a place (in bytes of the source text).
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// The same, with the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The severity of its code.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity
    }
}
