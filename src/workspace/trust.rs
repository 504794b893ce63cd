//! A manifest is a stranger's until the destinations that it names were accepted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Error, Kind, Workspace};
use crate::files::{FileError, PrivateFolder, state_folder};
use crate::manifest::{Issuer, Manifest, SecretReference};
use crate::text::destination;

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

/// Where a manifest makes this program send tokens, secrets and people: everything that has to be trusted before anything
/// is sent, and trusted again after a change.
///
/// An API counts as a whole, since its issuer and its base URL together decide which tokens are sent where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    /// One line for each, as a person reads it, sorted. Not escaped.
    pub lines: Vec<String>,
    /// The same as fields, for the fingerprint.
    rows: Vec<Vec<String>>,
}

/// The first bytes that are hashed: a fingerprint of another form never equals one of this form.
const FORM: &str = "tokscope destinations 2";

impl Destinations {
    fn of(manifest: &Manifest) -> Self {
        let mut rows = BTreeSet::new();
        let mut add = |fields: &[&str], line: String| {
            rows.insert((fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>(), line));
        };
        for api in &manifest.apis {
            let base_url = api.base_url.as_str();
            let issuer = api.issuer.as_ref().map(Issuer::as_str);
            let mut line = format!("API {}", destination(base_url));
            match issuer {
                Some(issuer) => line.push_str(&format!(", tokens from {}", destination(issuer))),
                None => line.push_str(", tokens from every issuer below"),
            }
            line.extend(api.audience.as_ref().map(|audience| format!(", audience {audience:?}")));
            // what is absent differs from what is empty
            let present = |value: Option<&str>| value.map(|value| format!("={value}")).unwrap_or_default();
            add(&["api", base_url, &present(issuer), &present(api.audience.as_deref())], line);
        }
        for client in &manifest.clients {
            let (issuer, id) = (client.issuer.as_str(), client.client_id.as_str());
            let whose = format!("client {id:?} at {}", destination(issuer));
            add(&["client", issuer, id], whose.clone());
            if let Some(uri) = client.redirect_uri.as_ref().filter(|uri| !uri.is_loopback()) {
                let uri = uri.url().as_str();
                add(&["redirect_uri", issuer, id, uri], format!("redirect URI {} of {whose}", destination(uri)));
            }
            for (name, value) in &client.metadata {
                let is_url = name.ends_with("_endpoint") || name == "jwks_uri";
                if let Some(url) = value.as_str().filter(|_| is_url) {
                    add(
                        &["metadata", issuer, name, url],
                        format!("{name} {} of {}", destination(url), destination(issuer)),
                    );
                }
            }
            let references =
                [("secret", &client.secret), ("key", &client.key), ("assertion", &client.assertion)].into_iter();
            for (what, reference) in references.filter_map(|(what, reference)| Some((what, reference.as_ref()?))) {
                let (kind, name, place) = match reference {
                    SecretReference::Env(name) => ("env", name.as_str(), format!("the environment variable {name:?}")),
                    SecretReference::File(path) => ("file", path.as_str(), format!("the file {path:?}")),
                    SecretReference::Keyring => ("keyring", "", "the keyring".to_owned()),
                };
                add(&[what, issuer, id, kind, name], format!("{what} in {place} for {whose}"));
            }
        }
        let (rows, lines) = rows.into_iter().unzip();
        Self { lines, rows }
    }

    /// The SHA-256 of the destinations, in hexadecimal digits. Each field is preceded by its length and each destination
    /// by the number of its fields, so that no two different sets have the same bytes.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut bytes = FORM.as_bytes().to_vec();
        let count = |bytes: &mut Vec<u8>, number: usize| bytes.extend((number as u64).to_be_bytes());
        count(&mut bytes, self.rows.len());
        for row in &self.rows {
            count(&mut bytes, row.len());
            for field in row {
                count(&mut bytes, field.len());
                bytes.extend(field.as_bytes());
            }
        }
        let hash = digest(&SHA256, &bytes);
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
        Err(Error::new(Kind::Refused, "the manifest was not accepted, so nothing was sent")
            .hint(format!("it names: {lines}"))
            .hint("review and accept it with `tokscope trust`")
            .hint("or trust it for this run only with `--trust-manifest`"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const MANIFEST: &str = r#"[api.orders]
base_url = "https://api.example.com/v1"
issuer   = "https://login.example.com"
audience = "orders"
[api.orders.scopes]
"orders:read" = {}
[api.orders.endpoints]
"GET /orders" = "orders:read"
[client.dev]
issuer    = "https://login.example.com"
client_id = "dev"
secret    = { env = "DEV_SECRET" }
redirect_uri = "https://app.example.com/callback"
metadata  = { token_endpoint = "https://login.example.com/token" }
"#;

    fn destinations(manifest: &str) -> Destinations {
        Workspace::from_source("t", manifest).unwrap().destinations().unwrap()
    }

    #[test]
    fn a_change_of_any_destination_needs_trust_again_and_no_other_change_does() {
        let known = destinations(MANIFEST);
        assert_eq!(
            known.lines,
            [
                "API https://api.example.com/v1, tokens from https://login.example.com, audience \"orders\"",
                "client \"dev\" at https://login.example.com",
                "token_endpoint https://login.example.com/token of https://login.example.com",
                "redirect URI https://app.example.com/callback of client \"dev\" at https://login.example.com",
                "secret in the environment variable \"DEV_SECRET\" for client \"dev\" at https://login.example.com",
            ]
        );
        let metadata = "metadata  = { token_endpoint = \"https://login.example.com/token\" }";
        let endpoint = |name: &str| format!("metadata  = {{ {name} = \"https://login.example.com/token\" }}");
        let endpoints = [
            "authorization_endpoint",
            "revocation_endpoint",
            "introspection_endpoint",
            "device_authorization_endpoint",
            "pushed_authorization_request_endpoint",
            "registration_endpoint",
            "jwks_uri",
        ];
        for name in endpoints {
            let changed = MANIFEST.replace(metadata, &endpoint(name));
            assert_ne!(destinations(&changed).fingerprint(), known.fingerprint(), "{name}");
        }
        for (from, to, asks) in [
            ("GET /orders", "GET /other", false),
            ("\"orders:read\" = {}", "\"orders:read\" = { risk = \"high\" }", false),
            ("https://api.example.com/v1", "https://API.example.com:443/v1", false),
            ("[client.dev]", "[client.other]", false),
            ("client_id", "prompt = \"login\"\nclient_id", false),
            ("example.com/v1", "example.com/v2", true),
            ("example.com/v1", "example.com/v1/", true),
            ("\"dev\"", "\"other\"", true),
            ("\"orders\"", "\"others\"", true),
            ("audience = \"orders\"", "", true),
            ("audience = \"orders\"", "audience = \"\"", true),
            ("app.example.com", "app.evil.test", true),
            ("app.example.com/callback", "app.example.com/other", true),
            ("https://app.example.com/callback", "http://127.0.0.1/callback", true),
            ("login.example.com/token", "login.example.com/other", true),
            ("https://api.example.com/v1", "https://api.example.com.evil.test/v1", true),
            ("https://api.example.com/v1", "https://api.example.com:8443/v1", true),
            ("https://api.example.com/v1", "http://127.0.0.1/v1", true),
            ("issuer   = \"https://login.example.com\"", "issuer   = \"https://login.example.com/\"", true),
            ("issuer   = \"https://login.example.com\"", "", true),
            ("DEV_SECRET", "AWS_SECRET_ACCESS_KEY", true),
            ("env = \"DEV_SECRET\"", "file = \"secret\"", true),
            ("env = \"DEV_SECRET\"", "keyring = true", true),
            ("secret    =", "assertion =", true),
            ("secret    =", "key =", true),
        ] {
            let changed = MANIFEST.replace(from, to);
            assert_ne!(changed, MANIFEST, "{from}");
            assert_eq!(destinations(&changed).fingerprint() != known.fingerprint(), asks, "{from} -> {to}");
        }
        let loopback = MANIFEST.replace("https://app.example.com/callback", "http://127.0.0.1/callback");
        let other = MANIFEST.replace("https://app.example.com/callback", "http://localhost:8080/other");
        assert_eq!(destinations(&loopback).fingerprint(), destinations(&other).fingerprint());
    }

    /// Which issuer's tokens go to which API is decided by the pairs, not by the two sets.
    #[test]
    fn issuers_that_change_places_need_trust_again() {
        let api = |name: &str, issuer: &str| {
            format!(
                "[api.{name}]\nbase_url = \"https://{name}.example.com\"\nissuer = \"https://{issuer}.example.com\"\n\
                 [api.{name}.scopes]\nr = {{}}\n[api.{name}.endpoints]\n\"GET /r\" = \"r\"\n"
            )
        };
        let one = destinations(&format!("{}{}", api("a", "x"), api("b", "y")));
        let other = destinations(&format!("{}{}", api("a", "y"), api("b", "x")));
        assert_ne!(one.fingerprint(), other.fingerprint());
    }

    #[test]
    fn no_value_can_stand_for_several_fields() {
        let rows = |rows: &[&[&str]]| Destinations {
            lines: Vec::new(),
            rows: rows.iter().map(|row| row.iter().map(|field| (*field).to_owned()).collect()).collect(),
        };
        let forms = [
            rows(&[&["client", "a", "b"]]),
            rows(&[&["client", "a\nb"]]),
            rows(&[&["client"], &["a", "b"]]),
            rows(&[&["client", "a"], &["b"]]),
            rows(&[&["client", "ab", ""]]),
            rows(&[&["client", "", "ab"]]),
            rows(&[&["client", "a", "b"], &[]]),
            rows(&[]),
            rows(&[&[]]),
        ];
        let fingerprints: BTreeSet<String> = forms.iter().map(Destinations::fingerprint).collect();
        assert_eq!(fingerprints.len(), forms.len());
        // what a value holds stays inside its quotes
        let split = MANIFEST.replace("\"dev\"", "\"dev\\nissuer https://evil.test\"");
        assert!(destinations(&split).lines.iter().all(|line| !line.contains('\n')));
    }

    #[test]
    fn a_host_in_other_letters_is_shown_in_ascii_beside_it() {
        let lines = destinations(&MANIFEST.replace("login.example.com", "login.ex\u{430}mple.com")).lines;
        assert_eq!(lines.iter().filter(|line| line.contains("xn--exmple-4nf")).count(), lines.len(), "{lines:#?}");
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
