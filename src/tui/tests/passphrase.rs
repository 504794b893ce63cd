//! The passphrase of the vault, entered on the screen.

use std::path::Path;

use super::fixtures::{context, now};
use super::{Driven, assert_shown};
use crate::app::passphrase_questions;
use crate::vault::Vault;

const PASSPHRASE: &str = "correct horse battery";

/// Returns a screen with a vault that asks for its passphrase.
fn locked(folder: &Path) -> Driven {
    let (keys, questions) = passphrase_questions();
    let context = context().with_vault(Vault::in_folder(folder, keys));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut driven = Driven::on(context, false, (80, 24), now, runtime);
    driven.screen.questions = Some(questions);
    driven
}

#[test]
fn the_vault_asks_for_its_passphrase_when_it_is_needed_and_again_if_it_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let created = passphrase_questions();
    drop(created);
    let known = crate::vault::Keys::Passphrase(std::sync::Arc::new(|_| Ok(crate::secret::Secret::new(PASSPHRASE))));
    Vault::in_folder(&path, known).update(|_| ()).unwrap();
    let mut driven = locked(&path);
    // the first frame needs no vault
    assert!(!driven.keys("").contains("passphrase"));
    assert_shown(&driven.keys("t<wait>"), &["passphrase of the vault", "The vault is protected with a passphrase."]);
    let screen = driven.keys("wrong");
    assert_shown(&screen, &["passphrase   *****_"]);
    assert!(!screen.contains("wrong"));
    assert_shown(&driven.keys("<enter><wait>"), &["the passphrase does not unlock the vault", "passphrase   _"]);
    assert_shown(&driven.keys(&format!("{PASSPHRASE}<enter><wait>")), &["tokens of this session and in the vault"]);
    assert!(driven.model.vault_error.is_none());
}

#[test]
fn without_a_passphrase_the_vault_stays_locked_and_the_prompt_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let known = crate::vault::Keys::Passphrase(std::sync::Arc::new(|_| Ok(crate::secret::Secret::new(PASSPHRASE))));
    Vault::in_folder(&path, known).update(|_| ()).unwrap();
    let mut driven = locked(&path);
    assert_shown(&driven.keys("t<wait><esc><wait>"), &["no passphrase: none was entered"]);
    assert_shown(&driven.keys("<esc>t<wait>"), &["passphrase of the vault"]);
    // a palette would hide the question
    assert_shown(&driven.keys("<ctrl-p>"), &["answer first: Enter continues, Esc leaves the vault locked"]);
}
