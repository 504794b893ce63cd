//! The process's streams: what is printed is made visible here, and a reader that goes away is no failure.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use clap::builder::StyledStr;
use unicode_width::UnicodeWidthStr as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::secret::masked_tokens;
use crate::text::{visible, visible_json, visible_lines};
use crate::token::Json;
use crate::workspace::Error;
use crate::workspace::report::{self, Line, Style};

/// How a word is set apart on a terminal. Meaning never rests on it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Odd,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
            Self::Good => "\u{1b}[32m",
            Self::Bad => "\u{1b}[31m",
            Self::Odd => "\u{1b}[33m",
        }
    }
}

/// Standard output, buffered, and standard error.
pub(super) struct Streams {
    out: BufWriter<Box<dyn Write>>,
    err: Box<dyn Write>,
    out_painted: bool,
    err_painted: bool,
    closed: bool,
    failed: bool,
}

impl Streams {
    /// Those of this process; painted when they are terminals and neither `NO_COLOR` nor a dumb terminal says
    /// otherwise.
    pub(super) fn of_the_process() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colours = !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self {
            out_painted: colours && io::stdout().is_terminal(),
            err_painted: colours && io::stderr().is_terminal(),
            out: BufWriter::new(Box::new(io::stdout())),
            err: Box::new(io::stderr()),
            closed: false,
            failed: false,
        }
    }

    /// A word for standard output: escaped, then painted.
    pub(super) fn paint(&self, paint: Paint, text: impl Display) -> String {
        painted(self.out_painted, paint, &text.to_string())
    }

    /// One line of standard output. The caller has passed everything from outside through [`visible`].
    pub(super) fn line(&mut self, line: impl Display) {
        let written = writeln!(self.out, "{line}");
        self.note(written);
    }

    /// Prints a line of a report on stdout.
    pub(super) fn report(&mut self, line: &Line) {
        let written = writeln!(self.out, "{}", rendered(self.out_painted, line));
        self.note(written);
    }

    /// Prints a line of a report on stderr.
    pub(super) fn say_report(&mut self, line: &Line) {
        self.say(rendered(self.err_painted, line));
    }

    /// A JSON document on standard output.
    pub(super) fn json(&mut self, document: &Json) {
        let text = document.pretty();
        let text = visible_json(&text);
        let written = writeln!(self.out, "{text}");
        self.note(written);
    }

    /// Bytes on standard output: untouched into a file or a pipe, made visible on a terminal.
    pub(super) fn body(&mut self, bytes: &[u8]) {
        let written = if io::stdout().is_terminal() {
            let text = String::from_utf8_lossy(bytes);
            let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
            write!(self.out, "{}{end}", visible_lines(&text))
        } else {
            self.out.write_all(bytes)
        };
        self.note(written);
    }

    /// Bytes on standard output that this program made itself.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        let written = self.out.write_all(bytes);
        self.note(written);
    }

    /// The help or the version on standard output.
    pub(super) fn styled(&mut self, text: &StyledStr) {
        let written = if self.out_painted { write!(self.out, "{}", text.ansi()) } else { write!(self.out, "{text}") };
        self.note(written);
    }

    /// A question on standard error, without an end of line.
    pub(super) fn ask(&mut self, question: impl Display) {
        let flushed = self.out.flush();
        self.note(flushed);
        let _ = write!(self.err, "{question}").and_then(|()| self.err.flush());
    }

    /// One line of standard error.
    pub(super) fn say(&mut self, line: impl Display) {
        // what was printed before belongs before it
        let flushed = self.out.flush();
        self.note(flushed);
        // with standard error gone there is nobody left to tell
        let _ = writeln!(self.err, "{line}");
    }

    /// A failure and its ways out, on standard error.
    pub(super) fn error(&mut self, error: &Error) {
        let label = painted(self.err_painted, Paint::Bad, "error:");
        self.say(format!("{label} {}", visible(&masked_tokens(&error.message))));
        for hint in &error.hints {
            let label = painted(self.err_painted, Paint::Bold, "hint:");
            self.say(format!("  {label} {}", visible(&masked_tokens(hint))));
        }
    }

    /// A finding on standard error.
    pub(super) fn finding(&mut self, finding: &Diagnostic) {
        for line in report::finding(finding) {
            self.say_report(&line);
        }
    }

    /// Writes out what is left. False when standard output could not be written, for a reason other than that its
    /// reader went away.
    pub(super) fn finish(&mut self) -> bool {
        let flushed = self.out.flush();
        self.note(flushed);
        !self.failed
    }

    /// Whether standard output takes nothing any more: then there is no point in going on.
    pub(super) fn is_closed(&self) -> bool {
        self.closed || self.failed
    }

    fn note(&mut self, written: io::Result<()>) {
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.closed = true,
            Err(_) if self.closed || self.failed => {}
            Err(error) => {
                self.failed = true;
                let _ = writeln!(self.err, "error: standard output can't be written: {error}");
            }
        }
    }
}

/// The colour of a severity.
pub(super) fn severity_paint(severity: Severity) -> Paint {
    match severity {
        Severity::Error => Paint::Bad,
        Severity::Warning => Paint::Odd,
        Severity::Info => Paint::Dim,
    }
}

/// Renders a line of a report, which is already escaped.
fn rendered(on: bool, line: &Line) -> String {
    let paint = |style| match style {
        Style::Plain | Style::Label => Paint::Plain,
        Style::Heading => Paint::Bold,
        Style::Muted => Paint::Dim,
        Style::Good => Paint::Good,
        Style::Bad => Paint::Bad,
        Style::Warning => Paint::Odd,
    };
    line.spans().iter().map(|span| painted(on, paint(span.style()), span.text())).collect()
}

fn painted(on: bool, paint: Paint, text: &str) -> String {
    let text = visible(text);
    if on && paint != Paint::Plain { format!("{}{text}\u{1b}[0m", paint.code()) } else { text.into_owned() }
}

/// A list of scopes, or a set of them, as a JSON array.
pub(super) fn json_list<T: Display>(items: impl IntoIterator<Item = T>) -> Json {
    Json::Array(items.into_iter().map(|item| Json::String(item.to_string())).collect())
}

/// A JSON object.
pub(super) fn json_object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A JSON string.
pub(super) fn json_text(text: impl Display) -> Json {
    Json::String(text.to_string())
}

/// A JSON string, or null.
pub(super) fn json_option(text: Option<impl Display>) -> Json {
    text.map_or(Json::Null, json_text)
}

/// The findings as every document has them: `[{code, severity, message, help?}]`.
pub(super) fn json_findings(findings: &[Diagnostic]) -> Json {
    let one = |finding: &Diagnostic| {
        let mut members = vec![
            ("code".to_owned(), json_text(finding.code.name)),
            ("severity".to_owned(), json_text(finding.severity())),
            ("message".to_owned(), json_text(&finding.message)),
        ];
        members.extend(finding.help.as_ref().map(|help| ("help".to_owned(), json_text(help))));
        Json::Object(members)
    };
    Json::Array(findings.iter().map(one).collect())
}

/// Filled up with spaces to a width in columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
