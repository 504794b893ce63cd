//! Files that the user names and that hold secrets or decide where secrets go: read in bounded time and space, and, if
//! they are secret, only where nobody else can get at them.

#![cfg_attr(not(test), expect(clippy::disallowed_methods, reason = "the one place where files are opened and written"))]

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use rustix::fs::{CWD, FileType, Mode, OFlags, Stat};
use zeroize::Zeroizing;

use super::{FileError, TRY_AGAIN, kind_of, shown, unusable};

/// How long the command of a process substitution, such as `<(pass show vault)`, may take: a person may have to unlock
/// something for it.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads a whole file: a plain one, or a pipe that this process inherited and that is named as `/dev/fd/N`. Links are
/// followed.
///
/// # Errors
/// When it is anything else, such as a named pipe or a device, has more than `most` bytes
/// ([`io::ErrorKind::FileTooLarge`]), or the pipe is not closed in time.
pub fn read_file(path: &Path, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let (file, state) = open(path)?;
    read_opened(file, &state, most)
}

/// Reads a file as [`read_file`] does, which nobody but its owner may be able to read or write. Children of this
/// process do not inherit the descriptor that it was given by.
///
/// # Errors
/// Also when the file belongs to another user, or is open to others: it has permission bits for writing that are not
/// its owner's, or such bits for reading and is in no folder that keeps others out.
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
        // a child could go back to its beginning
        let _ = rustix::stdio::dup2_stdin(nothing);
    }
    bytes
}

/// Checks a secret file without reading it, so that the reason can be reported before anything is done.
///
/// # Errors
/// See [`read_secret`]. One that can't be found is no error yet.
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

/// Marks the inherited descriptors of a file, whatever they are, so that no child of this process gets them.
pub fn keep_from_children(path: &Path) {
    let Ok(state) = rustix::fs::statat(CWD, path, rustix::fs::AtFlags::empty()) else { return };
    if !matches!(FileType::from_raw_mode(state.st_mode), FileType::RegularFile | FileType::Fifo | FileType::Socket) {
        return;
    }
    let Ok(entries) = std::fs::read_dir("/dev/fd") else { return };
    for number in entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok()) {
        let inherited = rustix::fs::statat(CWD, format!("/dev/fd/{number}"), rustix::fs::AtFlags::empty());
        if number > 2 && inherited.is_ok_and(|inherited| is_same(&inherited, &state)) {
            // it was closed meanwhile, or is what this function itself opened
            let _ = fcntl(number, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC));
        }
    }
}

fn is_same(one: &Stat, other: &Stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

fn open(path: &Path) -> io::Result<(File, Stat)> {
    // a pipe that nobody writes must not hold this process up
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::openat(CWD, path, flags, Mode::empty())?;
    let state = rustix::fs::fstat(&file)?;
    demand_readable(path, &state)?;
    Ok((File::from(file), state))
}

/// Whether a path names a descriptor of this process.
fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || path.parent().is_some_and(|folder| [Path::new("/dev/fd"), Path::new("/proc/self/fd")].contains(&folder))
}

fn demand_readable(path: &Path, state: &Stat) -> io::Result<()> {
    match FileType::from_raw_mode(state.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Fifo if is_descriptor(path) => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {}, not a plain file", kind_of(state)))),
    }
}

fn read_opened(mut file: File, state: &Stat, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {most} bytes"));
    let length = u64::try_from(state.st_size).unwrap_or_default();
    if length > most {
        return Err(too_large());
    }
    // one piece, so that no copy of a secret is left behind by growing
    let room = if length > 0 { length } else { most.min(1 << 16) };
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(room).unwrap_or_default() + 1));
    let started = Instant::now();
    loop {
        let left = (most + 1).saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        match file.by_ref().take(left).read_to_end(&mut bytes) {
            Ok(_) => break,
            // what was read until now is kept
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if started.elapsed() > PATIENCE {
                    let message = format!("nothing more came within {} s", PATIENCE.as_secs());
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
        return Err(FileError::Lax { path, mode: mode.as_raw_mode() & 0o7777, wanted: 0o600 });
    }
    Ok(())
}

/// Whether every folder on the way to a file lets others through.
fn is_reachable_by_others(path: &Path) -> bool {
    // a file without a name can be reached by nobody
    let Ok(path) = path.canonicalize() else { return false };
    path.ancestors().skip(1).all(|folder| folder.metadata().is_ok_and(|state| state.mode() & 0o011 != 0))
}
