//! Where the endpoints of `tokscope scopes` come from.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::manifest::recorded::{Recorded, collection, har, language, log_line, mentions, request_line};
use crate::workspace::{EndpointId, Error, Kind, MatchedRequests, Workspace, read_input_file, read_stream};

/// The most bytes of a file that is read whole.
const MOST_WHOLE: u64 = 256 << 20;
/// The most bytes of all files of a folder.
const MOST_BYTES: u64 = 1 << 30;
/// The most bytes of a line; what is longer is cut off there.
const MOST_LINE: u64 = 1 << 20;
/// The most bytes of a file of source code: a longer one was written by a machine.
const MOST_CODE: u64 = 4 << 20;
/// How deep folders are followed, and how many files are read.
const MOST_DEPTH: usize = 32;
const MOST_FILES: usize = 20_000;
/// How many lines that hold no request are named.
const MOST_NAMED: usize = 5;

/// Folders with what others wrote, or a machine.
const FOREIGN: &[&str] = &["node_modules", "target", "vendor", "dist", "build", "__pycache__", "venv", "third_party"];

// Records of requests: each may be given several times, and `-` is standard input.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct Sources {
    /// Endpoints of a HAR file, as recorded by a browser or proxy
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
    /// Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all
    /// methods of the path are included
    #[arg(long, value_name = "FILE|FOLDER")]
    source: Vec<PathBuf>,
}

/// What reading the sources came to, beside the endpoints.
#[derive(Debug, Default)]
pub(in crate::cli) struct Report {
    /// How many lines hold no request.
    pub(super) unread: u64,
    /// What was not understood, and where. Not escaped.
    pub(in crate::cli) notes: Vec<String>,
    /// The places in source code that are of an endpoint, in their order.
    pub(super) places: Vec<Place>,
}

/// A place in source code.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    /// Whether the method could be seen.
    pub(super) method: Option<&'static str>,
    pub(super) endpoints: Vec<EndpointId>,
}

impl Sources {
    /// Whether none was given.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        [&self.har, &self.requests, &self.log, &self.collection, &self.source].into_iter().all(Vec::is_empty)
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// When one can't be read, or no request is in any of them: then nothing would look like an answer.
    pub(in crate::cli) fn read(
        &self,
        workspace: &Workspace,
        api: Option<&str>,
        matched: &mut MatchedRequests,
    ) -> Result<Report, Error> {
        let mut report = Report::default();
        let listed = self.requests.iter().map(|path| (path, request_line as fn(&str) -> Option<Recorded>));
        let logged = self.log.iter().map(|path| (path, log_line as fn(&str) -> Option<Recorded>));
        for (path, parse) in listed.chain(logged) {
            report.watch(path, matched, |report, matched| {
                report.lines(path, parse, |request| workspace.match_request(&request, api, matched))
            })?;
        }
        for path in &self.har {
            report.watch(path, matched, |_, matched| {
                let found = har(&whole(path)?).map_err(|error| wrong(path, error))?;
                found.iter().try_for_each(|request| workspace.match_request(request, api, matched))
            })?;
        }
        for path in &self.collection {
            report.watch(path, matched, |report, matched| {
                for file in files(path, is_request)? {
                    match collection(&whole(&file)?) {
                        Ok(found) => found.iter().try_for_each(|one| workspace.match_request(one, api, matched))?,
                        Err(error) if file == *path => return Err(wrong(path, error)),
                        // a folder also holds what is about its requests
                        Err(error) => report.notes.push(format!("`{}` was left out: {error}", file.display())),
                    }
                }
                Ok(())
            })?;
        }
        for path in &self.source {
            report.watch(path, matched, |report, matched| report.code(path, workspace, api, matched))?;
        }
        if !self.is_empty() && matched.requests == 0 {
            let error = Error::new(Kind::Usage, "no request was found in what was given");
            return Err(report.notes.into_iter().fold(error, Error::hint));
        }
        Ok(report)
    }
}

impl Report {
    /// Notes a source that held no request.
    fn watch(
        &mut self,
        path: &Path,
        matched: &mut MatchedRequests,
        read: impl FnOnce(&mut Self, &mut MatchedRequests) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = matched.requests;
        read(self, matched)?;
        if matched.requests == before {
            self.notes.push(format!("`{}` holds no request", path.display()));
        }
        Ok(())
    }

    /// The requests of a file, a line each.
    fn lines(
        &mut self,
        path: &Path,
        parse: fn(&str) -> Option<Recorded>,
        mut take: impl FnMut(Recorded) -> Result<(), Error>,
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
                    if named.len() < MOST_NAMED {
                        named.push(number.to_string());
                    }
                }
            }
            Ok(())
        })?;
        if unread > 0 {
            let (several, more) = (if unread == 1 { "line holds" } else { "lines hold" }, unread > MOST_NAMED as u64);
            let more = if more { ", …" } else { "" };
            let path = path.display();
            self.notes.push(format!("`{path}`: {unread} {several} no request: {}{more}", named.join(", ")));
        }
        self.unread += unread;
        Ok(())
    }

    /// The paths and URLs in source code.
    fn code(
        &mut self,
        path: &Path,
        workspace: &Workspace,
        api: Option<&str>,
        matched: &mut MatchedRequests,
    ) -> Result<(), Error> {
        let mut left = MOST_BYTES;
        for file in files(path, is_code)? {
            let mut bytes = Vec::new();
            open(&file)?.take(MOST_CODE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&file, &error))?;
            let extension = file.extension().unwrap_or_default().to_string_lossy();
            let Some(language) = language(&extension) else {
                return Err(wrong(&file, format_args!("`.{extension}` is the ending of no language that is known")));
            };
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            if length > MOST_CODE {
                self.notes.push(format!("`{}` was left out: it has more than {} MiB", file.display(), MOST_CODE >> 20));
                continue;
            }
            left = left.checked_sub(length).ok_or_else(|| wrong(path, "there is too much of it"))?;
            for mention in mentions(&String::from_utf8_lossy(&bytes), language) {
                let endpoints = workspace.match_mention(&mention, api, matched)?;
                if !endpoints.is_empty() {
                    let (file, line) = (file.clone(), mention.line);
                    self.places.push(Place { file, line, method: mention.method, endpoints });
                }
            }
        }
        Ok(())
    }
}

fn wrong(path: &Path, reason: impl std::fmt::Display) -> Error {
    Error::new(Kind::Usage, format!("`{}` can't be used: {reason}", path.display()))
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
        Some("-") => read_stream(io::stdin(), "standard input", MOST_WHOLE)?,
        _ => read_input_file(path, MOST_WHOLE)?,
    };
    String::from_utf8(std::mem::take(&mut *bytes)).map_err(|_| wrong(path, "it is not UTF-8 text"))
}

/// Line by line, so that a log may have any size.
fn for_each_line(path: &Path, mut take: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
    let mut reader = BufReader::with_capacity(1 << 16, open(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(MOST_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| unreadable(path, &error))? == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") {
            // the rest of a line that is too long is no line of its own
            reader.skip_until(b'\n').map_err(|error| unreadable(path, &error))?;
        }
        take(&String::from_utf8_lossy(&line))?;
    }
}

/// A file, or what is wanted of a folder, by name. Links inside a folder are not followed.
fn files(path: &Path, is_wanted: fn(&Path, bool) -> bool) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![(path.to_path_buf(), path.is_dir(), 0)];
    while let Some((path, is_folder, depth)) = open.pop() {
        if !is_folder {
            found.push(path);
            if found.len() > MOST_FILES {
                return Err(Error::new(Kind::Usage, format!("there are more than {MOST_FILES} files"))
                    .hint("name a folder further down"));
            }
        } else if depth < MOST_DEPTH {
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

/// What else is kept in a folder of requests is none.
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
        return !name.starts_with('.') && !FOREIGN.contains(&name.as_str());
    }
    path.extension().is_some_and(|extension| language(&extension.to_string_lossy()).is_some())
}
