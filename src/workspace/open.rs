//! Opens the manifest, and names its endpoints.

use std::path::{Path, PathBuf};

use super::Error;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Api, Endpoint, Manifest};

/// The manifest and the network, opened together. Share it in an `Arc`.
#[derive(Debug)]
pub struct Workspace {
    manifest: Option<Manifest>,
}

/// An endpoint of the workspace's manifest: indices into `manifest.apis` and its `endpoints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId {
    /// Index of the API.
    pub api: usize,
    /// Index of the endpoint.
    pub endpoint: usize,
}

/// A manifest that can't be used: its name, its text and what is wrong with it.
#[derive(Clone, Debug)]
pub struct ManifestProblem {
    /// The path, as it shall be shown.
    pub name: String,
    /// The source text.
    pub source: String,
    /// What is wrong, with places in the text.
    pub findings: Vec<Diagnostic>,
}

impl Workspace {
    /// One without a manifest: it reads tokens, and that is all.
    #[must_use]
    pub fn without_manifest() -> Self {
        Self { manifest: None }
    }

    /// One on a manifest that was read already.
    ///
    /// # Errors
    /// When the manifest has a finding of severity error.
    pub fn from_source(_name: &str, _source: &str) -> Result<Self, ManifestProblem> {
        todo!("workspace")
    }

    /// The manifest, if there is one.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// The manifest.
    ///
    /// # Errors
    /// When there is none, with the way to get one.
    pub fn require_manifest(&self) -> Result<&Manifest, Error> {
        todo!("workspace")
    }

    /// The API and the endpoint of that id, if there is one.
    #[must_use]
    pub fn endpoint(&self, id: EndpointId) -> Option<(&Api, &Endpoint)> {
        let api = self.manifest.as_ref()?.apis.get(id.api)?;
        Some((api, api.endpoints.get(id.endpoint)?))
    }

    /// Every endpoint, in the order of the manifest.
    #[must_use]
    pub fn endpoints(&self) -> Vec<EndpointId> {
        let apis = self.manifest.iter().flat_map(|manifest| manifest.apis.iter().enumerate());
        apis.flat_map(|(api, details)| (0..details.endpoints.len()).map(move |endpoint| EndpointId { api, endpoint }))
            .collect()
    }
}

/// Finds `tokscope.toml` by walking up from a folder, as git does.
#[must_use]
pub fn find_manifest(_from: &Path) -> Option<PathBuf> {
    todo!("workspace")
}
