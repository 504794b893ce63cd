//! Opens the manifest, and names its endpoints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::import::Beside;
use super::trust::Trust;
use super::{Error, Kind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::read_file;
use crate::manifest::{self, Api, Endpoint, Manifest, RouteError};
use crate::net;
use crate::secret::Secret;
use crate::text::shell_word;
use crate::vault::Vault;

/// The name of a manifest's file.
const FILE_NAME: &str = "tokscope.toml";

/// The most bytes of a manifest that are read: the largest real API makes about 2 MB.
const MOST_BYTES: u64 = 32 << 20;

/// The manifest and the network, opened together. Share it in an `Arc`.
#[derive(Debug)]
pub struct Workspace {
    pub(super) manifest: Option<Manifest>,
    pub(super) findings: Vec<Diagnostic>,
    /// The folder that a client's secret file is relative to; `None` when the manifest is no file.
    pub(super) folder: Option<PathBuf>,
    /// Secrets that are given instead of the manifest's references, by the name of the client.
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Whether the manifest's issuers and origins may be sent to.
    pub(super) trust: Trust,
    /// This program, to start the browser from; `None`: it is started from here.
    pub(super) launcher: Option<PathBuf>,
    /// Where tokens are kept; `None`: nowhere.
    pub(super) vault: Option<Arc<Vault>>,
    http: OnceLock<net::Client>,
}

/// An endpoint of the workspace's manifest: indices into `manifest.apis` and its `endpoints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId {
    /// Index of the API.
    pub api: usize,
    /// Index of the endpoint.
    pub endpoint: usize,
}

/// An endpoint that was found by a request such as `GET /orders/7?full=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The endpoint.
    pub id: EndpointId,
    /// The values of the path's parameters.
    pub parameters: Vec<(String, String)>,
    /// The query that was given.
    pub query: Option<String>,
}

/// A manifest with what is wrong with it.
#[derive(Clone, Debug)]
pub struct ManifestProblem {
    /// The path, as it shall be shown.
    pub name: String,
    /// The source text.
    pub source: String,
    /// What is wrong, with places in the text.
    pub findings: Vec<Diagnostic>,
}

/// Why a manifest's file can't be used.
#[derive(Clone, Debug)]
pub enum OpenError {
    /// It could not be read.
    Unreadable(Error),
    /// It was read, and is wrong.
    Wrong(ManifestProblem),
}

impl Workspace {
    /// One without a manifest: it reads tokens, and that is all.
    #[must_use]
    pub fn without_manifest() -> Self {
        Self {
            manifest: None,
            findings: Vec::new(),
            folder: None,
            secrets: BTreeMap::new(),
            trust: Trust::Given,
            launcher: None,
            vault: None,
            http: OnceLock::new(),
        }
    }

    /// One on a manifest that was read already, and is this program's own or a test's: it counts as accepted.
    ///
    /// # Errors
    /// When the manifest has a finding of severity error.
    pub fn from_source(name: &str, source: &str) -> Result<Self, ManifestProblem> {
        Self::from_parsed(name, source, manifest::parse(source))
    }

    /// One on a manifest that was made of what a server says: it is a stranger's, as one on a file is.
    ///
    /// # Errors
    /// When the manifest has a finding of severity error.
    pub fn of_stranger(name: &str, source: &str) -> Result<Self, ManifestProblem> {
        Self::from_source(name, source).map(|workspace| Self { trust: Trust::Remembered, ..workspace })
    }

    fn from_parsed(name: &str, source: &str, parsed: manifest::Parsed) -> Result<Self, ManifestProblem> {
        match parsed.manifest {
            Some(manifest) if parsed.findings.iter().all(|finding| finding.severity() < Severity::Error) => {
                Ok(Self { manifest: Some(manifest), findings: parsed.findings, ..Self::without_manifest() })
            }
            _ => Err(ManifestProblem { name: name.to_owned(), source: source.to_owned(), findings: parsed.findings }),
        }
    }

    /// One on a manifest's file. It is a stranger's: nothing is sent before it was accepted.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let source = read_manifest(path).map_err(OpenError::Unreadable)?;
        let parsed = parse_file(path, &source);
        let mut workspace = Self::from_parsed(&path.to_string_lossy(), &source, parsed).map_err(OpenError::Wrong)?;
        workspace.folder = path.parent().map(Path::to_path_buf);
        workspace.trust = Trust::Remembered;
        Ok(workspace)
    }

    /// Reads a manifest's file and says everything that is wrong or odd about it, which may be nothing.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn check_file(path: &Path) -> Result<ManifestProblem, Error> {
        let source = read_manifest(path)?;
        let parsed = parse_file(path, &source);
        let mut findings = parsed.findings;
        findings.extend(parsed.manifest.iter().flat_map(manifest::lint));
        findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
        Ok(ManifestProblem { name: path.to_string_lossy().into_owned(), source, findings })
    }

    /// The same with a client's secret that stands in no environment, file or keyring: the demo's own.
    #[must_use]
    pub fn with_client_secret(mut self, client: &str, secret: Secret) -> Self {
        self.secrets.insert(client.to_owned(), secret);
        self
    }

    /// The manifest, if there is one.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// What is odd about the manifest: findings below the severity of an error.
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// The manifest.
    ///
    /// # Errors
    /// When there is none, with the way to get one.
    pub fn require_manifest(&self) -> Result<&Manifest, Error> {
        self.manifest.as_ref().ok_or_else(Self::no_manifest)
    }

    /// That there is no manifest, and the way to get one.
    #[must_use]
    pub fn no_manifest() -> Error {
        Error::new(Kind::Usage, format!("there is no `{FILE_NAME}` here or in a folder above"))
            .hint("name one by `--manifest FILE` or TOKSCOPE_MANIFEST")
            .hint("`tokscope demo --serve` prints one to begin with")
    }

    /// The API and the endpoint of that id, if there is one.
    #[must_use]
    pub fn endpoint(&self, id: EndpointId) -> Option<(&Api, &Endpoint)> {
        let api = self.manifest.as_ref()?.apis.get(id.api)?;
        Some((api, api.endpoints.get(id.endpoint)?))
    }

    /// The same, where the caller has the id from elsewhere and needs an error.
    pub(super) fn known_endpoint(&self, id: EndpointId) -> Result<(&Api, &Endpoint), Error> {
        self.require_manifest()?;
        self.endpoint(id).ok_or_else(|| Error::new(Kind::Failed, "the endpoint is not in the manifest"))
    }

    /// Every endpoint, in the order of the manifest.
    #[must_use]
    pub fn endpoints(&self) -> Vec<EndpointId> {
        let apis = self.manifest.iter().flat_map(|manifest| manifest.apis.iter().enumerate());
        apis.flat_map(|(api, details)| (0..details.endpoints.len()).map(move |endpoint| EndpointId { api, endpoint }))
            .collect()
    }

    /// That the manifest has the API of that name, where one is named.
    ///
    /// # Errors
    /// When it has not, with the names that it has.
    pub fn require_api(&self, name: Option<&str>) -> Result<(), Error> {
        let manifest = self.require_manifest()?;
        let Some(name) = name.filter(|name| manifest.api(name).is_none()) else { return Ok(()) };
        let names = manifest.apis.iter().map(|api| api.name.as_str());
        let error = Error::new(Kind::Usage, format!("the manifest has no API `{name}`"));
        Err(error.hint(format!("it has {}", quoted(names))))
    }

    /// Finds the endpoint that answers a request: `GET /orders/7?full=1`, `GET https://…` or `GET /orders/{id}`.
    ///
    /// # Errors
    /// When none or several do; the nearest ones are named.
    pub fn find(&self, request: &str, api: Option<&str>) -> Result<Found, Error> {
        let manifest = self.require_manifest()?;
        self.require_api(api)?;
        let route = manifest.route(request, api).map_err(|error| {
            let hint = match &error {
                RouteError::Unknown { nearest, .. } if nearest.is_empty() => {
                    Some("`tokscope manifest show` lists the endpoints".to_owned())
                }
                RouteError::Unknown { nearest, .. } => {
                    Some(format!("the nearest are {}", quoted(nearest.iter().map(String::as_str))))
                }
                RouteError::Ambiguous { .. } => Some("name one by `--api`".to_owned()),
                RouteError::Syntax(_) => None,
            };
            let failure = Error::new(Kind::Usage, error.to_string());
            hint.into_iter().fold(failure, Error::hint)
        })?;
        let id = self
            .endpoint_id(route.endpoint)
            .ok_or_else(|| Error::new(Kind::Failed, "the endpoint is not in the manifest"))?;
        Ok(Found { id, parameters: route.parameters, query: route.query })
    }

    /// The id of an endpoint of this manifest.
    pub(super) fn endpoint_id(&self, wanted: &Endpoint) -> Option<EndpointId> {
        self.manifest.as_ref()?.apis.iter().enumerate().find_map(|(index, api)| {
            let endpoint = api.endpoints.iter().position(|endpoint| std::ptr::eq(endpoint, wanted))?;
            Some(EndpointId { api: index, endpoint })
        })
    }

    /// The one HTTP client, made when it is first needed.
    ///
    /// # Errors
    /// When the TLS stack can't be set up.
    pub fn http(&self) -> Result<&net::Client, Error> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        let client = net::Client::new().map_err(|error| Error::new(Kind::Failed, error.to_string()))?;
        Ok(self.http.get_or_init(|| client))
    }
}

/// `a`, `b` and `c`, each in backticks.
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Finds `tokscope.toml` by walking up from a folder, as git finds a repository.
///
/// # Errors
/// When the nearest one, or the link that leads to it, belongs to another user: whoever may write to a folder above could
/// otherwise choose where tokens go. Named with `--manifest` or `TOKSCOPE_MANIFEST` it is used all the same.
pub fn find_manifest(from: &Path) -> Result<Option<PathBuf>, Error> {
    let Some(path) = from.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file()) else {
        return Ok(None);
    };
    match foreign_owner(&path) {
        None => Ok(Some(path)),
        Some(owner) => {
            let shown = path.display();
            Err(Error::new(Kind::Usage, format!("the manifest `{shown}` belongs to another user (uid {owner})"))
                .hint(format!("if you trust it, name it: `--manifest {}`", shell_word(&path.to_string_lossy()))))
        }
    }
}

/// The owner of a file, or of the link that leads to it, where that is another user than this process's.
#[cfg(unix)]
fn foreign_owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let states = [std::fs::symlink_metadata(path), std::fs::metadata(path)];
    let owners = states.into_iter().flatten().map(|state| state.uid());
    another_user(owners, rustix::process::geteuid().as_raw(), std::env::var("SUDO_UID").ok().as_deref())
}

#[cfg(not(unix))]
fn foreign_owner(_path: &Path) -> Option<u32> {
    None
}

/// The first of these owners that is not the user. `sudo`: the user who became root by sudo, whose files are theirs still.
#[cfg(unix)]
fn another_user(owners: impl IntoIterator<Item = u32>, user: u32, sudo: Option<&str>) -> Option<u32> {
    let before = sudo.filter(|_| user == 0).and_then(|uid| uid.parse().ok());
    owners.into_iter().find(|owner| *owner != user && Some(*owner) != before)
}

/// Parses a manifest's file, with the descriptions of APIs that it refers to.
pub(super) fn parse_file(path: &Path, source: &str) -> manifest::Parsed {
    let mut beside = Beside::new(path);
    manifest::parse_with(source, &mut |path| beside.read(path))
}

pub(super) fn read_manifest(path: &Path) -> Result<String, Error> {
    let name = path.display();
    let unreadable =
        |error: std::io::Error| Error::new(Kind::Usage, format!("the manifest `{name}` can't be read: {error}"));
    let mut bytes = read_file(path, MOST_BYTES).map_err(unreadable)?;
    String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Error::new(Kind::Usage, format!("the manifest `{name}` is not UTF-8 text: see byte {offset}"))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_another_user_is_recognised() {
        for (owners, user, sudo, foreign) in [
            ([1000, 1000], 1000, None, None),
            ([1001, 1001], 1000, None, Some(1001)),
            // the link, or the file that it leads to
            ([1001, 1000], 1000, None, Some(1001)),
            ([1000, 1001], 1000, None, Some(1001)),
            ([0, 0], 1000, None, Some(0)),
            ([1000, 1000], 0, None, Some(1000)),
            ([1000, 1000], 0, Some("1000"), None),
            ([1001, 1001], 0, Some("1000"), Some(1001)),
            // the variable alone, without being root, says nothing
            ([1001, 1001], 1000, Some("1001"), Some(1001)),
            ([1000, 1000], 0, Some("x"), Some(1000)),
        ] {
            assert_eq!(another_user(owners, user, sudo), foreign, "{owners:?} {user} {sudo:?}");
        }
    }
}
