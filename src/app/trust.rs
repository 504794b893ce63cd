//! Trust: a manifest is untrusted until the user accepts the destinations that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::recording::{Act, user_log};
use super::{Error, ErrorKind};
use crate::audit::AuditLog;
use crate::files::{PrivateFolder, state_folder};
use crate::manifest::{ApproverRule, Approvers, Issuer, Manifest, SecretReference};
use crate::text::destination;
use crate::usage::{Event, Record};

/// Name of the trust file.
const FILE: &str = "trust";

/// Maximum size of the trust file, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// Trust state of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// The manifest is built in, or trusted for this run only.
    Given,
    /// The manifest is a file; the trust file decides.
    Remembered,
}

/// Destinations to which a manifest sends tokens, secrets and users: everything that has to be trusted before anything
/// is sent, and trusted again after a change.
///
/// An API is a unit, since its issuer and its base URL together decide which tokens are sent where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destinations {
    /// A readable line for each, sorted. Not escaped.
    pub lines: Vec<String>,
    /// The same as fields, for the fingerprint.
    rows: Vec<Vec<String>>,
}

/// Version prefix of the hashed bytes, so that fingerprints of different versions never match.
const FORM: &str = "tokscope destinations 2";

impl Destinations {
    pub(super) fn of(manifest: &Manifest) -> Self {
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
            // absent differs from empty
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
            if let Some(provider) = client.identity_provider.as_deref().and_then(|name| manifest.client(name)) {
                let (at, own) = (provider.issuer.as_str(), provider.client_id.as_str());
                let line = format!("identity provider {} (client {own:?}) for {whose}", destination(at));
                add(&["identity_provider", issuer, id, at, own], line);
            }
            let dialect = &client.dialect;
            let endpoints = dialect.refresh_endpoint.iter().map(|url| ("refresh_endpoint", url));
            for (name, url) in endpoints.chain(dialect.lookups().map(|url| ("lookup", url))) {
                let url = url.as_str();
                add(&[name, issuer, url], format!("{name} {} of {}", destination(url), destination(issuer)));
            }
            if let Some(fact) = &dialect.api_from {
                let line = format!("the API that {} names in `{fact}`", destination(issuer));
                let domains: Vec<&str> = dialect.api_domains.iter().map(String::as_str).collect();
                let line = match domains.is_empty() {
                    true => line,
                    false => format!("{line}, if it belongs to {}", domains.join(", ")),
                };
                add(&[&["api_from", issuer, id, fact.as_str()], domains.as_slice()].concat(), line);
            }
            if let Some(group) = &client.approvers {
                let line = format!("approvers {group:?} for {whose}");
                add(&["client approvers", issuer, id, group], line);
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
        for group in &manifest.approvers {
            let (fields, line) = approvers(group);
            add(&fields.iter().map(String::as_str).collect::<Vec<_>>(), line);
        }
        // rules have an order only for people: the strictest decides
        for rule in &manifest.policy.rules {
            let parts = rule.parts();
            let fields =
                parts.iter().flat_map(|(key, values)| [*key].into_iter().chain(values.iter().map(String::as_str)));
            let fields: Vec<&str> = ["policy"].into_iter().chain(fields).collect();
            add(&fields, format!("policy: {}", rule.summary()));
        }
        if let Some(stated) = &manifest.policy.default {
            let effect = stated.effect.as_str();
            add(&["policy_default", effect], format!("policy: by default {effect}"));
        }
        let (rows, lines) = rows.into_iter().unzip();
        Self { lines, rows }
    }

    /// The error that the user has not accepted them.
    pub(super) fn not_accepted(&self) -> Error {
        Error::new(ErrorKind::Refused, "the manifest is not trusted, so nothing was sent")
            .by_rule("trust", None)
            .hint(format!("it names: {}", self.lines.join("; ")))
            .hint("review and trust it with `tokscope trust`")
            .hint("or trust it for this run only with `--trust-manifest`")
    }

    /// Returns the SHA-256 of the destinations in hexadecimal. Each field is preceded by its length and each
    /// destination by the number of its fields, so that different sets never have the same bytes.
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

/// Returns a group of approvers as fields and as a line. Without this, whoever changes the list could approve for themselves.
fn approvers(group: &Approvers) -> (Vec<String>, String) {
    let name = &group.name;
    let mut fields = vec![
        "approvers".to_owned(),
        name.clone(),
        group.emergency.to_string(),
        group.reason.to_string(),
        group.longest_window().to_string(),
    ];
    let mut line = match &group.rule {
        ApproverRule::Keys { need, keys } => {
            fields.push(need.to_string());
            let mut named: Vec<[String; 2]> =
                keys.iter().map(|key| [key.owner.clone().unwrap_or_default(), key.key.fingerprint()]).collect();
            named.sort_unstable();
            let shown: Vec<String> = named.iter().map(|[owner, key]| format!("{owner:?} {key}")).collect();
            fields.extend(named.into_iter().flatten());
            format!("approvers {name:?}: {need} of {}", shown.join(", "))
        }
        ApproverRule::AnyOf(alternatives) => {
            // a name may have any characters, so each is quoted
            let alternatives: Vec<String> = alternatives.iter().map(|groups| format!("{groups:?}")).collect();
            fields.extend(alternatives.iter().cloned());
            format!("approvers {name:?}: one of {}", alternatives.join(", "))
        }
    };
    if group.emergency {
        line.push_str("; the requester may go ahead before the approval in an emergency");
    }
    (fields, line)
}

/// Returns whether the user has accepted the destinations.
///
/// # Errors
/// If the accepted destinations can't be read.
pub(super) fn is_accepted(destinations: &Destinations) -> Result<bool, Error> {
    let fingerprint = destinations.fingerprint();
    let accepted = TrustStore::of_the_user()?.accepted()?;
    Ok(accepted.iter().any(|known| known.sha256 == fingerprint))
}

/// An entry of the trust file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedManifest {
    /// See [`Destinations::fingerprint`].
    pub sha256: String,
    /// Lines that describe the destinations.
    pub lines: Vec<String>,
    /// Path of the manifest at that time; it is informative only.
    pub manifest: String,
    /// Time, in seconds since 1970.
    pub accepted: i64,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    accepted: Vec<AcceptedManifest>,
}

/// The trust file.
#[derive(Clone, Debug)]
pub struct TrustStore {
    folder: PathBuf,
    /// Where changes are recorded.
    log: Option<Arc<AuditLog>>,
}

impl TrustStore {
    /// Returns the user's trust file.
    ///
    /// # Errors
    /// If there is no home directory.
    pub fn of_the_user() -> Result<Self, Error> {
        Ok(Self { folder: state_folder().map_err(Error::from)?, log: Some(user_log(None)?) })
    }

    /// Returns a trust file in a directory, whose changes are not recorded.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), log: None }
    }

    /// Returns all entries, the latest last.
    ///
    /// # Errors
    /// If the file is writable by others or damaged. Nothing is trusted then.
    pub fn accepted(&self) -> Result<Vec<AcceptedManifest>, Error> {
        match PrivateFolder::open(&self.folder)? {
            Some(folder) => Ok(self.read(&folder)?.accepted),
            None => Ok(Vec::new()),
        }
    }

    fn read(&self, folder: &PrivateFolder) -> Result<Content, Error> {
        let Some(bytes) = folder.read(FILE, MOST_BYTES)? else { return Ok(Content::default()) };
        serde_json::from_slice(&bytes).map_err(|_| {
            let path = self.folder.join(FILE);
            Error::new(ErrorKind::Failed, format!("`{}` is damaged", path.display()))
                .hint("remove it; every manifest then has to be trusted again")
        })
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn accept(&self, destinations: &Destinations, manifest: &str, now: Timestamp) -> Result<(), Error> {
        let accepted = AcceptedManifest {
            sha256: destinations.fingerprint(),
            lines: destinations.lines.clone(),
            manifest: manifest.to_owned(),
            accepted: now.as_second(),
        };
        let act = self.begin(Event::TrustAccepted, &accepted.sha256)?;
        let done = self.change(|content| {
            content.accepted.retain(|known| known.sha256 != accepted.sha256);
            content.accepted.push(accepted);
        });
        act.conclude_now(done)
    }

    /// Removes the entry with a fingerprint or an unambiguous prefix, and returns it.
    ///
    /// # Errors
    /// If none or several match, or the file can't be written.
    pub fn take_back(&self, begin: &str) -> Result<AcceptedManifest, Error> {
        let fitting: Vec<AcceptedManifest> =
            self.accepted()?.into_iter().filter(|known| known.sha256.starts_with(begin)).collect();
        match fitting.as_slice() {
            [only] if !begin.is_empty() => {
                let act = self.begin(Event::TrustWithdrawn, &only.sha256)?;
                let done = self.change(|content| content.accepted.retain(|known| known.sha256 != only.sha256));
                act.conclude_now(done).map(|()| only.clone())
            }
            [] => Err(Error::new(ErrorKind::Usage, format!("no trusted manifest matches `{begin}`"))
                .hint("`tokscope trust list` lists the fingerprints")),
            _ => Err(Error::new(ErrorKind::Usage, format!("`{begin}` matches several trusted manifests"))
                .hint("`tokscope trust list` lists the fingerprints")),
        }
    }

    /// Records a decision about destinations, by their fingerprint.
    fn begin(&self, event: Event, destinations: &str) -> Result<Act, Error> {
        let Some(log) = &self.log else { return Ok(Act::nothing()) };
        let record =
            Record { head: Some(destinations.to_owned()), rule: Some("trust".to_owned()), ..Record::new(event) };
        Act::begin_now(log, record.into())
    }

    fn change(&self, change: impl FnOnce(&mut Content)) -> Result<(), Error> {
        let folder = PrivateFolder::create(&self.folder)?;
        let _lock = folder.lock("trust.lock", std::time::Duration::from_secs(10))?;
        folder.remove_leftovers(FILE)?;
        let mut content = self.read(&folder)?;
        change(&mut content);
        let bytes = serde_json::to_vec_pretty(&content)
            .map_err(|error| Error::new(ErrorKind::Failed, format!("the trust file can't be written: {error}")))?;
        Ok(folder.replace(FILE, &bytes)?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::app::Context;

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
        Context::from_source("t", manifest).unwrap().destinations().unwrap()
    }

    #[test]
    fn only_a_change_of_a_destination_needs_trust_again() {
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
            // an endpoint may have another origin than the issuer, and is shown
            ("https://login.example.com/token", "https://other.example/token", true),
            ("client_id", "refresh_endpoint = \"https://other.example/refresh\"\nclient_id", true),
            ("client_id", "granted_from = [\"get:https://other.example/me /scope\"]\nclient_id", true),
            ("client_id", "facts = { tenant = \"get:https://other.example/me /tenant\" }\nclient_id", true),
            ("client_id", "api_from = \"instance_url\"\nclient_id", true),
            ("client_id", "api_from = \"base\"\napi_domains = [\"api.test\"]\nclient_id", true),
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

    /// Pairs of API and issuer are trusted, not the two sets.
    #[test]
    fn swapped_issuers_need_trust_again() {
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
    fn fingerprints_differ_for_different_fields() {
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
        // a value stays inside its quotes
        let split = MANIFEST.replace("\"dev\"", "\"dev\\nissuer https://evil.test\"");
        assert!(destinations(&split).lines.iter().all(|line| !line.contains('\n')));
    }

    #[test]
    fn a_non_ascii_host_is_also_shown_in_ascii() {
        let lines = destinations(&MANIFEST.replace("login.example.com", "login.ex\u{430}mple.com")).lines;
        assert_eq!(lines.iter().filter(|line| line.contains("xn--exmple-4nf")).count(), lines.len(), "{lines:#?}");
    }

    #[test]
    fn trust_is_stored_until_it_is_withdrawn() {
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
    fn a_damaged_trust_file_trusts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let private = PrivateFolder::create(&folder.path().join("tokscope")).unwrap();
        private.replace(FILE, b"{\"accepted\":").unwrap();
        let store = TrustStore::in_folder(&folder.path().join("tokscope"));
        assert!(store.accepted().is_err());
        assert!(store.accept(&destinations(MANIFEST), "m", Timestamp::UNIX_EPOCH).is_err());
    }
}
