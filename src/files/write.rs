//! Writing of files that the user names: atomically, and never through a link.
//!
//! The new content is written to a file with a random name in the same directory, which is synchronized and renamed. A
//! full disk or a kill therefore leaves the old file, and the destination is replaced rather than opened. A
//! destination that is a link is refused; the user can name its target.

#![cfg_attr(not(test), expect(clippy::disallowed_methods, reason = "the only module that opens and writes files"))]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, FileType, Gid, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::{FileError, kind_of, permission_bits, shown, unusable};

/// Permissions of a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Mode 0666 without the bits of the umask.
    Everyone,
    /// Owner only: mode 0600.
    Owner,
}

/// Handling of an existing file at the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Keep it, and write nothing.
    Keep,
    /// Replace its content. Its permission bits are kept, except setuid, setgid and sticky.
    Replace,
}

/// Writes a file atomically. It is on the disk when this returns.
///
/// # Errors
/// If the destination is not a regular file that the user can write, or a system call fails. The old file is
/// then unchanged.
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
        // remove the partial file
        let _ = rustix::fs::unlinkat(&folder, &passing, AtFlags::empty());
        match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists { path: shown(path) },
            _ => unusable(path, error),
        }
    })
}

/// Writes the output of a command to a path: to a file like [`write_file`], with mode 0600
/// if it is new, or to a stream such as `/dev/null`, `/dev/fd/3` or a pipe with a reader.
///
/// # Errors
/// See [`write_file`]. A terminal is refused too, since the output is not escaped.
pub fn write_output(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    match open_stream(path)? {
        Some(mut stream) => stream.write_all(bytes).map_err(|error| unusable(path, error)),
        None => write_file(path, bytes, Audience::Owner, Existing::Replace),
    }
}

/// Directories whose links belong to the system.
const SYSTEM_FOLDERS: [&str; 3] = ["/dev", "/dev/fd", "/proc/self/fd"];

/// Opens a device, a pipe or a descriptor of this process.
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
    // opening a pipe without a reader must not block this process
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = if is_system { flags } else { flags | OFlags::NOFOLLOW };
    let stream = rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(|error| match error {
        Errno::NXIO => unusable(path, "it is a pipe without a reader"),
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

/// Opens a file for reading and appending; creates it with mode 0600 if needed.
///
/// # Errors
/// If it is a link, has several hard links, is not a regular file, belongs to another user, can be written by every
/// user, or is setuid or setgid: a file that is appended to keeps its permission bits.
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
        return Err(FileError::NotAFile { path: shown(path), found: "a file with several hard links" });
    }
    let mode = Mode::from_raw_mode(state.st_mode);
    if mode.intersects(Mode::SUID | Mode::SGID) {
        return Err(unusable(path, "it is setuid or setgid"));
    }
    if mode.contains(Mode::WOTH) {
        return Err(FileError::Lax { path: shown(path), mode: permission_bits(mode), wanted: 0o600 });
    }
    rustix::fs::fsync(&folder).map_err(|error| unusable(path, error))?;
    Ok(File::from(file))
}

/// Opens the directory of a file, and returns it with the file's name. Later changes of the path have no
/// effect.
fn open_parent(path: &Path) -> Result<(OwnedFd, &OsStr), FileError> {
    let name = path
        .file_name()
        .filter(|_| !path.as_os_str().as_encoded_bytes().ends_with(b"/"))
        .ok_or_else(|| unusable(path, "it does not end with a file name"))?;
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

/// Returns an unpredictable file name.
pub(super) fn random_name(prefix: &OsStr) -> Result<String, FileError> {
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| unusable(Path::new(prefix), "the system's random number generator failed"))?;
    Ok(format!("{}.{:016x}{}", prefix.to_string_lossy(), u64::from_be_bytes(random), super::PASSING))
}

/// Creates and synchronizes a file that must not exist. `old`: the file whose permissions it gets.
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
        // the umask can only have removed bits
        None if audience == Audience::Owner => rustix::fs::fchmod(&file, private)?,
        None => {}
    }
    file.sync_all()
}

/// Sets the permission bits of a new file to those of the one it replaces. Bits of another user's file, or for a group
/// that the new file can't have, are not copied.
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

/// Renames a file unless the new name exists.
fn rename_to_free(folder: &OwnedFd, passing: &str, name: &OsStr) -> io::Result<()> {
    match rustix::fs::linkat(folder, passing, folder, name, AtFlags::empty()) {
        Ok(()) => {
            rustix::fs::unlinkat(folder, passing, AtFlags::empty())?;
            Ok(())
        }
        // the file system has no hard links
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
