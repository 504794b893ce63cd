//! Reads logs of requests: access logs line by line, HAR files and other JSON documents as a whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::app::{Error, ErrorKind};
use crate::cli::blocks::{Block, Long, in_order};
use crate::manifest::requests::{
    LogEntry, RecordedRequest, is_document, log_document, log_entries, log_requests, request_line,
};

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
        let log = open(path)?;
        let log = match Document::read(path, log)? {
            Document::Entries(entries) => return entries.into_iter().try_for_each(take),
            Document::Lines(log) => log,
        };
        self.lines(path, log, |line, entries| entries.extend(log_entries(line)), &mut take)
    }

    /// Reads the requests of such a log, and processes each with `work`, on every core.
    pub(super) fn log_requests<T: Send>(
        &mut self,
        path: &Path,
        work: impl Fn(&RecordedRequest) -> T + Sync,
        mut take: impl FnMut(T),
    ) -> Result<(), Error> {
        let log = open(path)?;
        let log = match Document::read(path, log)? {
            Document::Entries(entries) => {
                for entry in &entries {
                    take(work(&entry.request));
                }
                return Ok(());
            }
            Document::Lines(log) => log,
        };
        let parse = |line: &str, done: &mut Vec<T>| log_requests(line, |request| done.push(work(&request)));
        self.lines(path, log, parse, &mut |done| {
            take(done);
            Ok(())
        })
    }

    /// Reads a list of requests, one per line.
    pub(super) fn requests(
        &mut self,
        path: &Path,
        mut take: impl FnMut(RecordedRequest) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let parse = |line: &str, requests: &mut Vec<RecordedRequest>| requests.extend(request_line(line));
        self.lines(path, open(path)?, parse, &mut take)
    }

    fn lines<T: Send>(
        &mut self,
        path: &Path,
        log: Log,
        parse: impl Fn(&str, &mut Vec<T>) + Sync,
        take: &mut impl FnMut(T) -> Result<(), Error>,
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

/// A log, read as one document or line by line.
enum Document {
    Entries(Vec<LogEntry>),
    Lines(Log),
}

impl Document {
    /// Reads a log if it is a document, judged by its beginning.
    fn read(path: &Path, mut log: Log) -> Result<Self, Error> {
        let start = log.fill_buf().map_err(|error| unreadable(path, &error))?;
        if !is_document(&String::from_utf8_lossy(start.get(..1 << 10).unwrap_or(start))) {
            return Ok(Self::Lines(log));
        }
        log_document(&whole(path, log)?).map(Self::Entries).map_err(|error| wrong(path, error))
    }
}

/// Entries of a block.
struct Parsed<T> {
    entries: Vec<T>,
    /// Numbers of the lines without a request.
    unread: Vec<u64>,
}

fn parsed<T>(block: &Block, parse: impl Fn(&str, &mut Vec<T>)) -> Parsed<T> {
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
        let before = parsed.entries.len();
        parse(line, &mut parsed.entries);
        if parsed.entries.len() == before {
            parsed.unread.push(number);
        }
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
