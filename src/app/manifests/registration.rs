//! Clients for authorization servers that no manifest knows: a published metadata document, an earlier registration, or a new
//! one, in this order.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::discover::{Discovery, register};
use crate::app::{Error, ErrorKind};
use crate::files::{PrivateFolder, state_folder};
use crate::manifest::RedirectUri;
use crate::oauth::{LoopbackPort, REDIRECT_URI};

/// Name of the file with the registrations.
const FILE: &str = "registrations";

/// Maximum size of that file, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Maximum number of registrations; the oldest are dropped.
const MOST: usize = 1000;

/// A client that is known to an authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredClient {
    /// Issuer.
    pub issuer: String,
    /// Client identifier.
    pub client_id: String,
    /// Redirect URI, exactly as registered.
    pub redirect_uri: String,
}

/// How a client became known to an authorization server.
#[derive(Debug)]
pub enum ClientOrigin {
    /// By a client ID metadata document.
    Document,
    /// By an earlier registration.
    Remembered,
    /// By a registration just now. Holds the port of its redirect URI until it is dropped.
    Registered(LoopbackPort),
}

/// Registrations of earlier runs, by issuer. They hold no secret.
#[derive(Debug)]
pub struct RegistrationStore {
    folder: PathBuf,
}

impl RegistrationStore {
    /// Returns the user's store.
    ///
    /// # Errors
    /// If there is no home directory.
    pub fn of_the_user() -> Result<Self, Error> {
        Ok(Self { folder: state_folder()? })
    }

    /// Returns a store in a directory.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    /// Returns the client of an issuer. A damaged file counts as empty, since a client can be registered again.
    fn get(&self, issuer: &str) -> Result<Option<RegisteredClient>, Error> {
        let Some(folder) = PrivateFolder::open(&self.folder)? else { return Ok(None) };
        Ok(Self::read(&folder)?.into_iter().find(|known| known.issuer == issuer))
    }

    fn read(folder: &PrivateFolder) -> Result<Vec<RegisteredClient>, Error> {
        let bytes = folder.read(FILE, MOST_BYTES)?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    fn add(&self, client: &RegisteredClient) -> Result<(), Error> {
        let folder = PrivateFolder::create(&self.folder)?;
        let _lock = folder.lock("registrations.lock", Duration::from_secs(10))?;
        folder.remove_leftovers(FILE)?;
        let mut known = Self::read(&folder)?;
        known.retain(|known| known.issuer != client.issuer);
        known.push(client.clone());
        let known = known.get(known.len().saturating_sub(MOST)..).unwrap_or_default();
        let bytes = serde_json::to_vec_pretty(known)
            .map_err(|error| Error::new(ErrorKind::Failed, format!("the registrations can't be written: {error}")))?;
        Ok(folder.replace(FILE, &bytes)?)
    }
}

/// Returns a client for the first authorization server of a discovery. `document`: URL of a client ID metadata document that
/// the user publishes. `may_register`: whether a new client may be registered. `None` if that would be needed and is not
/// allowed.
///
/// # Errors
/// If the server offers none of these, or refuses the registration.
pub async fn client_for(
    found: &Discovery,
    document: Option<&Url>,
    store: Option<&RegistrationStore>,
    may_register: bool,
) -> Result<Option<(RegisteredClient, ClientOrigin)>, Error> {
    let server = found.servers.first();
    let server =
        server.ok_or_else(|| Error::new(ErrorKind::Refused, "no authorization server found to register with"))?;
    let issuer = server.issuer.as_str().to_owned();
    if let Some(url) = document.filter(|_| server.client_id_documents) {
        let client_id = url.to_string();
        let client = RegisteredClient { issuer, client_id, redirect_uri: REDIRECT_URI.to_owned() };
        return Ok(Some((client, ClientOrigin::Document)));
    }
    let known = store.map(|store| store.get(&issuer)).transpose()?.flatten();
    // the server may compare the redirect URI exactly, so its port has to be free
    let is_usable = |client: &RegisteredClient| {
        RedirectUri::parse(&client.redirect_uri).is_ok_and(|uri| LoopbackPort::bind(&uri).is_ok())
    };
    if let Some(known) = known.filter(is_usable) {
        return Ok(Some((known, ClientOrigin::Remembered)));
    }
    if server.registration_endpoint.is_none() && server.client_id_documents {
        return Err(Error::new(ErrorKind::Refused, format!("`{issuer}` registers no clients, but accepts client ID metadata documents"))
            .hint("publish one, and pass its `https` URL with `--client-document`; its `client_id` is that URL")
            .hint(format!("with `\"redirect_uris\": [\"{REDIRECT_URI}\"]`, `\"token_endpoint_auth_method\": \"none\"` and `\"application_type\": \"native\"`")));
    }
    if !may_register {
        return Ok(None);
    }
    let (registration, port) = register(found).await?;
    let redirect_uri = registration.redirect_uri;
    let client = RegisteredClient { issuer, client_id: registration.client_id, redirect_uri };
    if let Some(store) = store {
        store.add(&client)?;
    }
    Ok(Some((client, ClientOrigin::Registered(port))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn registrations_are_kept_by_issuer() {
        let folder = tempfile::tempdir().unwrap();
        let store = RegistrationStore::in_folder(&folder.path().join("state"));
        let client = |issuer: &str, id: &str| RegisteredClient {
            issuer: issuer.to_owned(),
            client_id: id.to_owned(),
            redirect_uri: "http://127.0.0.1:1/callback".to_owned(),
        };
        assert_eq!(store.get("https://a.test").unwrap(), None);
        store.add(&client("https://a.test", "1")).unwrap();
        store.add(&client("https://b.test", "2")).unwrap();
        store.add(&client("https://a.test", "3")).unwrap();
        assert_eq!(store.get("https://a.test").unwrap().unwrap().client_id, "3");
        assert_eq!(store.get("https://b.test").unwrap().unwrap().client_id, "2");
        assert_eq!(store.get("https://a.test/").unwrap(), None, "issuers are compared exactly");
    }
}
