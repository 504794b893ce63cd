//! Modes, links and locks, on a real file system.

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
fn files_are_whole_and_private() {
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
fn what_is_open_to_others_is_refused() {
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
    // a writer that is told to replaces the link itself
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
fn a_folder_that_is_swapped_for_a_link_leads_nowhere_else() {
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
                // it has to be there for a while, or nobody would ever find it on a busy machine
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        let mut written = 0;
        for _ in 0..20_000 {
            // while it is away or a link, an error is the right answer
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
fn one_holds_the_lock_and_leftovers_go() {
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
