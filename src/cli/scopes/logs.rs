//! Reads logs of requests: access logs line by line, HAR files and other JSON documents as a whole.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::app::{Error, ErrorKind};
use crate::manifest::requests::{LogEntry, RecordedRequest, is_document, log_document, log_entries, request_line};

/// Maximum size of a file that is read as a whole.
pub(super) const MAX_WHOLE: u64 = 256 << 20;
/// Maximum length of a line; longer lines are truncated.
const MAX_LINE: u64 = 1 << 20;
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
type Log = BufReader<Box<dyn Read>>;

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
        parse: impl Fn(&str) -> Vec<LogEntry>,
        take: &mut impl FnMut(LogEntry) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (mut number, mut unread, mut named) = (0_u64, 0_u64, Vec::new());
        for_each_line(path, log, |line| {
            number += 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                return Ok(());
            }
            let entries = parse(line);
            if entries.is_empty() {
                unread += 1;
                if named.len() < MAX_NAMED {
                    named.push(number.to_string());
                }
            }
            entries.into_iter().try_for_each(&mut *take)
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
    let file: Box<dyn Read> = match path.as_os_str() == "-" {
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

/// Reads line by line, so that a log may have any size.
fn for_each_line(path: &Path, mut reader: Log, mut take: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| unreadable(path, &error))? == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            // skip the rest of a line that is too long
            reader.skip_until(b'\n').map_err(|error| unreadable(path, &error))?;
        }
        take(&String::from_utf8_lossy(&line))?;
    }
}

/// Options for logs of requests.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct LogArguments {
    /// Log of requests: common, combined or JSON lines, an OTLP file, or a HAR file (repeatable)
    #[arg(long = "log", value_name = "FILE|-")]
    pub(in crate::cli) files: Vec<PathBuf>,
}
