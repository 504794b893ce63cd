//! Reports: what is shown to the user, built once as styled lines and rendered by each front end.
//!
//! The type decides what has to be escaped. A span is either a literal of this program ([`Line::trusted`] takes only
//! `&'static str`) or untrusted ([`Line::untrusted`] takes anything that can be displayed): the latter is escaped when the
//! span is made, so no renderer has to remember it. A renderer maps each [`Style`] to its own colours and adds nothing to
//! the text.
//!
//! To report something else, add a file here with a function that returns lines, and call it from both front ends.

mod approval;
mod comparison;
mod diagnosis;
mod explanation;
mod poster;
mod review;

use std::borrow::Cow;
use std::fmt;

use unicode_width::UnicodeWidthStr as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::text::visible;

pub use self::approval::approval;
pub use self::comparison::{comparison, requirement, risk_style, ruling};
pub use self::diagnosis::{NOT_GIVEN, diagnosis};
pub use self::explanation::{Columns, explanations, summary};
pub use self::poster::{Marks, poster};
pub use self::review::{
    approved_in_words, review, review_action, review_coverage, review_finding, review_outcome, review_scopes,
};

/// The role of a span. A front end maps it to colours and modifiers; meaning never depends on it alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Running text.
    #[default]
    Plain,
    /// The start of a section.
    Heading,
    /// Less important text.
    Muted,
    /// The name of the value that follows.
    Label,
    /// Success.
    Good,
    /// Failure.
    Bad,
    /// Something that needs attention.
    Warning,
}

/// A piece of a line in one style. Its text is safe to print: untrusted text is already escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    style: Style,
    text: Cow<'static, str>,
    trusted: bool,
}

impl Span {
    /// Returns the style.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// Returns the text, which is safe to print.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the text is a literal of this program.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }
}

/// What can be copied from a line: the unescaped value, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copyable {
    /// Name of the value, such as `the next step`. Safe to print.
    pub name: Cow<'static, str>,
    /// The value. Not safe to print.
    pub text: String,
}

/// A line of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<Span>,
    indent: usize,
    copyable: Option<Copyable>,
}

impl Line {
    /// Creates an empty line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a literal.
    #[must_use]
    pub fn trusted(mut self, style: Style, text: &'static str) -> Self {
        self.spans.push(Span { style, text: Cow::Borrowed(text), trusted: true });
        self
    }

    /// Appends computed or outside text, escaped.
    #[must_use]
    pub fn untrusted(mut self, style: Style, text: impl fmt::Display) -> Self {
        let text = visible(&text.to_string()).into_owned();
        self.spans.push(Span { style, text: Cow::Owned(text), trusted: false });
        self
    }

    /// Appends computed or outside text, escaped, then spaces up to a width in terminal columns.
    #[must_use]
    pub fn padded(mut self, style: Style, text: impl fmt::Display, width: usize) -> Self {
        let mut text = visible(&text.to_string()).into_owned();
        text.extend(std::iter::repeat_n(' ', width.saturating_sub(text.width())));
        self.spans.push(Span { style, text: Cow::Owned(text), trusted: false });
        self
    }

    /// Puts a literal in front.
    #[must_use]
    pub fn prefixed(mut self, text: &'static str) -> Self {
        self.spans.insert(0, Span { style: Style::Plain, text: Cow::Borrowed(text), trusted: true });
        self
    }

    /// Sets the indentation of continuation lines, in columns, for renderers that wrap.
    #[must_use]
    pub fn indented(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// Sets what can be copied from the line.
    #[must_use]
    pub fn copyable(mut self, name: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        self.copyable = Some(Copyable { name: name.into(), text: text.into() });
        self
    }

    /// Returns the spans.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Returns the indentation of continuation lines, in columns.
    #[must_use]
    pub fn indent(&self) -> usize {
        self.indent
    }

    /// Returns what can be copied from the line.
    #[must_use]
    pub fn copied(&self) -> Option<&Copyable> {
        self.copyable.as_ref()
    }
}

impl fmt::Display for Line {
    /// Writes the text without styles.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spans.iter().try_for_each(|span| formatter.write_str(span.text()))
    }
}

/// Reports a finding: severity, code and message, then the hint if there is one.
#[must_use]
pub fn finding(finding: &Diagnostic) -> Vec<Line> {
    let style = match finding.severity() {
        Severity::Error => Style::Bad,
        Severity::Warning => Style::Warning,
        Severity::Info => Style::Muted,
    };
    let message = Line::new()
        .untrusted(style, format_args!("{}[{}]:", finding.severity(), finding.code.name))
        .trusted(Style::Plain, " ")
        .untrusted(Style::Plain, &finding.message)
        .indented(2)
        .copyable(finding.code.name, finding.message.as_str());
    let help = finding.help.as_ref().map(|help| {
        Line::new()
            .trusted(Style::Heading, "  help:")
            .trusted(Style::Plain, " ")
            .untrusted(Style::Plain, help)
            .indented(4)
    });
    [message].into_iter().chain(help).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_is_escaped_when_the_span_is_made() {
        let line = Line::new().trusted(Style::Label, "a ").untrusted(Style::Plain, "b\u{1b}[31m\n\u{202e}");
        assert_eq!(line.to_string(), "a b\\u{1b}[31m\\u{a}\\u{202e}");
        let trusted: Vec<bool> = line.spans().iter().map(Span::is_trusted).collect();
        assert_eq!(trusted, [true, false]);
    }

    #[test]
    fn copied_text_is_the_original() {
        let line = Line::new().untrusted(Style::Plain, "a\u{202e}").copyable("the value", "a\u{202e}");
        assert_eq!(line.copied().map(|copied| copied.text.as_str()), Some("a\u{202e}"));
    }
}
