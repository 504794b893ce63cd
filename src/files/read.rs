//! Reading of files that the user names and that hold secrets or decide where secrets are sent: in bounded time and
//! space, and secret files only if no other user can access them.

#![cfg_attr(not(test), expect(clippy::disallowed_methods, reason = "the only module that opens and writes files"))]

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use zeroize::Zeroizing;

use super::{FileError, TRY_AGAIN, kind_of, permission_bits, shown, unusable};

/// Time limit for a process substitution such as `<(pass show vault)`: the user may have to unlock
/// something for it.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads a whole file: a regular one, or an inherited pipe named `/dev/fd/N`. Links are
/// followed.
///
/// # Errors
/// If it is anything else, such as a named pipe or a device, has more than `most` bytes
/// ([`io::ErrorKind::FileTooLarge`]), or the pipe is not closed in time.
pub fn read_file(path: &Path, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let (file, state) = open(path)?;
    read_opened(file, &state, most)
}

/// Reads a secret file like [`read_file`]; only its owner must be able to read or write it. Children of this
/// process do not inherit a descriptor that was passed for it.
///
/// # Errors
/// See [`read_file`]; also if the file belongs to another user, or is accessible by others: it has write permissions
/// for others, or read permissions for others without a directory on its path that excludes them.
pub fn read_secret(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    keep_from_children(path);
    let (file, state) = open(path).map_err(|error| unusable(path, error))?;
    demand_secret(path, &state)?;
    let is_stdin = rustix::fs::fstat(rustix::stdio::stdin()).is_ok_and(|stdin| is_same(&stdin, &state));
    let bytes = read_opened(file, &state, most).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            FileError::TooLarge { path: shown(path), most: usize::try_from(most).unwrap_or(usize::MAX) }
        }
        _ => unusable(path, error),
    });
    if is_stdin && let Ok(nothing) = rustix::fs::openat(CWD, "/dev/null", OFlags::RDONLY, Mode::empty()) {
        // a child could seek to its start
        let _ = rustix::stdio::dup2_stdin(nothing);
    }
    bytes
}

/// Checks a secret file without reading it, so that a problem is reported early.
///
/// # Errors
/// See [`read_secret`]. A missing file is not an error yet.
pub fn check_secret(path: &Path) -> Result<(), FileError> {
    match rustix::fs::statat(CWD, path, rustix::fs::AtFlags::empty()) {
        Ok(state) => {
            demand_readable(path, &state)
                .map_err(|_| FileError::NotAFile { path: shown(path), found: kind_of(&state) })?;
            demand_secret(path, &state)
        }
        Err(_) => Ok(()),
    }
}

/// Marks the inherited descriptors of a file as close-on-exec.
pub fn keep_from_children(path: &Path) {
    let Ok(state) = rustix::fs::statat(CWD, path, rustix::fs::AtFlags::empty()) else { return };
    if !matches!(FileType::from_raw_mode(state.st_mode), FileType::RegularFile | FileType::Fifo | FileType::Socket) {
        return;
    }
    let Ok(entries) = std::fs::read_dir("/dev/fd") else { return };
    for number in entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok()) {
        let inherited = rustix::fs::statat(CWD, format!("/dev/fd/{number}"), rustix::fs::AtFlags::empty());
        if number > 2 && inherited.is_ok_and(|inherited| is_same(&inherited, &state)) {
            // closed meanwhile, or opened by this function
            let _ = fcntl(number, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC));
        }
    }
}

fn is_same(one: &Stat, other: &Stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

fn open(path: &Path) -> io::Result<(File, Stat)> {
    // a pipe without a writer must not block this process
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::openat(CWD, path, flags, Mode::empty())?;
    let state = rustix::fs::fstat(&file)?;
    demand_readable(path, &state)?;
    Ok((File::from(file), state))
}

/// Whether a path refers to a descriptor of this process.
fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || path.parent().is_some_and(|folder| [Path::new("/dev/fd"), Path::new("/proc/self/fd")].contains(&folder))
}

fn demand_readable(path: &Path, state: &Stat) -> io::Result<()> {
    match FileType::from_raw_mode(state.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Fifo if is_descriptor(path) => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {}, not a regular file", kind_of(state)))),
    }
}

fn read_opened(mut file: File, state: &Stat, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {most} bytes"));
    let length = u64::try_from(state.st_size).unwrap_or_default();
    if length > most {
        return Err(too_large());
    }
    // allocated once, so that growing leaves no copy of a secret behind
    let room = if length > 0 { length } else { most.min(1 << 16) };
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(room).unwrap_or_default() + 1));
    let started = Instant::now();
    loop {
        let left = (most + 1).saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        match file.by_ref().take(left).read_to_end(&mut bytes) {
            Ok(_) => break,
            // keep what was read so far
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if started.elapsed() > PATIENCE {
                    let message = format!("timed out after {} s waiting for more data", PATIENCE.as_secs());
                    return Err(io::Error::new(io::ErrorKind::TimedOut, message));
                }
                std::thread::sleep(TRY_AGAIN);
            }
            Err(error) => return Err(error),
        }
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        return Err(too_large());
    }
    Ok(bytes)
}

fn demand_secret(path: &Path, state: &Stat) -> Result<(), FileError> {
    if FileType::from_raw_mode(state.st_mode) != FileType::RegularFile {
        return Ok(());
    }
    // root can read everything anyway
    if ![0, rustix::process::geteuid().as_raw()].contains(&state.st_uid) {
        return Err(FileError::Foreign { path: shown(path), owner: state.st_uid });
    }
    let mode = Mode::from_raw_mode(state.st_mode);
    let writable = mode.intersects(Mode::WGRP | Mode::WOTH);
    let readable = mode.intersects(Mode::RGRP | Mode::ROTH);
    if writable || (readable && is_reachable_by_others(path)) {
        let named = if is_descriptor(path) { path.canonicalize().ok() } else { None };
        let path = shown(named.as_deref().unwrap_or(path));
        return Err(FileError::Lax { path, mode: permission_bits(mode), wanted: 0o600 });
    }
    Ok(())
}

/// Whether every directory on the path of a file is accessible by others.
fn is_reachable_by_others(path: &Path) -> bool {
    // a file without a name is not reachable
    let Ok(path) = path.canonicalize() else { return false };
    path.ancestors().skip(1).all(|folder| folder.metadata().is_ok_and(|state| state.mode() & 0o011 != 0))
}
