//! A vault whose keyring is a file, so that several processes share it without a desktop.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Entry, Error, Result};
use tokscope::vault::{Keyring, Keys, Vault};

pub(crate) fn vault(folder: &Path) -> Vault {
    let keys = KeyFiles(folder.with_extension("keys"));
    Vault::in_folder(folder, Keys::Keyring(Keyring::new(move || Ok(Arc::new(keys.clone())))))
}

#[derive(Clone, Debug)]
struct KeyFiles(PathBuf);

#[derive(Clone, Debug)]
struct KeyFile(PathBuf);

impl CredentialStoreApi for KeyFiles {
    fn vendor(&self) -> String {
        "test".to_owned()
    }

    fn id(&self) -> String {
        "files".to_owned()
    }

    fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        fs::create_dir_all(&self.0).unwrap();
        Ok(Entry::new_with_credential(Arc::new(KeyFile(self.0.join(user)))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for KeyFile {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        fs::write(&self.0, secret).map_err(|error| Error::PlatformFailure(error.into()))
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        fs::read(&self.0).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::NoEntry,
            _ => Error::PlatformFailure(error.into()),
        })
    }

    fn delete_credential(&self) -> Result<()> {
        fs::remove_file(&self.0).map_err(|error| Error::PlatformFailure(error.into()))
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
