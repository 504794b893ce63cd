//! Standard output and standard error: untrusted text is escaped here, and a closed pipe is not a failure.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use clap::ValueEnum as _;
use clap::builder::StyledStr;
use unicode_width::UnicodeWidthStr as _;

use super::wrap::{terminal_width, wrapped};
use crate::app::Error;
use crate::app::report::{self, Line, Style};
use crate::diagnostic::{Diagnostic, Severity};
use crate::secret::masked_tokens;
use crate::text::{visible, visible_json, visible_lines};
use crate::token::Json;

/// Style of a word on a terminal. Meaning never depends on it alone.
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

/// When output is styled: `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Colors {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colors {
    /// Finds the option in a command line, which need not be valid: it also applies to help and usage errors.
    pub(super) fn of(words: &[OsString]) -> Self {
        let mut words = words.iter().map(|word| word.to_str().unwrap_or_default()).take_while(|word| *word != "--");
        let mut found = Self::Auto;
        while let Some(word) = words.next() {
            let value = match word {
                "--color" => words.next(),
                _ => word.strip_prefix("--color="),
            };
            found = value.and_then(|value| Self::from_str(value, false).ok()).unwrap_or(found);
        }
        found
    }
}

/// Standard output, buffered, and standard error.
pub(super) struct Streams {
    out: BufWriter<Box<dyn Write>>,
    err: Box<dyn Write>,
    out_painted: bool,
    err_painted: bool,
    /// Columns, if it is a terminal.
    out_width: Option<usize>,
    err_width: Option<usize>,
    closed: bool,
    failed: bool,
}

impl Streams {
    /// Streams of this process; styled if they are terminals, unless `NO_COLOR` is set or the terminal is dumb.
    pub(super) fn of_the_process() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let colors = !set("NO_COLOR") && (forced || std::env::var_os("TERM").is_none_or(|term| term != "dumb"));
        Self {
            out_painted: colors && (forced || io::stdout().is_terminal()),
            err_painted: colors && (forced || io::stderr().is_terminal()),
            out_width: terminal_width(io::stdout()),
            err_width: terminal_width(io::stderr()),
            out: BufWriter::new(Box::new(io::stdout())),
            err: Box::new(io::stderr()),
            closed: false,
            failed: false,
        }
    }

    /// Styles everything, or nothing, whatever the environment says.
    pub(super) fn set_colors(&mut self, colors: Colors) {
        match colors {
            Colors::Auto => {}
            Colors::Always => (self.out_painted, self.err_painted) = (true, true),
            Colors::Never => (self.out_painted, self.err_painted) = (false, false),
        }
    }

    /// Prints a finding in a manifest with its place, as [`crate::manifest::Source::render`] returns it.
    pub(super) fn placed_finding(&mut self, severity: Severity, rendered: &str) {
        let paint = match severity {
            Severity::Error => Paint::Bad,
            Severity::Warning => Paint::Odd,
            Severity::Info => Paint::Bold,
        };
        let (label, rest) = rendered.split_once(": ").unwrap_or((rendered, ""));
        let label = painted(self.out_painted, paint, label);
        let (message, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        self.line(format_args!("{label}: {}", visible(message)));
        for line in rest.split('\n') {
            let line = visible(line);
            match line.trim_start().starts_with("help: ") {
                true => self.line(line),
                // the source line stays above its mark
                false => self.verbatim(line),
            }
        }
    }

    /// Returns whether standard output is styled.
    pub(super) fn paints_output(&self) -> bool {
        self.out_painted
    }

    /// Escapes and styles a word for standard output.
    pub(super) fn paint(&self, paint: Paint, text: impl Display) -> String {
        painted(self.out_painted, paint, &text.to_string())
    }

    /// Prints a line to standard output, wrapped on a terminal. The caller has escaped untrusted text with [`visible`].
    pub(super) fn line(&mut self, line: impl Display) {
        let written = match self.out_width {
            Some(width) => writeln!(self.out, "{}", wrapped(&line.to_string(), width)),
            None => writeln!(self.out, "{line}"),
        };
        self.note(written);
    }

    /// Prints a line to standard output that is never wrapped: a command, a line of a file, a record. The caller has escaped
    /// untrusted text with [`visible`].
    pub(super) fn verbatim(&mut self, line: impl Display) {
        let written = writeln!(self.out, "{line}");
        self.note(written);
    }

    /// Prints a line of a report on stdout.
    pub(super) fn report(&mut self, line: &Line) {
        self.line(rendered(self.out_painted, line));
    }

    /// Prints the headings of columns, on a terminal: scripts read one item a line.
    pub(super) fn headings(&mut self, line: &str) {
        if self.out_width.is_some() {
            let line = self.paint(Paint::Bold, line.trim_end());
            self.line(line);
        }
    }

    /// Prints rows in aligned columns, with headings on a terminal. Escapes the cells.
    pub(super) fn table<const N: usize>(&mut self, headings: [&str; N], rows: &[(Paint, [String; N])]) {
        let headings = headings.map(str::to_owned);
        let rows: Vec<(Paint, [String; N])> =
            rows.iter().map(|(paint, row)| (*paint, row.each_ref().map(|cell| visible(cell).into_owned()))).collect();
        let shown = self.out_width.map(|_| &headings);
        let width = |column: usize| {
            let cells = shown.into_iter().chain(rows.iter().map(|(_, row)| row)).filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..N).map(width).collect();
        let line = |row: &[String; N]| {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
            cells.join("  ")
        };
        self.headings(&line(&headings));
        for (paint, row) in &rows {
            let line = painted(self.out_painted, *paint, line(row).trim_end());
            self.line(line);
        }
    }

    /// Prints a line of a report on stderr.
    pub(super) fn say_report(&mut self, line: &Line) {
        self.say(rendered(self.err_painted, line));
    }

    /// Prints a JSON document to standard output.
    pub(super) fn json(&mut self, document: &Json) {
        let text = document.pretty();
        let text = visible_json(&text);
        let written = writeln!(self.out, "{text}");
        self.note(written);
    }

    /// Writes bytes to standard output: unchanged to a file or pipe, escaped on a terminal.
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

    /// Writes trusted bytes to standard output.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        let written = self.out.write_all(bytes);
        self.note(written);
    }

    /// Prints help or version to standard output.
    pub(super) fn styled(&mut self, text: &StyledStr) {
        let written = if self.out_painted { write!(self.out, "{}", text.ansi()) } else { write!(self.out, "{text}") };
        self.note(written);
    }

    /// Prints a prompt to standard error, without a newline.
    pub(super) fn ask(&mut self, question: impl Display) {
        let flushed = self.out.flush();
        self.note(flushed);
        let _ = write!(self.err, "{question}").and_then(|()| self.err.flush());
    }

    /// Prints a line to standard error.
    pub(super) fn say(&mut self, line: impl Display) {
        // keep the order with standard output
        let flushed = self.out.flush();
        self.note(flushed);
        // nothing can be reported if standard error is closed
        let _ = match self.err_width {
            Some(width) => writeln!(self.err, "{}", wrapped(&line.to_string(), width)),
            None => writeln!(self.err, "{line}"),
        };
    }

    /// Prints a line to standard error that is never wrapped.
    pub(super) fn say_verbatim(&mut self, line: impl Display) {
        let flushed = self.out.flush();
        self.note(flushed);
        let _ = writeln!(self.err, "{line}");
    }

    /// Prints an error and its hints to standard error.
    pub(super) fn error(&mut self, error: &Error) {
        let label = painted(self.err_painted, Paint::Bad, "error:");
        self.say(format!("{label} {}", visible(&masked_tokens(&error.message))));
        for hint in &error.hints {
            let label = painted(self.err_painted, Paint::Bold, "hint:");
            self.say(format!("  {label} {}", visible(&masked_tokens(hint))));
        }
    }

    /// Prints a finding to standard error.
    pub(super) fn finding(&mut self, finding: &Diagnostic) {
        for line in report::finding(finding) {
            self.say_report(&line);
        }
    }

    /// Flushes standard output, for a program that goes on.
    pub(super) fn flush(&mut self) {
        let flushed = self.out.flush();
        self.note(flushed);
    }

    /// Flushes standard output. Returns false if it could not be written, for a reason other than a closed pipe.
    pub(super) fn finish(&mut self) -> bool {
        let flushed = self.out.flush();
        self.note(flushed);
        !self.failed
    }

    /// Whether standard output is closed, so that there is no point in continuing.
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

/// Builds a JSON array of strings.
pub(super) fn json_list<T: Display>(items: impl IntoIterator<Item = T>) -> Json {
    Json::Array(items.into_iter().map(|item| Json::String(item.to_string())).collect())
}

/// Builds a JSON object.
pub(super) fn json_object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Builds a JSON string.
pub(super) fn json_text(text: impl Display) -> Json {
    Json::String(text.to_string())
}

/// Builds a JSON string, or null.
pub(super) fn json_option(text: Option<impl Display>) -> Json {
    text.map_or(Json::Null, json_text)
}

/// Builds the findings of a document: `[{code, severity, message, help?}]`.
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

/// Pads a string with spaces to a width in columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
