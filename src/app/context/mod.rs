//! The context of the use cases: manifest, trust, vault and HTTP client.
//!
//! | module | part |
//! |---|---|
//! | `lookup` | endpoints and clients of the manifest |
//! | `source` | the manifest as it was written |
//! | `recording` | intents, outcomes and denials in the audit log |

mod lookup;
mod recording;
mod source;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use url::Url;

pub use self::lookup::{EndpointId, EndpointMatch};
use self::source::Source;
use super::approval_storage::ApprovalStorage;
use super::environment::{self, Circumstances};
use super::recording::Recording;
use super::trust::{self, Destinations, Trust};
use super::{Error, ErrorKind};
use crate::audit::AuditLog;
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::{self, Manifest};
use crate::net;
use crate::oauth::BrowserError;
use crate::secret::Secret;
use crate::vault::{Vault, VaultError};

/// File name of a manifest.
pub(in crate::app) const FILE_NAME: &str = "tokscope.toml";

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
    source: Source,
    recording: Recording,
    approvals: Arc<ApprovalStorage>,
    /// Name of the manifest, for display.
    name: Arc<str>,
    circumstances: Circumstances,
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
            source: Source::default(),
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

    pub(in crate::app) fn from_parsed(
        name: &str,
        source: &str,
        parsed: manifest::Parsed,
    ) -> Result<Self, ManifestProblem> {
        match parsed.manifest {
            Some(manifest) if parsed.findings.iter().all(|finding| finding.severity() < Severity::Error) => Ok(Self {
                manifest: Some(manifest),
                findings: parsed.findings,
                source: Source::new(source),
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
    pub(in crate::app) fn approvals(&self) -> &Arc<ApprovalStorage> {
        &self.approvals
    }

    /// Records in this log instead of the user's.
    #[must_use]
    pub fn recording_in(self, log: Arc<AuditLog>) -> Self {
        Self { recording: Recording::In(log), ..self }
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
    pub(in crate::app) fn source(&self) -> &str {
        &self.source
    }

    /// Returns the SHA-256 of the manifest; `None` without a manifest.
    pub(in crate::app) fn manifest_digest(&self) -> Option<String> {
        self.manifest().map(|_| self.source.digest().to_owned())
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

    /// Requires that the user has accepted the manifest.
    pub(in crate::app) fn untrusted(self) -> Self {
        Self { trust: Trust::Remembered, ..self }
    }

    /// Sets the folder of the manifest's file.
    pub(in crate::app) fn in_folder(self, folder: Option<&Path>) -> Self {
        let rules = self.manifest.iter().flat_map(|manifest| &manifest.policy.rules);
        let needs_branch = rules.into_iter().any(|rule| !rule.when.branch.is_empty());
        let circumstances = match folder.filter(|_| needs_branch) {
            Some(folder) => self.circumstances.clone().with_branch(folder),
            None => self.circumstances.clone(),
        };
        Self { folder: folder.map(Path::to_path_buf), circumstances, ..self }
    }

    /// Takes the vault, the secrets, the log and the launcher of another context, which this one replaces.
    pub(in crate::app) fn with_run_of(self, other: &Self) -> Result<Self, Error> {
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
    pub(in crate::app) fn with_vault_of(self, other: &Self) -> Self {
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
    /// If no manifest is open, with hints on how to get one.
    pub fn require_manifest(&self) -> Result<&Manifest, Error> {
        self.manifest.as_ref().ok_or_else(Self::no_manifest)
    }

    /// Returns the error for a missing manifest, with hints on how to get one.
    #[must_use]
    pub fn no_manifest() -> Error {
        Error::new(ErrorKind::Usage, format!("no `{FILE_NAME}` found in this folder or above"))
            .hint("name one with `--manifest FILE` or TOKSCOPE_MANIFEST")
            .hint("`tokscope init` sets one up for your API, `tokscope demo --serve --write .` writes one to try")
    }

    /// Whether the manifest is a file.
    pub(in crate::app) fn is_file(&self) -> bool {
        self.folder.is_some()
    }

    /// Returns the folder of the manifest's file.
    pub(in crate::app) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Returns the client secrets that replace the manifest's references, by client name.
    pub(in crate::app) fn given_secrets(&self) -> &BTreeMap<String, Secret> {
        &self.secrets
    }

    /// Returns the vault.
    #[must_use]
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        self.vault.as_ref()
    }

    /// Works with the vault on a thread that may block: the keyring and locks do.
    pub(in crate::app) async fn in_vault<T: Send + 'static>(
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
    /// If no manifest is open.
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
    pub(in crate::app) fn launcher(&self) -> Option<&Path> {
        self.launcher.as_deref()
    }

    /// Returns the variables that a helper process does not get.
    pub(in crate::app) fn hidden_variables(&self) -> Vec<OsString> {
        environment::hidden_variables(self.manifest())
    }

    /// Opens a URL in the user's browser.
    pub(in crate::app) fn open_browser(&self, url: &Url) -> Result<(), BrowserError> {
        environment::open_browser(url, self.launcher(), self.hidden_variables())
    }
}

impl ManifestProblem {
    /// Returns the source text with an index for the positions of the findings.
    #[must_use]
    pub fn indexed(&self) -> manifest::Source<'_> {
        manifest::Source::new(&self.source)
    }
}
