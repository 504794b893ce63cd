//! Reads client secrets from the sources in the manifest.

use std::path::PathBuf;

use super::{Context, Error, ErrorKind, secret_variable};
use crate::files::{read_file, read_secret};
use crate::manifest::{Client, SecretReference};
use crate::secret::Secret;
use crate::text::shell_word;
use crate::vault::Keyring;

/// Maximum size of a secret file, in bytes.
const MOST_BYTES: u64 = 64 << 10;

impl Context {
    /// Returns the secret of a client; `None` for a public client. Errors name the source, never the content.
    pub(super) fn client_secret(&self, client: &Client) -> Result<Option<Secret>, Error> {
        if let Some(secret) = self.secrets.get(&client.name) {
            return Ok(Some(secret.clone()));
        }
        client.secret.as_ref().map(|reference| self.referenced(client, "secret", reference)).transpose()
    }

    /// Reads a secret, private key or assertion of a client. `what` is used in errors.
    pub(super) fn referenced(&self, client: &Client, what: &str, reference: &SecretReference) -> Result<Secret, Error> {
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

    /// Reads a secret file, which only the user must be able to read.
    fn secret_file(&self, path: &str) -> Result<Secret, Error> {
        let resolved = self.inside(path)?;
        let bytes = read_secret(&resolved, MOST_BYTES)?;
        text(path, &bytes).map(Secret::new)
    }

    /// Reads a file that is not secret, such as a certificate.
    pub(super) fn public_file(&self, path: &str) -> Result<String, Error> {
        let bytes = read_file(&self.inside(path)?, MOST_BYTES).map_err(|error| Error::unreadable(path, &error))?;
        text(path, &bytes).map(str::to_owned)
    }

    /// Resolves a path in the manifest's directory.
    fn inside(&self, path: &str) -> Result<PathBuf, Error> {
        let folder = self.folder.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("the path `{path}` is relative, but the manifest is not a file"))
        })?;
        let folder = if folder.as_os_str().is_empty() { ".".as_ref() } else { folder.as_path() };
        let unreadable = |error: std::io::Error| Error::unreadable(path, &error);
        // a link could lead out of the directory, so both are resolved before the comparison
        let folder = folder.canonicalize().map_err(unreadable)?;
        let resolved = folder.join(path).canonicalize().map_err(unreadable)?;
        if !resolved.starts_with(&folder) {
            return Err(Error::new(ErrorKind::Usage, format!("the file `{path}` is outside the manifest's directory")));
        }
        Ok(resolved)
    }
}

/// Removes a trailing line break.
fn text<'b>(path: &str, bytes: &'b [u8]) -> Result<&'b str, Error> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::Usage, format!("the file `{path}` is not valid UTF-8")))?;
    Ok(text.trim_end_matches(['\r', '\n']))
}

/// Reads the keyring entry with service `tokscope` and the user name `ISSUER CLIENT_ID`. An issuer
/// has no spaces, so clients of different issuers have different names.
fn from_keyring(client: &Client) -> Result<Secret, Error> {
    let user = format!("{} {}", client.issuer, client.client_id);
    let found = Keyring::of_the_system().secret(&user)?.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "no such entry in the keyring").hint(format!(
            "store it: `secret-tool store --label=tokscope service tokscope username {}`",
            shell_word(&user)
        ))
    })?;
    let text = std::str::from_utf8(&found)
        .map_err(|_| Error::new(ErrorKind::Usage, "the keyring entry is not valid UTF-8"))?;
    Ok(Secret::new(text))
}

fn from_environment(name: &str) -> Result<Secret, Error> {
    secret_variable(name).map(Secret::new).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the environment variable `{name}` is not set"))
            .hint(format!("set `{name}`, or select another client with `--client`"))
    })
}
