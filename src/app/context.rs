//! The context: an open manifest with its endpoints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::import::Beside;
use super::trust::Trust;
use super::{Error, ErrorKind};
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::read_file;
use crate::manifest::{self, Api, Endpoint, Manifest, RouteError};
use crate::net;
use crate::secret::Secret;
use crate::text::shell_word;
use crate::vault::Vault;

/// File name of a manifest.
const FILE_NAME: &str = "tokscope.toml";

/// Maximum size of a manifest in bytes; that of the largest known API has about 2 MB.
const MOST_BYTES: u64 = 32 << 20;

/// An open manifest with an HTTP client. Share it in an `Arc`.
#[derive(Debug)]
pub struct Context {
    pub(super) manifest: Option<Manifest>,
    pub(super) findings: Vec<Diagnostic>,
    /// Directory for relative secret files; `None` if the manifest is not a file.
    pub(super) folder: Option<PathBuf>,
    /// Client secrets that override the manifest's references, by client name.
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Trust in the manifest's destinations.
    pub(super) trust: Trust,
    /// Executable that starts browsers; `None` means this process does.
    pub(super) launcher: Option<PathBuf>,
    /// Vault; `None` means tokens are not stored.
    pub(super) vault: Option<Arc<Vault>>,
    http: OnceLock<net::Client>,
}

/// ID of an endpoint: indices into `manifest.apis` and its `endpoints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId {
    /// Index of the API.
    pub api: usize,
    /// Index of the endpoint.
    pub endpoint: usize,
}

/// The endpoint that matches a request such as `GET /orders/7?full=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The endpoint.
    pub id: EndpointId,
    /// Values of the path parameters.
    pub parameters: Vec<(String, String)>,
    /// Query of the request.
    pub query: Option<String>,
}

/// A manifest with its findings.
#[derive(Clone, Debug)]
pub struct ManifestProblem {
    /// Path for display.
    pub name: String,
    /// Source.
    pub source: String,
    /// Findings, with places in the source.
    pub findings: Vec<Diagnostic>,
}

/// Failure to open a manifest.
#[derive(Clone, Debug)]
pub enum OpenError {
    /// It can't be read.
    Unreadable(Error),
    /// It is not valid.
    Wrong(ManifestProblem),
}

impl Context {
    /// Creates a context without a manifest, which can only decode tokens.
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

    /// Creates a context on a built-in manifest, which is trusted.
    ///
    /// # Errors
    /// If the manifest has a finding of severity error.
    pub fn from_source(name: &str, source: &str) -> Result<Self, ManifestProblem> {
        Self::from_parsed(name, source, manifest::parse(source))
    }

    /// Creates a context on a manifest that was built from server metadata, which is untrusted.
    ///
    /// # Errors
    /// If the manifest has a finding of severity error.
    pub fn of_stranger(name: &str, source: &str) -> Result<Self, ManifestProblem> {
        Self::from_source(name, source).map(|context| Self { trust: Trust::Remembered, ..context })
    }

    fn from_parsed(name: &str, source: &str, parsed: manifest::Parsed) -> Result<Self, ManifestProblem> {
        match parsed.manifest {
            Some(manifest) if parsed.findings.iter().all(|finding| finding.severity() < Severity::Error) => {
                Ok(Self { manifest: Some(manifest), findings: parsed.findings, ..Self::without_manifest() })
            }
            _ => Err(ManifestProblem { name: name.to_owned(), source: source.to_owned(), findings: parsed.findings }),
        }
    }

    /// Creates a context on a manifest file, which is untrusted: nothing is sent before the user trusts it.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let source = read_manifest(path).map_err(OpenError::Unreadable)?;
        let parsed = parse_file(path, &source);
        let mut context = Self::from_parsed(&path.to_string_lossy(), &source, parsed).map_err(OpenError::Invalid)?;
        context.folder = path.parent().map(Path::to_path_buf);
        context.trust = Trust::Remembered;
        Ok(context)
    }

    /// Reads a manifest file, and returns all findings about it.
    ///
    /// # Errors
    /// If the file can't be read.
    pub fn check_file(path: &Path) -> Result<ManifestProblem, Error> {
        let source = read_manifest(path)?;
        let parsed = parse_file(path, &source);
        let mut findings = parsed.findings;
        findings.extend(parsed.manifest.iter().flat_map(manifest::lint));
        findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
        Ok(ManifestProblem { name: path.to_string_lossy().into_owned(), source, findings })
    }

    /// Returns this context with a client secret that is passed directly, as in the demo.
    #[must_use]
    pub fn with_client_secret(mut self, client: &str, secret: Secret) -> Self {
        self.secrets.insert(client.to_owned(), secret);
        self
    }

    /// Returns the manifest, if there is one.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// Returns the findings about the manifest, all below the severity of an error.
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns the manifest.
    ///
    /// # Errors
    /// If there is none.
    pub fn require_manifest(&self) -> Result<&Manifest, Error> {
        self.manifest.as_ref().ok_or_else(Self::no_manifest)
    }

    /// The error for a missing manifest.
    #[must_use]
    pub fn no_manifest() -> Error {
        Error::new(ErrorKind::Usage, format!("no `{FILE_NAME}` in this directory or a parent"))
            .hint("pass one with `--manifest FILE` or TOKSCOPE_MANIFEST")
            .hint("`tokscope manifest init` creates one; `tokscope demo --serve` prints an example")
    }

    /// Returns the API and the endpoint with an ID, if there is one.
    #[must_use]
    pub fn endpoint(&self, id: EndpointId) -> Option<(&Api, &Endpoint)> {
        let api = self.manifest.as_ref()?.apis.get(id.api)?;
        Some((api, api.endpoints.get(id.endpoint)?))
    }

    /// Like [`Self::endpoint`], with an error for an unknown ID.
    pub(super) fn require_endpoint(&self, id: EndpointId) -> Result<(&Api, &Endpoint), Error> {
        self.require_manifest()?;
        self.endpoint(id).ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))
    }

    /// Returns every endpoint, in the order of the manifest.
    #[must_use]
    pub fn endpoints(&self) -> Vec<EndpointId> {
        let apis = self.manifest.iter().flat_map(|manifest| manifest.apis.iter().enumerate());
        apis.flat_map(|(api, details)| (0..details.endpoints.len()).map(move |endpoint| EndpointId { api, endpoint }))
            .collect()
    }

    /// Checks that the manifest has an API, if a name is given.
    ///
    /// # Errors
    /// If it does not, with a hint that lists its APIs.
    pub fn require_api(&self, name: Option<&str>) -> Result<(), Error> {
        let manifest = self.require_manifest()?;
        let Some(name) = name.filter(|name| manifest.api(name).is_none()) else { return Ok(()) };
        let names = manifest.apis.iter().map(|api| api.name.as_str());
        let error = Error::new(ErrorKind::Usage, format!("no API `{name}` in the manifest"));
        Err(error.hint(format!("it has {}", quoted(names))))
    }

    /// Finds the endpoint of a request: `GET /orders/7?full=1`, `GET https://…` or `GET /orders/{id}`.
    ///
    /// # Errors
    /// If none or several match; a hint lists similar ones.
    pub fn find(&self, request: &str, api: Option<&str>) -> Result<Found, Error> {
        let manifest = self.require_manifest()?;
        self.require_api(api)?;
        let route = manifest.route(request, api).map_err(|error| {
            let hint = match &error {
                RouteError::Unknown { nearest, .. } if nearest.is_empty() => {
                    Some("`tokscope manifest show` lists the endpoints".to_owned())
                }
                RouteError::Unknown { nearest, .. } => {
                    Some(format!("similar endpoints: {}", quoted(nearest.iter().map(String::as_str))))
                }
                RouteError::Ambiguous { .. } => Some("select an API with `--api`".to_owned()),
                RouteError::Syntax(_) => None,
            };
            let failure = Error::new(ErrorKind::Usage, error.to_string());
            hint.into_iter().fold(failure, Error::hint)
        })?;
        let id = self
            .endpoint_id(route.endpoint)
            .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
        Ok(Found { id, parameters: route.parameters, query: route.query })
    }

    /// Returns the ID of an endpoint.
    pub(super) fn endpoint_id(&self, wanted: &Endpoint) -> Option<EndpointId> {
        self.manifest.as_ref()?.apis.iter().enumerate().find_map(|(index, api)| {
            let endpoint = api.endpoints.iter().position(|endpoint| std::ptr::eq(endpoint, wanted))?;
            Some(EndpointId { api: index, endpoint })
        })
    }

    /// Returns the HTTP client, which is created on first use.
    ///
    /// # Errors
    /// If the TLS library fails to initialize.
    pub fn http(&self) -> Result<&net::Client, Error> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        let client = net::Client::new().map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
        Ok(self.http.get_or_init(|| client))
    }
}

/// Formats names as "`a`, `b` and `c`".
pub(super) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Finds `tokscope.toml` in a directory or the nearest parent, as git finds a repository.
///
/// # Errors
/// If the nearest one, or a link to it, belongs to another user: anyone who can write to a parent directory could
/// otherwise choose where tokens are sent. It can be used with `--manifest` or `TOKSCOPE_MANIFEST`.
pub fn find_manifest(from: &Path) -> Result<Option<PathBuf>, Error> {
    let Some(path) = from.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file()) else {
        return Ok(None);
    };
    match foreign_owner(&path) {
        None => Ok(Some(path)),
        Some(owner) => {
            let shown = path.display();
            Err(Error::new(ErrorKind::Usage, format!("the manifest `{shown}` belongs to another user (uid {owner})"))
                .hint(format!("if you trust it, use `--manifest {}`", shell_word(&path.to_string_lossy()))))
        }
    }
}

/// Returns the owner of a file, or of a link to it, if that is another user.
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

/// Returns the first owner that is not the user. `sudo`: the user who invoked sudo, who also counts as the user.
#[cfg(unix)]
fn another_user(owners: impl IntoIterator<Item = u32>, user: u32, sudo: Option<&str>) -> Option<u32> {
    let before = sudo.filter(|_| user == 0).and_then(|uid| uid.parse().ok());
    owners.into_iter().find(|owner| *owner != user && Some(*owner) != before)
}

/// Parses a manifest file, with the API descriptions that it refers to.
pub(super) fn parse_file(path: &Path, source: &str) -> manifest::Parsed {
    let mut beside = Beside::new(path);
    manifest::parse_with(source, &mut |path| beside.read(path))
}

pub(super) fn read_manifest(path: &Path) -> Result<String, Error> {
    let name = path.display();
    let unreadable =
        |error: std::io::Error| Error::new(ErrorKind::Usage, format!("the manifest `{name}` can't be read: {error}"));
    let mut bytes = read_file(path, MOST_BYTES).map_err(unreadable)?;
    String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Error::new(ErrorKind::Usage, format!("the manifest `{name}` is not valid UTF-8 (byte {offset})"))
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_of_another_user_is_detected() {
        for (owners, user, sudo, foreign) in [
            ([1000, 1000], 1000, None, None),
            ([1001, 1001], 1000, None, Some(1001)),
            // the link, or its target
            ([1001, 1000], 1000, None, Some(1001)),
            ([1000, 1001], 1000, None, Some(1001)),
            ([0, 0], 1000, None, Some(0)),
            ([1000, 1000], 0, None, Some(1000)),
            ([1000, 1000], 0, Some("1000"), None),
            ([1001, 1001], 0, Some("1000"), Some(1001)),
            // without root the variable has no effect
            ([1001, 1001], 1000, Some("1001"), Some(1001)),
            ([1000, 1000], 0, Some("x"), Some(1000)),
        ] {
            assert_eq!(another_user(owners, user, sudo), foreign, "{owners:?} {user} {sudo:?}");
        }
    }
}
