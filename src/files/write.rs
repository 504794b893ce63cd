//! Files that the user names: written whole or not at all, and never through a link.
//!
//! The new content goes into a file with a random name in the same folder, which is synchronized and then renamed. So a
//! full disk or a kill leaves the old file, and whatever lies at the destination is replaced rather than opened. A
//! destination that is a link is refused: the user can name the file that it leads to.

#![cfg_attr(not(test), expect(clippy::disallowed_methods, reason = "the one place where files are opened and written"))]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, FileType, Gid, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::{FileError, kind_of, shown, unusable};

/// Who may read a file that did not exist before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone whom the umask permits: mode 0666 without its bits.
    Everyone,
    /// The owner alone: mode 0600.
    Owner,
}

/// What happens to a file that is already at the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is written.
    Keep,
    /// Its content is replaced. It keeps its permission bits, but never setuid, setgid or sticky.
    Replace,
}

/// Writes a file whole or not at all. It is on the disk when this returns.
///
/// # Errors
/// When the destination is anything but a plain file that the user may write, or the system refuses. The old file is
/// then untouched.
pub fn write_file(path: &Path, bytes: &[u8], audience: Audience, existing: Existing) -> Result<(), FileError> {
    let (folder, name) = open_parent(path)?;
    let old = match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(old) => Some(old),
        Err(Errno::NOENT) => None,
        Err(error) => return Err(unusable(path, error)),
    };
    if let Some(old) = &old {
        demand_plain(path, old)?;
        if existing == Existing::Keep {
            return Err(FileError::Exists { path: shown(path) });
        }
        rustix::fs::accessat(&folder, name, Access::WRITE_OK, AtFlags::empty())
            .map_err(|error| unusable(path, error))?;
    }
    let passing = random_name(OsStr::new(".tokscope"))?;
    let written = write_new(&folder, &passing, bytes, audience, old.as_ref()).and_then(|()| {
        match existing {
            Existing::Replace => rustix::fs::renameat(&folder, &passing, &folder, name)?,
            Existing::Keep => rename_to_free(&folder, &passing, name)?,
        }
        rustix::fs::fsync(&folder)?;
        Ok(())
    });
    written.map_err(|error| {
        // nothing of the attempt is of use
        let _ = rustix::fs::unlinkat(&folder, &passing, AtFlags::empty());
        match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists { path: shown(path) },
            _ => unusable(path, error),
        }
    })
}

/// Writes the output that a command was asked to write to a path: a file as by [`write_file`], readable by its owner
/// alone if it is new, or else a stream such as `/dev/null`, `/dev/fd/3` or a pipe that somebody reads.
///
/// # Errors
/// See [`write_file`]. A terminal is refused too: what is written here is not escaped.
pub fn write_output(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    match open_stream(path)? {
        Some(mut stream) => stream.write_all(bytes).map_err(|error| unusable(path, error)),
        None => write_file(path, bytes, Audience::Owner, Existing::Replace),
    }
}

/// The links of these folders are the system's own.
const SYSTEM_FOLDERS: [&str; 3] = ["/dev", "/dev/fd", "/proc/self/fd"];

/// Opens what is no file in a folder but leads to a device, a pipe or a descriptor of this process.
fn open_stream(path: &Path) -> Result<Option<File>, FileError> {
    let is_system = path.parent().is_some_and(|folder| SYSTEM_FOLDERS.iter().any(|known| folder == Path::new(known)));
    let follow = if is_system { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    let Ok(state) = rustix::fs::statat(CWD, path, follow) else { return Ok(None) };
    let is_stream = |state: &Stat| match FileType::from_raw_mode(state.st_mode) {
        FileType::CharacterDevice | FileType::Fifo => true,
        FileType::RegularFile => is_system,
        _ => false,
    };
    if !is_stream(&state) {
        return Ok(None);
    }
    // to open a pipe that nobody reads must not hold this process up
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = if is_system { flags } else { flags | OFlags::NOFOLLOW };
    let stream = rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(|error| match error {
        Errno::NXIO => unusable(path, "it is a pipe that nobody reads"),
        error => unusable(path, error),
    })?;
    let state = rustix::fs::fstat(&stream).map_err(|error| unusable(path, error))?;
    if !is_stream(&state) {
        return Err(FileError::NotAFile { path: shown(path), found: kind_of(&state) });
    }
    if rustix::termios::isatty(&stream) {
        return Err(FileError::NotAFile { path: shown(path), found: "a terminal" });
    }
    let flags = rustix::fs::fcntl_getfl(&stream).map_err(|error| unusable(path, error))?;
    rustix::fs::fcntl_setfl(&stream, flags - OFlags::NONBLOCK).map_err(|error| unusable(path, error))?;
    Ok(Some(File::from(stream)))
}

/// Opens a file to read it and to append to it; it is made, readable by its owner alone, if there is none.
///
/// # Errors
/// When it is a link, has another name as well, is not a plain file, or belongs to another user.
pub fn open_append(path: &Path) -> Result<File, FileError> {
    let (folder, name) = open_parent(path)?;
    let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = rustix::fs::openat(&folder, name, flags | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR)
        .map_err(|error| match error {
            Errno::LOOP => linked(path),
            error => unusable(path, error),
        })?;
    let state = rustix::fs::fstat(&file).map_err(|error| unusable(path, error))?;
    demand_plain(path, &state)?;
    if state.st_uid != rustix::process::geteuid().as_raw() {
        return Err(FileError::Foreign { path: shown(path), owner: state.st_uid });
    }
    if state.st_nlink > 1 {
        return Err(FileError::NotAFile { path: shown(path), found: "a file with several names (hard links)" });
    }
    rustix::fs::fsync(&folder).map_err(|error| unusable(path, error))?;
    Ok(File::from(file))
}

/// The folder of a file, and the file's name in it. The folder is opened once: what its path leads to later is of no
/// consequence.
fn open_parent(path: &Path) -> Result<(OwnedFd, &OsStr), FileError> {
    let name = path
        .file_name()
        .filter(|_| !path.as_os_str().as_encoded_bytes().ends_with(b"/"))
        .ok_or_else(|| unusable(path, "it does not end with the name of a file"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = rustix::fs::openat(CWD, folder, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
    Ok((folder.map_err(|error| unusable(path, error))?, name))
}

fn demand_plain(path: &Path, state: &Stat) -> Result<(), FileError> {
    match FileType::from_raw_mode(state.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Symlink => Err(linked(path)),
        _ => Err(FileError::NotAFile { path: shown(path), found: kind_of(state) }),
    }
}

fn linked(path: &Path) -> FileError {
    FileError::Linked { path: shown(path), target: path.canonicalize().ok().map(|target| shown(&target)) }
}

/// A name that nobody can foresee.
pub(super) fn random_name(prefix: &OsStr) -> Result<String, FileError> {
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| unusable(Path::new(prefix), "the system gives no random numbers"))?;
    Ok(format!("{}.{:016x}{}", prefix.to_string_lossy(), u64::from_be_bytes(random), super::PASSING))
}

/// Makes a file, which must not exist, and synchronizes it. `old`: the file whose permissions it takes over.
pub(super) fn write_new(
    folder: impl AsFd,
    name: &str,
    bytes: &[u8],
    audience: Audience,
    old: Option<&Stat>,
) -> io::Result<()> {
    let private = Mode::RUSR | Mode::WUSR;
    let created = match (audience, old) {
        (Audience::Everyone, None) => private | Mode::RGRP | Mode::WGRP | Mode::ROTH | Mode::WOTH,
        _ => private,
    };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(folder, name, flags, created)?);
    file.write_all(bytes)?;
    match old {
        Some(old) => keep_permissions(&file, old)?,
        // the umask can only have taken bits away
        None if audience == Audience::Owner => rustix::fs::fchmod(&file, private)?,
        None => {}
    }
    file.sync_all()
}

/// Gives a new file the permission bits of the one that it replaces. Those of a file of another user, or for a group
/// that the new file can't have, were meant for somebody else.
fn keep_permissions(file: &File, old: &Stat) -> io::Result<()> {
    let mut mode = Mode::from_raw_mode(old.st_mode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO);
    let new = rustix::fs::fstat(file)?;
    if new.st_uid != old.st_uid {
        mode &= Mode::RWXU | Mode::RGRP | Mode::ROTH;
    } else if new.st_gid != old.st_gid && rustix::fs::fchown(file, None, Some(Gid::from_raw(old.st_gid))).is_err() {
        mode -= Mode::RWXG;
    }
    rustix::fs::fchmod(file, mode)?;
    Ok(())
}

/// Gives a file its name if that is still free.
fn rename_to_free(folder: &OwnedFd, passing: &str, name: &OsStr) -> io::Result<()> {
    match rustix::fs::linkat(folder, passing, folder, name, AtFlags::empty()) {
        Ok(()) => {
            rustix::fs::unlinkat(folder, passing, AtFlags::empty())?;
            Ok(())
        }
        // a file system without hard links
        Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::MLINK) => {
            if rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
                return Err(Errno::EXIST.into());
            }
            rustix::fs::renameat(folder, passing, folder, name)?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
