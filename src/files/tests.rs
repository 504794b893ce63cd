//! Tests of modes, links and locks on a real file system.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data").join("tokscope");
    (folder, path)
}

#[test]
fn files_are_written_atomically_with_private_modes() {
    let (_scratch, path) = scratch();
    assert!(PrivateFolder::open(&path).unwrap().is_none());
    let folder = PrivateFolder::create(&path).unwrap();
    assert!(folder.read("vault", 100).unwrap().is_none());
    for content in ["one", "two, and longer", ""] {
        folder.replace("vault", content.as_bytes()).unwrap();
        assert_eq!(folder.read("vault", 100).unwrap().unwrap().as_slice(), content.as_bytes());
    }
    assert_eq!(fs::metadata(path.join("vault")).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o700);
    folder.replace("vault", &[7; 101]).unwrap();
    assert!(matches!(folder.read("vault", 100), Err(FileError::TooLarge { most: 100, .. })));
    assert_eq!((folder.remove("vault").unwrap(), folder.remove("vault").unwrap()), (true, false));
    assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
}

#[test]
fn files_accessible_by_others_are_refused() {
    let (_scratch, path) = scratch();
    let folder = PrivateFolder::create(&path).unwrap();
    folder.replace("vault", b"secret").unwrap();
    for mode in [0o640, 0o604, 0o620, 0o602, 0o660, 0o666, 0o644] {
        fs::set_permissions(path.join("vault"), Permissions::from_mode(mode)).unwrap();
        let error = folder.read("vault", 100).unwrap_err();
        assert!(matches!(error, FileError::Lax { mode: found, .. } if found == mode), "{error:?}");
        assert!(error.hint().unwrap().contains("chmod 600"));
    }
    fs::set_permissions(path.join("vault"), Permissions::from_mode(0o600)).unwrap();
    for mode in [0o750, 0o705, 0o770, 0o777, 0o1777] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let error = PrivateFolder::create(&path).unwrap_err();
        assert!(matches!(error, FileError::Lax { mode: found, .. } if found == mode), "{error:?}");
        assert!(error.hint().unwrap().contains("chmod 700"));
    }
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    let parent = path.parent().unwrap();
    for (mode, fine) in [(0o775, false), (0o777, false), (0o1777, true), (0o755, true), (0o700, true)] {
        fs::set_permissions(parent, Permissions::from_mode(mode)).unwrap();
        assert_eq!(PrivateFolder::open(&path).is_ok(), fine, "{mode:o}");
    }
}

#[test]
fn links_and_pipes_are_not_followed() {
    let (scratch, path) = scratch();
    let folder = PrivateFolder::create(&path).unwrap();
    let elsewhere = scratch.path().join("elsewhere");
    fs::write(&elsewhere, "untouched").unwrap();
    fs::set_permissions(&elsewhere, Permissions::from_mode(0o600)).unwrap();
    symlink(&elsewhere, path.join("vault")).unwrap();
    assert!(matches!(folder.read("vault", 100), Err(FileError::NotPlain { .. })));
    assert!(matches!(folder.try_lock("vault"), Err(FileError::NotPlain { .. })));
    // replacing affects the link itself
    folder.replace("vault", b"new").unwrap();
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "untouched");
    assert!(!fs::symlink_metadata(path.join("vault")).unwrap().is_symlink());
    rustix::fs::mknodat(&folder.handle, "pipe", FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    assert!(matches!(folder.read("pipe", 100), Err(FileError::NotPlain { .. })));
    let link = scratch.path().join("data").join("link");
    symlink(&path, &link).unwrap();
    for wrong in [&link, &elsewhere] {
        assert!(matches!(PrivateFolder::create(wrong), Err(FileError::NotPlain { .. })), "{wrong:?}");
    }
}

#[test]
fn replacing_the_directory_by_a_link_has_no_effect() {
    let (scratch, path) = scratch();
    let trap = scratch.path().join("trap");
    fs::create_dir(&trap).unwrap();
    fs::set_permissions(&trap, Permissions::from_mode(0o700)).unwrap();
    drop(PrivateFolder::create(&path).unwrap());
    let aside = scratch.path().join("data").join("aside");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                fs::rename(&path, &aside).unwrap();
                symlink(&trap, &path).unwrap();
                fs::remove_file(&path).unwrap();
                fs::rename(&aside, &path).unwrap();
                // keep it in place for a while, so that it is found on a busy machine
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let mut written = 0;
        for _ in 0..20_000 {
            // while it is missing or a link, an error is expected
            if let Ok(Some(folder)) = PrivateFolder::open(&path) {
                folder.replace("vault", b"content").unwrap();
                written += 1;
                if written == 200 {
                    break;
                }
            }
        }
        done.store(true, Ordering::Relaxed);
        assert!(written > 0);
    });
    assert_eq!(fs::read_dir(&trap).unwrap().count(), 0);
}

#[test]
fn the_lock_is_exclusive_and_leftovers_are_removed() {
    let (_scratch, path) = scratch();
    let folder = PrivateFolder::create(&path).unwrap();
    let lock = folder.try_lock("vault.lock").unwrap().unwrap();
    let other = PrivateFolder::create(&path).unwrap();
    assert!(other.try_lock("vault.lock").unwrap().is_none());
    assert!(matches!(other.lock("vault.lock", Duration::from_millis(20)), Err(FileError::Busy { .. })));
    drop(lock);
    other.lock("vault.lock", Duration::from_millis(20)).unwrap();
    folder.write_new(".vault.0123456789abcdef.tmp", b"torn").unwrap();
    folder.write_new(".other.0123456789abcdef.tmp", b"another's").unwrap();
    folder.remove_leftovers("vault").unwrap();
    let mut names: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".other.0123456789abcdef.tmp", "vault.lock"]);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn replacing_a_file_leaves_no_temporary_file() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("manifest");
    for content in ["one", "two, and longer", ""] {
        write_file(&path, content.as_bytes(), Audience::Everyone, Existing::Replace).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    let error = write_file(&path, b"other", Audience::Everyone, Existing::Keep).unwrap_err();
    assert!(matches!(error, FileError::Exists { .. }), "{error:?}");
    // a temporary file also works for a name of maximum length
    write_file(&scratch.path().join("n".repeat(255)), b"long", Audience::Owner, Existing::Keep).unwrap();
    assert_eq!(names(scratch.path()), ["manifest".to_owned(), "n".repeat(255)]);
}

#[test]
fn only_a_regular_file_is_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("folder")).unwrap();
    let handle = fs::File::open(scratch.path()).unwrap();
    rustix::fs::mknodat(&handle, "pipe", FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(scratch.path().join("socket")).unwrap();
    symlink("folder", scratch.path().join("link")).unwrap();
    symlink("nothing", scratch.path().join("dangling")).unwrap();
    let before = names(scratch.path());
    for name in ["folder", "pipe", "socket", "link", "dangling", "..", ".", "new/", "missing/new"] {
        let path = scratch.path().join(name);
        for existing in [Existing::Keep, Existing::Replace] {
            let error = write_file(&path, b"content", Audience::Everyone, existing).unwrap_err();
            let is_link = matches!(error, FileError::Linked { .. });
            assert_eq!(is_link, ["link", "dangling"].contains(&name), "{name}: {error:?}");
        }
        open_append(&path).unwrap_err();
    }
    write_output(&scratch.path().join("pipe"), b"content").unwrap_err();
    assert_eq!(names(scratch.path()), before);
}

#[test]
fn a_file_that_others_can_write_or_that_runs_as_its_owner_is_not_appended_to() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("state");
    fs::write(&path, "old").unwrap();
    for (mode, is_fine) in
        [(0o600, true), (0o644, true), (0o664, true), (0o602, false), (0o4600, false), (0o2610, false), (0o6777, false)]
    {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert_eq!(open_append(&path).is_ok(), is_fine, "{mode:o}");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, mode);
    }
}

#[test]
fn a_read_only_file_is_not_replaced() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("manifest");
    for (file, folder) in [(0o444, 0o700), (0o644, 0o500)] {
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(file)).unwrap();
        fs::set_permissions(scratch.path(), Permissions::from_mode(folder)).unwrap();
        let written = write_file(&path, b"new", Audience::Everyone, Existing::Replace);
        fs::set_permissions(scratch.path(), Permissions::from_mode(0o700)).unwrap();
        // root can write everything
        let expected = if rustix::process::geteuid().is_root() { "new" } else { "old" };
        assert_eq!((written.is_ok(), fs::read_to_string(&path).unwrap().as_str()), (expected == "new", expected));
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, file);
        assert_eq!(names(scratch.path()), ["manifest"]);
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_destination_that_becomes_a_link_is_not_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let (victim, path) = (scratch.path().join("victim"), scratch.path().join("manifest"));
    fs::write(&victim, "precious").unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _ = symlink(&victim, &path);
                let _ = fs::remove_file(&path);
                // keep it free for a while, so that something is written on a busy machine
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let mut written = 0;
        for _ in 0..20_000 {
            // while it is a link, an error is expected
            written += usize::from(write_file(&path, b"new", Audience::Everyone, Existing::Replace).is_ok());
            let _ = open_append(&path).map(|file| file.set_len(0));
            if written == 200 {
                break;
            }
        }
        done.store(true, Ordering::Relaxed);
        assert!(written > 0);
    });
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn a_secret_is_private_if_its_mode_or_directory_excludes_others() {
    let scratch = tempfile::tempdir().unwrap();
    let inner = scratch.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o755)).unwrap();
    let path = inner.join("secret");
    fs::write(&path, "content").unwrap();
    // the temporary directory may already be private
    let is_shut = scratch.path().ancestors().any(|folder| fs::metadata(folder).unwrap().mode() & 0o011 == 0);
    for (file, folder, fits) in [
        (0o600, 0o755, true),
        (0o400, 0o777, true),
        (0o644, 0o755, false),
        (0o644, 0o711, false),
        (0o640, 0o710, false),
        (0o644, 0o700, true),
        (0o644, 0o744, true),
        (0o660, 0o700, false),
        (0o602, 0o700, false),
    ] {
        fs::set_permissions(&path, Permissions::from_mode(file)).unwrap();
        fs::set_permissions(&inner, Permissions::from_mode(folder)).unwrap();
        let fits = fits || (is_shut && file & 0o022 == 0);
        assert_eq!(read_secret(&path, 100).is_ok(), fits, "{file:o} in {folder:o}");
        assert_eq!(check_secret(&path).is_ok(), fits, "{file:o} in {folder:o}");
    }
    assert!(matches!(read_secret(&path, 6), Err(FileError::Lax { .. } | FileError::TooLarge { .. })));
    assert_eq!(read_file(&path, 7).unwrap().as_slice(), b"content");
    assert_eq!(read_file(&path, 6).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
}
