//! A manifest is a stranger's until its issuers and origins were accepted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Error, Kind, Workspace};
use crate::files::{FileError, PrivateFolder, state_folder};
use crate::manifest::{Manifest, SecretReference};
use crate::vault::WebOrigin;

/// The name of the file that remembers.
const FILE: &str = "trust";

/// The most bytes of it that are read.
const MOST_BYTES: usize = 4 << 20;

/// Whether this program may send anything that a manifest makes it send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// The manifest is this program's own, or was accepted for this time.
    Given,
    /// It is a file's: what was accepted before decides.
    Remembered,
}

/// Where a manifest makes this program send something: each line that has to be accepted, such as
/// `issuer https://login.example.com` or `origin https://api.example.com:443`. The lines that name a secret of the
/// user's belong to it: a manifest must not choose another one later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    /// The lines, sorted, each once.
    pub lines: Vec<String>,
}

impl Destinations {
    fn of(manifest: &Manifest) -> Self {
        let mut lines = BTreeSet::new();
        for api in &manifest.apis {
            lines.extend(WebOrigin::of(&api.base_url).map(|origin| format!("origin {origin}")));
            lines.extend(api.issuer.as_ref().map(|issuer| format!("issuer {issuer}")));
        }
        for client in &manifest.clients {
            lines.insert(format!("issuer {}", client.issuer));
            let references =
                [("secret", &client.secret), ("key", &client.key), ("assertion", &client.assertion)].into_iter();
            for (what, reference) in references.filter_map(|(what, reference)| Some((what, reference.as_ref()?))) {
                let place = match reference {
                    SecretReference::Env(name) => format!("the environment variable {name:?}"),
                    SecretReference::File(path) => format!("the file {path:?}"),
                    SecretReference::Keyring => format!("the keyring's secret of client {:?}", client.client_id),
                };
                lines.insert(format!("{what} {place} is used at {}", client.issuer));
            }
        }
        Self { lines: lines.into_iter().collect() }
    }

    /// The SHA-256 of the lines, in hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let hash = digest(&SHA256, self.lines.join("\n").as_bytes());
        hash.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
}

/// What was accepted once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// See [`Destinations::fingerprint`].
    pub sha256: String,
    /// The lines.
    pub lines: Vec<String>,
    /// The manifest that had them then. It may have moved since: only the lines count.
    pub manifest: String,
    /// When, in seconds since 1970.
    pub accepted: i64,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    accepted: Vec<Accepted>,
}

/// The file that remembers what was accepted.
#[derive(Clone, Debug)]
pub struct TrustStore {
    folder: PathBuf,
}

impl TrustStore {
    /// The user's own.
    ///
    /// # Errors
    /// When the user has no home.
    pub fn of_the_user() -> Result<Self, Error> {
        Ok(Self { folder: state_folder().map_err(Error::from)? })
    }

    /// One in a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    /// Everything that was accepted, the latest last.
    ///
    /// # Errors
    /// When the file can't be used: others may write it, or it is damaged. Then nothing counts as accepted.
    pub fn accepted(&self) -> Result<Vec<Accepted>, Error> {
        match PrivateFolder::open(&self.folder)? {
            Some(folder) => Ok(self.read(&folder)?.accepted),
            None => Ok(Vec::new()),
        }
    }

    fn read(&self, folder: &PrivateFolder) -> Result<Content, Error> {
        let Some(bytes) = folder.read(FILE, MOST_BYTES)? else { return Ok(Content::default()) };
        serde_json::from_slice(&bytes).map_err(|_| {
            let path = self.folder.join(FILE);
            Error::new(Kind::Failed, format!("`{}` is damaged", path.display()))
                .hint("remove it; every manifest asks again then")
        })
    }

    /// Remembers.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn accept(&self, destinations: &Destinations, manifest: &str, now: Timestamp) -> Result<(), Error> {
        let accepted = Accepted {
            sha256: destinations.fingerprint(),
            lines: destinations.lines.clone(),
            manifest: manifest.to_owned(),
            accepted: now.as_second(),
        };
        self.change(|content| {
            content.accepted.retain(|known| known.sha256 != accepted.sha256);
            content.accepted.push(accepted);
        })
    }

    /// Takes back what was accepted under a fingerprint, or under the one that begins so. Gives what was taken back.
    ///
    /// # Errors
    /// When none or several begin so, or it can't be written.
    pub fn take_back(&self, begin: &str) -> Result<Accepted, Error> {
        let fitting: Vec<Accepted> =
            self.accepted()?.into_iter().filter(|known| known.sha256.starts_with(begin)).collect();
        match fitting.as_slice() {
            [only] if !begin.is_empty() => {
                self.change(|content| content.accepted.retain(|known| known.sha256 != only.sha256))?;
                Ok(only.clone())
            }
            [] => Err(Error::new(Kind::Usage, format!("nothing was accepted under `{begin}`"))
                .hint("`tokscope trust list` names what was")),
            _ => Err(Error::new(Kind::Usage, format!("`{begin}` fits several that were accepted"))
                .hint("`tokscope trust list` names them")),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Content)) -> Result<(), Error> {
        let folder = PrivateFolder::create(&self.folder)?;
        let _lock = folder.lock("trust.lock", std::time::Duration::from_secs(10))?;
        folder.remove_leftovers(FILE)?;
        let mut content = self.read(&folder)?;
        change(&mut content);
        let bytes = serde_json::to_vec_pretty(&content)
            .map_err(|error| Error::new(Kind::Failed, format!("what was accepted can't be written: {error}")))?;
        Ok(folder.replace(FILE, &bytes)?)
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        let hint = error.hint();
        let kind = match &error {
            FileError::Linked { .. } | FileError::Exists { .. } => Kind::Usage,
            _ => Kind::Failed,
        };
        hint.into_iter().fold(Self::new(kind, error.to_string()), Self::hint)
    }
}

impl Workspace {
    /// Where the manifest makes this program send something.
    ///
    /// # Errors
    /// When there is no manifest.
    pub fn destinations(&self) -> Result<Destinations, Error> {
        Ok(Destinations::of(self.require_manifest()?))
    }

    /// The same workspace, its manifest accepted for this time.
    #[must_use]
    pub fn trusting(mut self) -> Self {
        self.trust = Trust::Given;
        self
    }

    /// Whether what the manifest names may be sent to.
    ///
    /// # Errors
    /// When what was accepted can't be read.
    pub fn is_trusted(&self) -> Result<bool, Error> {
        if self.trust == Trust::Given {
            return Ok(true);
        }
        let fingerprint = self.destinations()?.fingerprint();
        let accepted = TrustStore::of_the_user()?.accepted()?;
        Ok(accepted.iter().any(|known| known.sha256 == fingerprint))
    }

    /// The gate before everything that is sent.
    ///
    /// # Errors
    /// When the manifest was not accepted, with the lines that have to be.
    pub fn demand_trust(&self) -> Result<(), Error> {
        if self.is_trusted()? {
            return Ok(());
        }
        let lines = self.destinations()?.lines.join("; ");
        Err(Error::new(Kind::Refused, "the manifest was not accepted: nothing is sent to whom it names")
            .hint(format!("it names {lines}"))
            .hint("look at it and accept it: `tokscope trust`")
            .hint("or accept it for this time: `--trust-manifest`"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer   = "https://login.example.com"
[api.orders.scopes]
"orders:read" = {}
[api.orders.endpoints]
"GET /orders" = "orders:read"
[client.dev]
issuer    = "https://login.example.com"
client_id = "dev"
secret    = { env = "DEV_SECRET" }
"#;

    fn destinations(manifest: &str) -> Destinations {
        Workspace::from_source("t", manifest).unwrap().destinations().unwrap()
    }

    #[test]
    fn what_counts_is_who_gets_something_and_nothing_else() {
        let known = destinations(MANIFEST);
        assert_eq!(
            known.lines,
            [
                "issuer https://login.example.com",
                "origin https://api.example.com:443",
                "secret the environment variable \"DEV_SECRET\" is used at https://login.example.com",
            ]
        );
        for (from, to, asks) in [
            ("GET /orders", "GET /other", false),
            ("example.com/v1", "example.com/v2", false),
            ("https://api.example.com/v1", "https://API.example.com:443/", false),
            ("\"dev\"", "\"other\"", false),
            ("https://api.example.com/v1", "https://api.example.com.evil.test/v1", true),
            ("https://api.example.com/v1", "https://api.example.com:8443/v1", true),
            ("https://api.example.com/v1", "http://127.0.0.1/v1", true),
            ("https://login.example.com", "https://login.example.com/", true),
            ("DEV_SECRET", "AWS_SECRET_ACCESS_KEY", true),
            ("env = \"DEV_SECRET\"", "file = \"secret\"", true),
            ("env = \"DEV_SECRET\"", "keyring = true", true),
            ("secret    =", "assertion =", true),
            ("secret    =", "key =", true),
        ] {
            let changed = MANIFEST.replace(from, to);
            assert_ne!(changed, MANIFEST);
            assert_eq!(destinations(&changed).fingerprint() != known.fingerprint(), asks, "{from} -> {to}");
        }
    }

    #[test]
    fn what_was_accepted_is_remembered_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = TrustStore::in_folder(&folder.path().join("tokscope"));
        let known = destinations(MANIFEST);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert!(store.accepted().unwrap().is_empty());
        for manifest in ["/a/tokscope.toml", "/b/tokscope.toml"] {
            store.accept(&known, manifest, now).unwrap();
        }
        let accepted = store.accepted().unwrap();
        assert_eq!(accepted.len(), 1, "by the lines, wherever they stand");
        assert_eq!(accepted.first().unwrap().manifest, "/b/tokscope.toml");
        assert!(store.take_back("").is_err());
        assert!(store.take_back("zz").is_err());
        store.take_back(known.fingerprint().get(..8).unwrap()).unwrap();
        assert!(store.accepted().unwrap().is_empty());
    }

    #[test]
    fn a_damaged_memory_accepts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let private = PrivateFolder::create(&folder.path().join("tokscope")).unwrap();
        private.replace(FILE, b"{\"accepted\":").unwrap();
        let store = TrustStore::in_folder(&folder.path().join("tokscope"));
        assert!(store.accepted().is_err());
        assert!(store.accept(&destinations(MANIFEST), "m", Timestamp::UNIX_EPOCH).is_err());
    }
}
