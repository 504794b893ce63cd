//! Sources of endpoints for `tokscope scopes`: recordings, logs, collections and source code.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::app::{Context, EndpointId, Error, ErrorKind, MatchedRequests, arazzo, read_input_file, read_stream};
use crate::manifest::requests::{RecordedRequest, collection, har, language, log_line, mentions, request_line};

/// Maximum size of a file, and of all files of a directory.
const MAX_WHOLE: u64 = 256 << 20;
/// Maximum total size of the files of a directory.
const MAX_BYTES: u64 = 1 << 30;
/// Maximum length of a line; longer lines are truncated.
const MAX_LINE: u64 = 1 << 20;
/// Maximum size of a source file: longer ones are generated.
const MAX_CODE: u64 = 4 << 20;
/// Maximum depth of directories, and number of files.
const MAX_DEPTH: usize = 32;
const MAX_FILES: usize = 20_000;
/// Number of lines without a request that are listed.
const MAX_NAMED: usize = 5;

/// Directories of third-party or generated code.
const SKIPPED_DIRECTORIES: &[&str] =
    &["node_modules", "target", "vendor", "dist", "build", "__pycache__", "venv", "third_party"];

// Sources of requests; each may be repeated, and `-` is standard input.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct Sources {
    /// Endpoints of a HAR file of at most 256 MiB, as recorded by a browser or proxy
    #[arg(long, value_name = "FILE|-")]
    har: Vec<PathBuf>,
    /// Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment
    #[arg(long, value_name = "FILE|-")]
    requests: Vec<PathBuf>,
    /// Endpoints of an access log: common, combined or JSON lines
    #[arg(long, value_name = "FILE|-")]
    log: Vec<PathBuf>,
    /// Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them
    #[arg(long, value_name = "FILE|FOLDER")]
    collection: Vec<PathBuf>,
    /// Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read
    #[arg(long, value_name = "FILE")]
    arazzo: Vec<PathBuf>,
    /// Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found,
    /// all methods of the path are included
    #[arg(long, value_name = "FILE|FOLDER")]
    source: Vec<PathBuf>,
}

/// Result of reading the sources, apart from the endpoints.
#[derive(Debug, Default)]
pub(in crate::cli) struct SourceReport {
    /// Number of lines without a request.
    pub(super) unread: u64,
    /// What could not be read, and where. Not escaped.
    pub(in crate::cli) notes: Vec<String>,
    /// Locations in source code that match an endpoint, in order.
    pub(super) places: Vec<SourceLocation>,
}

/// A location in source code.
#[derive(Debug)]
pub(super) struct SourceLocation {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    /// Method, if it could be determined.
    pub(super) method: Option<&'static str>,
    pub(super) endpoints: Vec<EndpointId>,
}

impl Sources {
    /// Whether no source is given.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        [&self.har, &self.requests, &self.log, &self.collection, &self.arazzo, &self.source]
            .into_iter()
            .all(Vec::is_empty)
    }

    /// Reads all sources.
    ///
    /// # Errors
    /// When a source can't be read, or none of them contains a request: an empty result would look like an answer.
    pub(in crate::cli) fn read(
        &self,
        context: &Context,
        api: Option<&str>,
        matched: &mut MatchedRequests,
    ) -> Result<SourceReport, Error> {
        let mut report = SourceReport::default();
        let listed = self.requests.iter().map(|path| (path, request_line as fn(&str) -> Option<RecordedRequest>));
        let logged = self.log.iter().map(|path| (path, log_line as fn(&str) -> Option<RecordedRequest>));
        for (path, parse) in listed.chain(logged) {
            report.watch(path, matched, |report, matched| {
                report.lines(path, parse, |request| matched.add_request(context, &request, api))
            })?;
        }
        for path in &self.har {
            report.watch(path, matched, |_, matched| {
                let found = har(&whole(path)?).map_err(|error| wrong(path, error))?;
                found.iter().try_for_each(|request| matched.add_request(context, request, api))
            })?;
        }
        for path in &self.collection {
            report.watch(path, matched, |report, matched| {
                for file in files(path, is_request)? {
                    match collection(&whole(&file)?) {
                        Ok(found) => found.iter().try_for_each(|one| matched.add_request(context, one, api))?,
                        Err(error) if file == *path => return Err(wrong(path, error)),
                        // a directory can also contain metadata about its requests
                        Err(error) => report.notes.push(format!("skipped `{}`: {error}", file.display())),
                    }
                }
                Ok(())
            })?;
        }
        for path in &self.arazzo {
            report.watch(path, matched, |report, matched| {
                let (found, notes) = arazzo(path)?;
                report.notes.extend(notes);
                found.iter().try_for_each(|one| matched.add_request(context, one, api))
            })?;
        }
        for path in &self.source {
            report.watch(path, matched, |report, matched| report.code(path, context, api, matched))?;
        }
        if !self.is_empty() && matched.requests == 0 {
            let error = Error::new(ErrorKind::Usage, "no requests found");
            return Err(report.notes.into_iter().fold(error, Error::hint));
        }
        Ok(report)
    }
}

impl SourceReport {
    /// Reads a source, and reports it if it contains no request.
    fn watch(
        &mut self,
        path: &Path,
        matched: &mut MatchedRequests,
        read: impl FnOnce(&mut Self, &mut MatchedRequests) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = matched.requests;
        read(self, matched)?;
        if matched.requests == before {
            self.notes.push(format!("`{}` contains no requests", path.display()));
        }
        Ok(())
    }

    /// Reads the requests of a file, one per line.
    fn lines(
        &mut self,
        path: &Path,
        parse: fn(&str) -> Option<RecordedRequest>,
        mut take: impl FnMut(RecordedRequest) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (mut number, mut unread, mut named) = (0_u64, 0_u64, Vec::new());
        for_each_line(path, |line| {
            number += 1;
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                return Ok(());
            }
            match parse(line) {
                Some(request) => take(request)?,
                None => {
                    unread += 1;
                    if named.len() < MAX_NAMED {
                        named.push(number.to_string());
                    }
                }
            }
            Ok(())
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

    /// Finds paths and URLs in source code.
    fn code(
        &mut self,
        path: &Path,
        context: &Context,
        api: Option<&str>,
        matched: &mut MatchedRequests,
    ) -> Result<(), Error> {
        let mut left = MAX_BYTES;
        for file in files(path, is_code)? {
            let mut bytes = Vec::new();
            open(&file)?.take(MAX_CODE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&file, &error))?;
            let extension = file.extension().unwrap_or_default().to_string_lossy();
            let Some(language) = language(&extension) else {
                return Err(wrong(&file, format_args!("unknown language `.{extension}`")));
            };
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if length > MAX_CODE {
                self.notes.push(format!("skipped `{}`: larger than {} MiB", file.display(), MAX_CODE >> 20));
                continue;
            }
            left = left.checked_sub(length).ok_or_else(|| wrong(path, "its files are too large in total"))?;
            for mention in mentions(&String::from_utf8_lossy(&bytes), language) {
                let endpoints = matched.add_mention(context, &mention, api)?;
                if !endpoints.is_empty() {
                    let (file, line) = (file.clone(), mention.line);
                    self.places.push(SourceLocation { file, line, method: mention.method, endpoints });
                }
            }
        }
        Ok(())
    }
}

fn wrong(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, format!("`{}` can't be used: {reason}", path.display()))
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::unreadable(path.display(), error)
}

fn open(path: &Path) -> Result<Box<dyn Read>, Error> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    Ok(Box::new(File::open(path).map_err(|error| unreadable(path, &error))?))
}

fn whole(path: &Path) -> Result<String, Error> {
    let mut bytes = match path.to_str() {
        Some("-") => read_stream(io::stdin(), "standard input", MAX_WHOLE)?,
        _ => read_input_file(path, MAX_WHOLE)?,
    };
    String::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| wrong(path, "it is not valid UTF-8"))
}

/// Reads line by line, so that a log may have any size.
fn for_each_line(path: &Path, mut take: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
    let mut reader = BufReader::with_capacity(1 << 16, open(path)?);
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

/// Returns a file, or the wanted files of a directory, sorted by name. Symbolic links inside a directory are not
/// followed.
fn files(path: &Path, is_wanted: fn(&Path, bool) -> bool) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![(path.to_path_buf(), path.is_dir(), 0)];
    while let Some((path, is_folder, depth)) = open.pop() {
        if !is_folder {
            found.push(path);
            if found.len() > MAX_FILES {
                return Err(Error::new(ErrorKind::Usage, format!("more than {MAX_FILES} files"))
                    .hint("choose a directory further down"));
            }
        } else if depth < MAX_DEPTH {
            let entries = fs::read_dir(&path).map_err(|error| unreadable(&path, &error))?;
            let mut inside: Vec<(PathBuf, bool)> = entries
                .filter_map(Result::ok)
                .filter_map(|entry| Some((entry.path(), entry.file_type().ok()?)))
                .filter(|(path, kind)| !kind.is_symlink() && is_wanted(path, kind.is_dir()))
                .map(|(path, kind)| (path, kind.is_dir()))
                .collect();
            inside.sort_unstable_by(|one, other| other.cmp(one));
            open.extend(inside.into_iter().map(|(path, is_folder)| (path, is_folder, depth + 1)));
        }
    }
    Ok(found)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// Whether a file of a collection directory is a request.
fn is_request(path: &Path, is_folder: bool) -> bool {
    let name = name_of(path);
    if is_folder {
        return !name.starts_with('.') && name != "environments";
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let about = ["folder", "collection", "opencollection"].contains(&stem);
    let bruno = matches!(extension, "bru" | "yml" | "yaml") && !about;
    bruno || [".postman_collection.json", ".insomnia.json"].iter().any(|end| name.ends_with(end))
}

fn is_code(path: &Path, is_folder: bool) -> bool {
    let name = name_of(path);
    if is_folder {
        return !name.starts_with('.') && !SKIPPED_DIRECTORIES.contains(&name.as_str());
    }
    path.extension().is_some_and(|extension| language(&extension.to_string_lossy()).is_some())
}
