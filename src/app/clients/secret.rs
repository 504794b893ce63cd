//! Reads the secrets of clients from the environment, files and the keyring.

use std::path::PathBuf;

use crate::app::{Context, Error, ErrorKind, secret_variable};
use crate::files::{read_file, read_secret};
use crate::manifest::{Client, SecretReference};
use crate::secret::Secret;
use crate::text::shell_word;
use crate::vault::Keyring;

/// Maximum size of a secret file, in bytes.
const MOST_BYTES: u64 = 64 << 10;

/// Reads the secrets that the manifest refers to. Errors name the source, never the content.
#[derive(Debug)]
pub(in crate::app) struct ClientSecrets<'a> {
    context: &'a Context,
}

impl<'a> ClientSecrets<'a> {
    /// Creates a reader.
    pub(in crate::app) fn new(context: &'a Context) -> Self {
        Self { context }
    }

    /// Reads the secret of a client; `None` for a public client.
    pub(super) fn secret(&self, client: &Client) -> Result<Option<Secret>, Error> {
        if let Some(secret) = self.context.given_secrets().get(&client.name) {
            return Ok(Some(secret.clone()));
        }
        client.secret.as_ref().map(|reference| self.referenced(client, "secret", reference)).transpose()
    }

    /// Reads a secret, private key or assertion that a client refers to. `what`: its name, for errors.
    pub(in crate::app) fn referenced(
        &self,
        client: &Client,
        what: &str,
        reference: &SecretReference,
    ) -> Result<Secret, Error> {
        let secret = match reference {
            SecretReference::Env(name) => from_environment(name),
            SecretReference::File(path) => self.secret_file(path),
            SecretReference::Keyring => from_keyring(client),
        };
        let secret = secret.map_err(|error| Error {
            message: format!("the {what} of client `{}`: {}", client.name, error.message),
            ..error
        })?;
        if secret.expose().is_empty() {
            return Err(Error::new(ErrorKind::Usage, format!("the {what} of client `{}` is empty", client.name)));
        }
        Ok(secret)
    }

    /// Reads a secret from a file, which only the user may be able to read.
    fn secret_file(&self, path: &str) -> Result<Secret, Error> {
        let resolved = self.inside(path)?;
        let bytes = read_secret(&resolved, MOST_BYTES)?;
        text(path, &bytes).map(Secret::new)
    }

    /// Reads the certificate of a client that uses mutual TLS.
    pub(super) fn certificate(&self, client: &Client) -> Result<String, Error> {
        let path = client.certificate.as_deref().ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("client `{}` needs a `certificate` for mutual TLS", client.name))
        })?;
        let bytes = read_file(&self.inside(path)?, MOST_BYTES).map_err(|error| Error::unreadable(path, &error))?;
        text(path, &bytes).map(str::to_owned)
    }

    /// Resolves the path of a file in the manifest's folder.
    fn inside(&self, path: &str) -> Result<PathBuf, Error> {
        let folder = self.context.folder().ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("the path `{path}` is relative, but the manifest is not a file"))
        })?;
        let folder = if folder.as_os_str().is_empty() { ".".as_ref() } else { folder };
        let unreadable = |error: std::io::Error| Error::unreadable(path, &error);
        // a link may lead out of the folder, so both are resolved first
        let folder = folder.canonicalize().map_err(unreadable)?;
        let resolved = folder.join(path).canonicalize().map_err(unreadable)?;
        if !resolved.starts_with(&folder) {
            return Err(Error::new(ErrorKind::Usage, format!("the file `{path}` is outside the manifest's directory")));
        }
        Ok(resolved)
    }
}

/// Decodes text and removes the line break at its end.
fn text<'b>(path: &str, bytes: &'b [u8]) -> Result<&'b str, Error> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::Usage, format!("the file `{path}` is not valid UTF-8")))?;
    Ok(text.trim_end_matches(['\r', '\n']))
}

/// Reads the keyring's entry of service `tokscope` whose user name is the issuer, a space and the `client_id`. An issuer
/// has no space, so names are unambiguous.
fn from_keyring(client: &Client) -> Result<Secret, Error> {
    let user = format!("{} {}", client.issuer, client.client_id);
    let found = Keyring::of_the_system().secret(&user)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "not found in the keyring").hint(format!(
            "store it with `secret-tool store --label=tokscope service tokscope username {}`",
            shell_word(&user)
        ))
    })?;
    let text = std::str::from_utf8(&found)
        .map_err(|_| Error::new(ErrorKind::Usage, "the keyring's entry is not UTF-8 text"))?;
    Ok(Secret::new(text))
}

fn from_environment(name: &str) -> Result<Secret, Error> {
    secret_variable(name).map(Secret::new).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the environment variable `{name}` is not set"))
            .hint(format!("set `{name}`, or select another client with `--client`"))
    })
}
