//! Sources of endpoints for `tokscope scopes`: recordings, logs, collections and source code.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::logs::{LogReport, open, unreadable, whole, wrong};
use crate::app::{Context, EndpointId, Error, ErrorKind, MatchedRequests, RequestMatch, arazzo};
use crate::manifest::requests::{RecordedRequest, collection, har, language, mentions};

/// Maximum total size of the files of a directory.
const MAX_BYTES: u64 = 1 << 30;
/// Maximum size of a source file: longer ones are generated.
const MAX_CODE: u64 = 4 << 20;
/// Maximum depth of directories, and number of files.
const MAX_DEPTH: usize = 32;
const MAX_FILES: usize = 20_000;

/// Directories of third-party or generated code.
const SKIPPED_DIRECTORIES: &[&str] =
    &["node_modules", "target", "vendor", "dist", "build", "__pycache__", "venv", "third_party"];

// Sources of requests; each may be repeated, and `-` is standard input.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct Sources {
    /// Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy
    #[arg(long, value_name = "FILE|-")]
    har: Vec<PathBuf>,
    /// Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment
    #[arg(long, value_name = "FILE|-")]
    requests: Vec<PathBuf>,
    /// Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file
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
    /// What could not be read.
    pub(super) read: LogReport,
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

    /// Returns the names of the access logs.
    pub(in crate::cli) fn log_names(&self) -> Vec<String> {
        self.log.iter().map(|file| file.to_string_lossy().into_owned()).collect()
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
        for path in &self.requests {
            report.watch(path, matched, |report, matched| {
                report.read.requests(path, |request| matched.add_request(context, &request, api))
            })?;
        }
        for path in &self.log {
            report.watch(path, matched, |report, matched| {
                let manifest = context.require_manifest()?;
                let work = |request: &RecordedRequest| RequestMatch::of(manifest, request, api);
                report.read.log_requests(path, work, |found| matched.add_match(found))
            })?;
        }
        for path in &self.har {
            report.watch(path, matched, |_, matched| {
                let found = har(&whole(path, open(path)?)?).map_err(|error| wrong(path, error))?;
                found.iter().try_for_each(|entry| matched.add_request(context, &entry.request, api))
            })?;
        }
        for path in &self.collection {
            report.watch(path, matched, |report, matched| {
                for file in files(path, is_request)? {
                    match collection(&whole(&file, open(&file)?)?) {
                        Ok(found) => found.iter().try_for_each(|one| matched.add_request(context, one, api))?,
                        Err(error) if file == *path => return Err(wrong(path, error)),
                        // a directory can also contain metadata about its requests
                        Err(error) => report.read.notes.push(format!("skipped `{}`: {error}", file.display())),
                    }
                }
                Ok(())
            })?;
        }
        for path in &self.arazzo {
            report.watch(path, matched, |report, matched| {
                let (found, notes) = arazzo(path)?;
                report.read.notes.extend(notes);
                found.iter().try_for_each(|one| matched.add_request(context, one, api))
            })?;
        }
        for path in &self.source {
            report.watch(path, matched, |report, matched| report.code(path, context, api, matched))?;
        }
        if !self.is_empty() && matched.requests == 0 {
            let error = Error::new(ErrorKind::Usage, "no requests found");
            return Err(report.read.notes.into_iter().fold(error, Error::hint));
        }
        Ok(report)
    }
}

impl SourceReport {
    /// Returns what could not be read, and where. Not escaped.
    pub(in crate::cli) fn notes(&self) -> &[String] {
        &self.read.notes
    }

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
            self.read.notes.push(format!("`{}` contains no requests", path.display()));
        }
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
                self.read.notes.push(format!("skipped `{}`: larger than {} MiB", file.display(), MAX_CODE >> 20));
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
