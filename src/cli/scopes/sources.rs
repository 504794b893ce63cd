//! Where the endpoints of `tokscope scopes` come from.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::manifest::recorded::{Recorded, collection, har, log_line, request_line};
use crate::workspace::{Error, Kind, Recognised, Workspace};

/// The most bytes of a file that is read whole.
const MOST_BYTES: u64 = 1 << 30;
/// The most bytes of a line; what is longer is cut off there.
const MOST_LINE: u64 = 1 << 20;
/// How deep the folders of a collection are followed, and how many files are read.
const MOST_DEPTH: usize = 16;
const MOST_FILES: usize = 10_000;

// Records of requests: each may be given several times, and `-` is standard input.
#[derive(Debug, Default, clap::Args)]
pub(in crate::cli) struct Sources {
    /// The endpoints that a browser's or a proxy's session used: an HTTP Archive
    #[arg(long, value_name = "FILE|-")]
    har: Vec<PathBuf>,
    /// The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment
    #[arg(long, value_name = "FILE|-")]
    requests: Vec<PathBuf>,
    /// The endpoints of an access log: common, combined, or JSON lines
    #[arg(long, value_name = "FILE|-")]
    log: Vec<PathBuf>,
    /// The endpoints of a Postman collection or a Bruno request, or of a folder of these
    #[arg(long, value_name = "FILE|FOLDER")]
    collection: Vec<PathBuf>,
}

impl Sources {
    /// Whether none was given.
    pub(in crate::cli) fn is_empty(&self) -> bool {
        [&self.har, &self.requests, &self.log, &self.collection].into_iter().all(Vec::is_empty)
    }

    /// Reads all of them. The answer: how many lines held no request.
    pub(in crate::cli) fn read(
        &self,
        workspace: &Workspace,
        api: Option<&str>,
        recognised: &mut Recognised,
    ) -> Result<u64, Error> {
        let mut unread = 0;
        for path in &self.har {
            let found = har(&whole(path)?).map_err(|error| wrong(path, error))?;
            take(workspace, api, recognised, found)?;
        }
        for path in &self.collection {
            for file in files(path)? {
                let found = collection(&whole(&file)?).map_err(|error| wrong(&file, error))?;
                take(workspace, api, recognised, found)?;
            }
        }
        let listed = self.requests.iter().map(|path| (path, request_line as fn(&str) -> Option<Recorded>));
        let logged = self.log.iter().map(|path| (path, log_line as fn(&str) -> Option<Recorded>));
        for (path, parse) in listed.chain(logged) {
            for_each_line(path, |line| {
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    return Ok(());
                }
                match parse(line) {
                    Some(request) => workspace.recognise(&request, api, recognised)?,
                    None => unread += 1,
                }
                Ok(())
            })?;
        }
        Ok(unread)
    }
}

fn take(
    workspace: &Workspace,
    api: Option<&str>,
    recognised: &mut Recognised,
    requests: Vec<Recorded>,
) -> Result<(), Error> {
    requests.iter().try_for_each(|request| workspace.recognise(request, api, recognised))
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
    let mut bytes = Vec::new();
    open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        return Err(wrong(path, format_args!("it has more than {MOST_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| wrong(path, "it is not UTF-8 text"))
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

/// A file, or the collections and Bruno requests in a folder, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![(path.to_path_buf(), 0)];
    while let Some((path, depth)) = open.pop() {
        if !path.is_dir() {
            found.push(path);
        } else if depth < MOST_DEPTH && found.len() < MOST_FILES {
            let entries = fs::read_dir(&path).map_err(|error| unreadable(&path, &error))?;
            let mut inside: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
            inside.retain(|path| is_request(path));
            inside.sort_unstable_by(|one, other| other.cmp(one));
            open.extend(inside.into_iter().map(|path| (path, depth + 1)));
        }
    }
    Ok(found)
}

/// What else is kept in a folder of requests is none.
fn is_request(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if path.is_dir() {
        return !name.starts_with('.') && name != "environments";
    }
    let bruno = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("bru"));
    (bruno && !matches!(name.as_str(), "folder.bru" | "collection.bru")) || name.ends_with(".postman_collection.json")
}
