//! Reads logs of requests: access logs line by line, HAR files and other JSON documents as a whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::app::{Error, ErrorKind};
use crate::cli::blocks::{Block, Long, in_order};
use crate::manifest::requests::{LogEntry, RecordedRequest, is_document, log_document, log_entries, request_line};

/// Maximum size of a file that is read as a whole.
pub(super) const MAX_WHOLE: u64 = 256 << 20;
/// Maximum length of a line; longer lines are truncated.
const MAX_LINE: usize = 1 << 20;
/// Number of lines without a request that are listed.
const MAX_NAMED: usize = 5;

/// Result of reading logs, apart from the entries.
#[derive(Debug, Default)]
pub(in crate::cli) struct LogReport {
    /// Number of lines without a request.
    pub(super) unread: u64,
    /// What could not be read, and where. Not escaped.
    pub(in crate::cli) notes: Vec<String>,
}

/// A log that is being read.
type Log = BufReader<Box<dyn Read + Send>>;

impl LogReport {
    /// Reads an access log, an OTLP file or a HAR file.
    pub(in crate::cli) fn log(
        &mut self,
        path: &Path,
        mut take: impl FnMut(LogEntry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut log = open(path)?;
        let start = log.fill_buf().map_err(|error| unreadable(path, &error))?;
        if is_document(&String::from_utf8_lossy(start.get(..1 << 10).unwrap_or(start))) {
            let entries = log_document(&whole(path, log)?).map_err(|error| wrong(path, error))?;
            return entries.into_iter().try_for_each(take);
        }
        self.lines(path, log, log_entries, &mut take)
    }

    /// Reads a list of requests, one per line.
    pub(super) fn requests(
        &mut self,
        path: &Path,
        mut take: impl FnMut(RecordedRequest) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let parse = |line: &str| request_line(line).map(LogEntry::new).into_iter().collect();
        self.lines(path, open(path)?, parse, &mut |entry| take(entry.request))
    }

    fn lines(
        &mut self,
        path: &Path,
        log: Log,
        parse: impl Fn(&str) -> Vec<LogEntry> + Sync,
        take: &mut impl FnMut(LogEntry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (mut unread, mut named) = (0_u64, Vec::new());
        let parse = &parse;
        let worker = || move |block: &Block| parsed(block, parse);
        in_order((path.display(), log), Long::Truncate(MAX_LINE), worker, |parsed| {
            unread += parsed.unread.len() as u64;
            let free = MAX_NAMED.saturating_sub(named.len());
            named.extend(parsed.unread.iter().take(free).map(u64::to_string));
            parsed.entries.into_iter().try_for_each(&mut *take)
        })?;
        if unread > 0 {
            let (several, more) = (if unread == 1 { "line is" } else { "lines are" }, unread > MAX_NAMED as u64);
            let more = if more { ", …" } else { "" };
            let path = path.display();
            self.notes.push(format!("`{path}`: {unread} {several} not a request: {}{more}", named.join(", ")));
        }
        self.unread += unread;
        Ok(())
    }
}

pub(super) fn wrong(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, format!("`{}` can't be used: {reason}", path.display()))
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::unreadable(path.display(), error)
}

/// Opens a file, or standard input for `-`.
pub(super) fn open(path: &Path) -> Result<Log, Error> {
    let file: Box<dyn Read + Send> = match path.as_os_str() == "-" {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(path).map_err(|error| unreadable(path, &error))?),
    };
    Ok(BufReader::with_capacity(1 << 16, file))
}

/// Reads the rest of a file.
pub(super) fn whole(path: &Path, file: Log) -> Result<String, Error> {
    let mut bytes = Vec::new();
    file.take(MAX_WHOLE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MAX_WHOLE {
        return Err(wrong(path, format_args!("it is larger than {} MiB", MAX_WHOLE >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| wrong(path, "it is not valid UTF-8"))
}

/// Entries of a block.
struct Parsed {
    entries: Vec<LogEntry>,
    /// Numbers of the lines without a request.
    unread: Vec<u64>,
}

fn parsed(block: &Block, parse: impl Fn(&str) -> Vec<LogEntry>) -> Parsed {
    let mut parsed = Parsed { entries: Vec::new(), unread: Vec::new() };
    let text = block.bytes.strip_suffix(b"\n").unwrap_or(&block.bytes);
    let mut start = 0;
    for (number, end) in (block.line..).zip(memchr::memchr_iter(b'\n', text).chain([text.len()])) {
        let line = text.get(start..end).unwrap_or_default();
        start = end + 1;
        // an end that was cut off belongs to no request
        let line = String::from_utf8_lossy(line.get(..MAX_LINE).unwrap_or(line));
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let entries = parse(line);
        if entries.is_empty() {
            parsed.unread.push(number);
        }
        parsed.entries.extend(entries);
    }
    parsed
}

/// Options for logs of requests.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct LogArguments {
    /// Log of requests: common, combined or JSON lines, an OTLP file, or a HAR file (repeatable)
    #[arg(long = "log", value_name = "FILE|-")]
    pub(in crate::cli) files: Vec<PathBuf>,
}

impl LogArguments {
    /// Returns the names of the files, for a database.
    pub(in crate::cli) fn names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.to_string_lossy().into_owned()).collect()
    }
}
