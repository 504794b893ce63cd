//! Tests of every keyring failure.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use keyring_core::{Error as CoreError, mock};

use super::*;
use crate::vault::seal::{Header, Lock};

const NEEDLE: &[u8] = b"needle-5f1d9c3b7a";

type Failure = fn() -> CoreError;

/// Each variant of the library's error, with the start of the message.
const FAILURES: [(Failure, &str); 11] = [
    (|| CoreError::PlatformFailure("no bus".into()), "no keyring available: no bus"),
    (|| CoreError::NoStorageAccess("a prompt".into()), "the keyring is locked or denies access: a prompt"),
    (|| CoreError::NoEntry, "no keyring available: the entry that was just written is missing"),
    (|| CoreError::BadEncoding(NEEDLE.to_vec()), "the keyring entry was not written by tokscope"),
    (|| CoreError::BadDataFormat(NEEDLE.to_vec(), "x".into()), "the keyring entry was not written by tokscope"),
    (|| CoreError::BadStoreFormat("x".to_owned()), "the keyring entry was not written by tokscope"),
    (|| CoreError::TooLong("secret".to_owned(), 16), "the keyring stores at most 16 bytes"),
    (
        || CoreError::Invalid("user".to_owned(), "x".to_owned()),
        "not supported by the keyring: it rejects the attribute `user`",
    ),
    (|| CoreError::Ambiguous(Vec::new()), "the keyring has 0 entries with the name of tokscope's entry"),
    (|| CoreError::NoDefaultStore, "no keyring available: no supported keyring on this system"),
    (|| CoreError::NotSupportedByStore("x".to_owned()), "not supported by the keyring: the operation is not supported"),
];

/// Messages of libdbus 1.14.10, as received.
#[test]
fn an_absent_keyring_is_reported_in_plain_words() {
    for (received, said) in [
        (
            "DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time, set your \
             DBUS_SESSION_BUS_ADDRESS instead",
            "this session has no D-Bus",
        ),
        ("DBus error: Unable to autolaunch a dbus-daemon without a $DISPLAY for X11", "this session has no D-Bus"),
        (
            "DBus error: Failed to connect to socket /nonexistent: No such file or directory",
            "this session has no D-Bus",
        ),
        (
            "DBus error: The name org.freedesktop.secrets was not provided by any .service files",
            "no program provides the Secret Service",
        ),
        ("something else\nand its details", "something else"),
    ] {
        let failure = translate(CoreError::PlatformFailure(received.into()));
        assert_eq!(failure.to_string(), format!("no keyring available: {said}"));
    }
}

#[test]
fn every_failure_is_reported_without_the_secret() {
    for (failure, said) in FAILURES {
        let opening = Keyring::new(move || Err(failure()));
        let error = opening.secret("user").unwrap_err();
        assert!(error.to_string().starts_with(said), "{error}");
        assert!(!format!("{error:?} {error}").contains("needle"));
        assert!(!format!("{error:?}").contains("110, 101, 101"), "no bytes of it either");
    }
}

#[test]
fn every_failure_of_an_entry_ends_a_write() {
    let id = Header::new(Lock::Keyring).unwrap().id;
    for (failure, said) in FAILURES {
        let store = mock::Store::new().unwrap();
        let keyring = Keyring::new(move || {
            let entry = entry(&*store, &user(id))?;
            let credential = entry.as_any().downcast_ref::<mock::Cred>().unwrap();
            credential.set_error(failure());
            Ok(Arc::clone(&store) as Arc<CredentialStore>)
        });
        let error = keyring.set_key(id, &MasterKey::random().unwrap()).unwrap_err();
        assert!(error.to_string().starts_with(said), "{error}");
    }
}

#[test]
fn a_key_of_another_length_is_not_used() {
    let store = mock::Store::new().unwrap();
    let id = Header::new(Lock::Keyring).unwrap().id;
    entry(&*store, &user(id)).unwrap().set_secret(NEEDLE).unwrap();
    let keyring = Keyring::new(move || Ok(Arc::clone(&store) as Arc<CredentialStore>));
    assert_eq!(keyring.key(id).unwrap_err(), KeyringError::Malformed);
    assert!(keyring.key(Header::new(Lock::Keyring).unwrap().id).unwrap().is_none());
}

#[test]
fn a_library_that_panics_is_an_error() {
    let keyring = Keyring::new(|| panic!("a test's own panic"));
    assert!(matches!(keyring.secret("user"), Err(KeyringError::Unavailable(_))));
}

#[test]
fn a_name_that_no_bus_carries_is_refused() {
    let keyring = Keyring::new(|| panic!("it must not be opened"));
    assert!(matches!(keyring.secret("https://a.example b\0c"), Err(KeyringError::Unsupported(_))));
}
