//! The context of the use cases: manifest, trust, vault and HTTP client.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use url::Url;

use super::approval_storage::ApprovalStorage;
use super::environment;
use super::environment::Circumstances;
use super::error::quoted;
use super::recording::{Act, Recording};
use super::trust::{self, Destinations, Trust};
use super::{Error, ErrorKind};
use crate::audit::{AuditLog, Entry};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::{self, Api, Client, Endpoint, Manifest, RouteError};
use crate::net;
use crate::oauth::BrowserError;
use crate::secret::Secret;
use crate::usage::{Event, Record, hash};
use crate::vault::{Vault, VaultError};

/// File name of a manifest.
pub(super) const FILE_NAME: &str = "tokscope.toml";

/// What every use case works with. Shared in an `Arc`.
#[derive(Debug)]
pub struct Context {
    manifest: Option<Manifest>,
    findings: Vec<Diagnostic>,
    /// The folder of the manifest's file, which the paths of secrets are relative to.
    folder: Option<PathBuf>,
    /// Client secrets that replace the manifest's references, by client name.
    secrets: BTreeMap<String, Secret>,
    trust: Trust,
    /// This program, to start helpers from; without it they run in this process.
    launcher: Option<PathBuf>,
    vault: Option<Arc<Vault>>,
    http: OnceLock<net::Client>,
    /// Source text of the manifest.
    source: Arc<str>,
    recording: Recording,
    approvals: Arc<ApprovalStorage>,
    /// Name of the manifest, for display.
    name: Arc<str>,
    circumstances: Circumstances,
}

/// An endpoint of the manifest, as indices into `apis` and its `endpoints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId {
    /// Index of the API.
    pub api: usize,
    /// Index of the endpoint.
    pub endpoint: usize,
}

/// The endpoint that matches a request such as `GET /orders/7?full=1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointMatch {
    /// Endpoint.
    pub id: EndpointId,
    /// Values of the path parameters.
    pub parameters: Vec<(String, String)>,
    /// The query of the request.
    pub query: Option<String>,
}

/// A manifest with its findings.
#[derive(Clone, Debug)]
pub struct ManifestProblem {
    /// The path, for display.
    pub name: String,
    /// Source.
    pub source: String,
    /// The findings, with positions in the source text.
    pub findings: Vec<Diagnostic>,
}

impl Context {
    /// Creates a context without a manifest, which is enough to read tokens.
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
            source: Arc::from(""),
            recording: Recording::of_the_user(),
            approvals: Arc::new(ApprovalStorage::OfTheUser),
            name: Arc::from(""),
            circumstances: Circumstances::default(),
        }
    }

    /// Creates a context from a manifest of this program or of a test, which is trusted.
    ///
    /// # Errors
    /// If the manifest has errors.
    pub fn from_source(name: &str, source: &str) -> Result<Self, ManifestProblem> {
        Ok(Self::from_parsed(name, source, manifest::parse(source))?.unrecorded())
    }

    /// Creates a context from a manifest that was made from the responses of a server, which is untrusted.
    ///
    /// # Errors
    /// If the manifest has errors.
    pub fn from_untrusted_source(name: &str, source: &str) -> Result<Self, ManifestProblem> {
        Self::from_parsed(name, source, manifest::parse(source)).map(Self::untrusted)
    }

    pub(super) fn from_parsed(name: &str, source: &str, parsed: manifest::Parsed) -> Result<Self, ManifestProblem> {
        match parsed.manifest {
            Some(manifest) if parsed.findings.iter().all(|finding| finding.severity() < Severity::Error) => Ok(Self {
                manifest: Some(manifest),
                findings: parsed.findings,
                source: Arc::from(source),
                name: Arc::from(name),
                circumstances: Circumstances::detect(),
                ..Self::without_manifest()
            }),
            _ => Err(ManifestProblem { name: name.to_owned(), source: source.to_owned(), findings: parsed.findings }),
        }
    }

    /// Writes no records to the audit log, and no requests for approvals: for the demo, whose tokens are worth nothing, and
    /// for tests.
    #[must_use]
    pub fn unrecorded(self) -> Self {
        Self { recording: Recording::Off, approvals: Arc::new(ApprovalStorage::in_memory()), ..self }
    }

    /// Returns the requests for approvals.
    pub(super) fn approvals(&self) -> &Arc<ApprovalStorage> {
        &self.approvals
    }

    /// Records in this log instead of the user's.
    #[must_use]
    pub fn recording_in(self, log: Arc<AuditLog>) -> Self {
        Self { recording: Recording::In(log), ..self }
    }

    /// Returns the log that acts are recorded in; `None` if they are not recorded.
    ///
    /// # Errors
    /// If the user has no home directory.
    pub fn audit(&self) -> Result<Option<&Arc<AuditLog>>, Error> {
        self.recording.log(self.vault())
    }

    /// Records the intent of an act. `entry` is only called if acts are recorded.
    ///
    /// # Errors
    /// If it can't be recorded. The act must not be done then.
    pub(super) async fn begin(&self, entry: impl FnOnce() -> Entry) -> Result<Act, Error> {
        match self.audit()? {
            Some(log) => Act::begin(log, entry()).await,
            None => Ok(Act::nothing()),
        }
    }

    /// Like [`Self::begin`], on a thread that may block.
    ///
    /// # Errors
    /// See [`Self::begin`].
    pub(super) fn begin_now(&self, entry: impl FnOnce() -> Entry) -> Result<Act, Error> {
        match self.audit()? {
            Some(log) => Act::begin_now(log, entry()),
            None => Ok(Act::nothing()),
        }
    }

    /// Records an act that has only one record, such as a decision. It must be on the disk before it takes effect.
    ///
    /// # Errors
    /// If it can't be recorded.
    pub(super) async fn record(&self, entry: impl FnOnce() -> Entry) -> Result<(), Error> {
        match self.audit()? {
            Some(log) => Act::single(log, entry()).await,
            None => Ok(()),
        }
    }

    /// Records a denial that no act has recorded, since it was decided before the intent. Any other result is returned as
    /// it is.
    ///
    /// # Errors
    /// The error of the result.
    pub(super) async fn or_denied<T>(
        &self,
        result: Result<T, Error>,
        entry: impl FnOnce() -> Entry,
    ) -> Result<T, Error> {
        match result {
            Err(error) if error.is_unrecorded_denial() => {
                let done = self.record(|| Act::denial(&entry(), &error)).await;
                Err(denied(done, error))
            }
            other => other,
        }
    }

    /// Records a denial on a thread that may block, and returns its error.
    pub(super) fn denied_now(&self, error: Error, entry: impl FnOnce() -> Entry) -> Error {
        match self.audit() {
            Ok(Some(log)) if !error.recorded => denied(Act::single_now(log, Act::denial(&entry(), &error)), error),
            _ => error,
        }
    }

    /// Returns the error that the manifest is not trusted, which is recorded. `asked`: the user was asked, and refused.
    ///
    /// # Errors
    /// If there is no manifest.
    pub fn trust_refused(&self, asked: bool) -> Result<Error, Error> {
        let destinations = self.destinations()?;
        let error = match asked {
            true => Error::new(ErrorKind::Refused, "the manifest is not trusted").by_rule("trust", None),
            false => destinations.not_accepted(),
        };
        let head = Some(destinations.fingerprint());
        Ok(self.denied_now(error, || Record { head, ..Record::new(Event::TrustAccepted) }.into()))
    }

    /// Returns the name of the manifest, for display.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the circumstances that the policy may depend on.
    #[must_use]
    pub fn circumstances(&self) -> &Circumstances {
        &self.circumstances
    }

    /// Changes the circumstances that the policy may depend on.
    #[must_use]
    pub fn with_circumstances(mut self, change: impl FnOnce(&mut Circumstances)) -> Self {
        change(&mut self.circumstances);
        self
    }

    /// Returns the manifest as it was written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Returns the SHA-256 of the manifest; `None` without a manifest.
    pub(super) fn manifest_digest(&self) -> Option<String> {
        self.manifest().map(|_| hash(self.source.as_bytes()))
    }

    /// Returns the line of an endpoint in the manifest.
    #[must_use]
    pub fn line_of(&self, id: EndpointId) -> Option<u64> {
        let (_, endpoint) = self.endpoint(id)?;
        let before = self.source.as_bytes().get(..endpoint.span.start)?;
        let breaks = memchr::memchr_iter(b'\n', before).count();
        u64::try_from(breaks + 1).ok().filter(|_| !endpoint.span.is_empty())
    }

    /// Returns all findings of the manifest, including those of the linter. `name`: name of the manifest in the findings.
    #[must_use]
    pub fn all_findings(&self, name: &str) -> ManifestProblem {
        let mut findings = self.findings.clone();
        findings.extend(self.manifest.iter().flat_map(manifest::lint));
        findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
        ManifestProblem { name: name.to_owned(), source: self.source.to_string(), findings }
    }

    /// Takes over what belongs to the process from the context that this one replaces: vault, launcher and secrets.
    #[must_use]
    pub fn replacing(self, other: &Self) -> Self {
        Self { vault: other.vault.clone(), launcher: other.launcher.clone(), secrets: other.secrets.clone(), ..self }
    }

    pub(super) fn names(&self, endpoints: &[EndpointId]) -> Option<Vec<String>> {
        let names = endpoints.iter().filter_map(|id| Some(self.endpoint(*id)?.1.to_string()));
        Some(names.collect()).filter(|names: &Vec<String>| !names.is_empty())
    }

    /// Requires that the user has accepted the manifest.
    pub(super) fn untrusted(self) -> Self {
        Self { trust: Trust::Remembered, ..self }
    }

    /// Sets the folder of the manifest's file.
    pub(super) fn in_folder(self, folder: Option<&Path>) -> Self {
        let rules = self.manifest.iter().flat_map(|manifest| &manifest.policy.rules);
        let needs_branch = rules.into_iter().any(|rule| !rule.when.branch.is_empty());
        let circumstances = match folder.filter(|_| needs_branch) {
            Some(folder) => self.circumstances.clone().with_branch(folder),
            None => self.circumstances.clone(),
        };
        Self { folder: folder.map(Path::to_path_buf), circumstances, ..self }
    }

    /// Takes the vault, the secrets, the log and the launcher of another context, which this one replaces.
    pub(super) fn with_run_of(self, other: &Self) -> Result<Self, Error> {
        let recording = match other.audit()? {
            Some(log) => Recording::In(Arc::clone(log)),
            None => Recording::Off,
        };
        Ok(Self {
            vault: other.vault.clone(),
            secrets: other.secrets.clone(),
            launcher: other.launcher.clone(),
            recording,
            ..self
        })
    }

    /// Trusts the manifest for this run only.
    #[must_use]
    pub fn trusting(self) -> Self {
        Self { trust: Trust::Given, ..self }
    }

    /// Sets the vault. Without it, no token is stored or found.
    #[must_use]
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault: Some(Arc::new(vault)), ..self }
    }

    /// Uses the vault of another context, which it opened already.
    #[must_use]
    pub(super) fn with_vault_of(self, other: &Self) -> Self {
        Self { vault: other.vault.clone(), launcher: other.launcher.clone(), ..self }
    }

    /// Sets a client's secret, in place of the manifest's reference.
    #[must_use]
    pub fn with_client_secret(mut self, client: &str, secret: Secret) -> Self {
        self.secrets.insert(client.to_owned(), secret);
        self
    }

    /// Sets this program's path, from which helper processes are started.
    #[must_use]
    pub fn with_launcher(self, program: PathBuf) -> Self {
        Self { launcher: Some(program), ..self }
    }

    /// Returns the manifest.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// Returns the manifest's findings, which are below the severity of an error.
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns the manifest.
    ///
    /// # Errors
    /// If there is none, with hints on how to get one.
    pub fn require_manifest(&self) -> Result<&Manifest, Error> {
        self.manifest.as_ref().ok_or_else(Self::no_manifest)
    }

    /// Returns the error for a missing manifest, with hints on how to get one.
    #[must_use]
    pub fn no_manifest() -> Error {
        Error::new(ErrorKind::Usage, format!("no `{FILE_NAME}` found in this folder or above"))
            .hint("name one with `--manifest FILE` or TOKSCOPE_MANIFEST")
            .hint("`tokscope demo --serve --write .` writes one to start with")
    }

    /// Returns an endpoint with its API.
    #[must_use]
    pub fn endpoint(&self, id: EndpointId) -> Option<(&Api, &Endpoint)> {
        let api = self.manifest.as_ref()?.apis.get(id.api)?;
        Some((api, api.endpoints.get(id.endpoint)?))
    }

    /// Returns an endpoint with its API.
    ///
    /// # Errors
    /// If the manifest has no such endpoint.
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

    /// Returns the endpoints of an API, or of all of them.
    ///
    /// # Errors
    /// If the manifest has no such API.
    pub fn endpoints_of(&self, api: Option<&str>) -> Result<Vec<EndpointId>, Error> {
        self.require_api(api)?;
        let is_wanted =
            |id: &EndpointId| api.is_none_or(|name| self.endpoint(*id).is_some_and(|(api, _)| api.name == name));
        Ok(self.endpoints().into_iter().filter(is_wanted).collect())
    }

    /// Checks that the manifest has an API of this name, if one is given.
    ///
    /// # Errors
    /// If it does none, with a hint that lists its APIs.
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
    /// If none or several match, with the nearest endpoints as a hint.
    pub fn find(&self, request: &str, api: Option<&str>) -> Result<EndpointMatch, Error> {
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
                RouteError::Ambiguous { .. } => Some("select one with `--api`".to_owned()),
                RouteError::UserInformation => Some("pass a token with `--token -`, not in the URL".to_owned()),
                RouteError::Syntax(_) => None,
            };
            let failure = Error::new(ErrorKind::Usage, error.to_string());
            hint.into_iter().fold(failure, Error::hint)
        })?;
        let id = self
            .endpoint_id(route.endpoint)
            .ok_or_else(|| Error::new(ErrorKind::Failed, "the endpoint is not in the manifest"))?;
        Ok(EndpointMatch { id, parameters: route.parameters, query: route.query })
    }

    /// Returns the id of an endpoint of this manifest.
    pub(super) fn endpoint_id(&self, wanted: &Endpoint) -> Option<EndpointId> {
        self.manifest.as_ref()?.apis.iter().enumerate().find_map(|(index, api)| {
            let endpoint = api.endpoints.iter().position(|endpoint| std::ptr::eq(endpoint, wanted))?;
            Some(EndpointId { api: index, endpoint })
        })
    }

    /// Returns the endpoints that a scope can be required for, as the manifest writes them.
    #[must_use]
    pub fn endpoints_requiring(&self, scope: &str) -> Vec<String> {
        let endpoints = self.manifest.iter().flat_map(|manifest| &manifest.apis).flat_map(|api| &api.endpoints);
        let requiring = endpoints.filter(|endpoint| endpoint.requirement.scopes().contains(scope));
        requiring.map(ToString::to_string).collect()
    }

    /// Returns a client by name.
    ///
    /// # Errors
    /// If the manifest has no such client, with the names that it has.
    pub fn client(&self, name: &str) -> Result<&Client, Error> {
        let manifest = self.require_manifest()?;
        manifest.client(name).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("no client `{name}` in the manifest"))
                .hint(format!("it has {}", quoted(manifest.clients.iter().map(|client| client.name.as_str()))))
        })
    }

    /// Whether another client of the manifest names this one as its identity provider.
    pub(super) fn is_identity_provider(&self, client: &Client) -> bool {
        let clients = self.manifest().map(|manifest| manifest.clients.as_slice()).unwrap_or_default();
        clients.iter().any(|other| other.identity_provider.as_ref() == Some(&client.name))
    }

    /// Whether the manifest is a file.
    pub(super) fn is_file(&self) -> bool {
        self.folder.is_some()
    }

    /// Returns the folder of the manifest's file.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Returns the client secrets that replace the manifest's references, by client name.
    pub(super) fn given_secrets(&self) -> &BTreeMap<String, Secret> {
        &self.secrets
    }

    /// Returns the vault.
    #[must_use]
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        self.vault.as_ref()
    }

    /// Works with the vault on a thread that may block: the keyring and locks do.
    pub(super) async fn in_vault<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, Error> {
        let vault = self.vault.clone().ok_or_else(|| Error::new(ErrorKind::Usage, "no vault is open"))?;
        let done = tokio::task::spawn_blocking(move || work(&vault)).await;
        Ok(done.map_err(|_| Error::new(ErrorKind::Failed, "the vault's task failed"))??)
    }

    /// Returns the HTTP client, which is created on first use.
    ///
    /// # Errors
    /// If TLS can't be set up.
    pub fn http(&self) -> Result<&net::Client, Error> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        let client = net::Client::new().map_err(|error| Error::new(ErrorKind::Failed, error.to_string()))?;
        Ok(self.http.get_or_init(|| client))
    }

    /// Returns the manifest's destinations, which the user has to trust.
    ///
    /// # Errors
    /// If there is no manifest.
    pub fn destinations(&self) -> Result<Destinations, Error> {
        Ok(Destinations::of(self.require_manifest()?))
    }

    /// Returns whether requests may be sent to the manifest's destinations.
    ///
    /// # Errors
    /// If the accepted destinations can't be read.
    pub fn is_trusted(&self) -> Result<bool, Error> {
        match self.trust {
            Trust::Given => Ok(true),
            Trust::Remembered => trust::is_accepted(&self.destinations()?),
        }
    }

    /// Guards everything that is sent.
    ///
    /// # Errors
    /// If the user has not accepted the manifest, with its destinations.
    pub fn demand_trust(&self) -> Result<(), Error> {
        match self.is_trusted()? {
            true => Ok(()),
            false => Err(self.destinations()?.not_accepted()),
        }
    }

    /// Creates a command that the user runs with a token. Its environment has no secrets.
    #[must_use]
    pub fn command(&self, program: &OsStr) -> Command {
        environment::command(program, self.manifest())
    }

    /// Returns this program's path, if helper processes may be started from it.
    pub(super) fn launcher(&self) -> Option<&Path> {
        self.launcher.as_deref()
    }

    /// Returns the variables that a helper process does not get.
    pub(super) fn hidden_variables(&self) -> Vec<OsString> {
        environment::hidden_variables(self.manifest())
    }

    /// Opens a URL in the user's browser.
    pub(super) fn open_browser(&self, url: &Url) -> Result<(), BrowserError> {
        environment::open_browser(url, self.launcher(), self.hidden_variables())
    }
}

/// Returns the error of a denial, which stands even if it could not be recorded.
fn denied(done: Result<(), Error>, error: Error) -> Error {
    match done {
        Ok(()) => Error { recorded: true, ..error },
        Err(unrecorded) => error.hint(format!("this could not be recorded: {unrecorded}")),
    }
}

impl ManifestProblem {
    /// Returns the source text with an index for the positions of the findings.
    #[must_use]
    pub fn indexed(&self) -> manifest::Source<'_> {
        manifest::Source::new(&self.source)
    }
}
