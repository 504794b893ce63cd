//! File access: every file that tokscope writes, and every secret file that it reads. No other module opens a file
//! for writing.
//!
//! Private files have mode 0600 in directories of mode 0700 that belong to the user. They are never opened through a
//! link, are written atomically, and are changed under a lock. Files that the user names are written with
//! [`write_file`].
//!
//! Everything goes through a handle of the directory, so that replacing the directory by a link while tokscope
//! runs has no effect (`openat(2)`, `renameat(2)`).

#![cfg_attr(not(test), expect(clippy::disallowed_methods, reason = "the only module that opens and writes files"))]

mod append;
mod read;
mod write;

pub use self::append::{AppendFile, FileIdentity};
pub use self::read::{check_secret, keep_from_children, read_file, read_secret};
pub use self::write::{Audience, Existing, open_append, write_file, write_output};

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use etcetera::base_strategy::{BaseStrategy as _, choose_base_strategy};
#[cfg(target_os = "linux")]
use rustix::fs::FallocateFlags;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::text::shell_word;

/// Name of tokscope's directory in the XDG base directories.
const FOLDER: &str = "tokscope";

/// Interval between attempts to take a lock.
const TRY_AGAIN: Duration = Duration::from_millis(5);

/// Failure of a file operation. No variant holds file content.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FileError {
    /// The user has no home directory.
    #[error("no home directory")]
    NoHome,
    /// A system call failed.
    #[error("can't access `{path}`: {reason}")]
    Unusable {
        /// Path.
        path: String,
        /// Reason from the system.
        reason: String,
    },
    /// It is a link, a pipe, a device or something else instead of the expected file or directory.
    #[error("refused to open `{path}`: it is {found}")]
    NotPlain {
        /// Path.
        path: String,
        /// What was found.
        found: &'static str,
    },
    /// A path from the user is not a regular file.
    #[error("`{path}` is {found}, not a regular file")]
    NotAFile {
        /// Path.
        path: String,
        /// What was found.
        found: &'static str,
    },
    /// The destination of a write is a symbolic link.
    #[error("refused to write to `{path}`: it is a symbolic link")]
    Linked {
        /// Path.
        path: String,
        /// Target of the link, if it exists.
        target: Option<String>,
    },
    /// It already exists.
    #[error("`{path}` already exists")]
    Exists {
        /// Path.
        path: String,
    },
    /// Others can read or write it.
    #[error("`{path}` is accessible by other users (mode {mode:04o})")]
    Lax {
        /// Path.
        path: String,
        /// Its mode.
        mode: u32,
        /// Required mode.
        wanted: u32,
    },
    /// It belongs to another user.
    #[error("`{path}` belongs to user {owner}, not to you")]
    Foreign {
        /// Path.
        path: String,
        /// User ID of the owner.
        owner: u32,
    },
    /// It exceeds the size limit.
    #[error("`{path}` has more than {most} bytes")]
    TooLarge {
        /// Path.
        path: String,
        /// Size limit in bytes.
        most: usize,
    },
    /// Another process holds the lock.
    #[error("timed out after {} s waiting for the lock `{path}`", after.as_secs())]
    Busy {
        /// Path.
        path: String,
        /// Time limit.
        after: Duration,
    },
}

impl FileError {
    /// Returns a hint, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Lax { path, wanted, .. } => Some(format!("restrict access: `chmod {wanted:o} {}`", shell_word(path))),
            Self::Linked { path, target: Some(target) } => {
                Some(format!("use the target of the link: `{}`", shell_word(target))).filter(|_| path != target)
            }
            Self::Linked { path, target: None } | Self::NotPlain { path, .. } => {
                Some(format!("check where `{path}` comes from, then remove it"))
            }
            Self::NoHome => Some("set HOME, or XDG_DATA_HOME and XDG_STATE_HOME".to_owned()),
            Self::Unusable { .. }
            | Self::NotAFile { .. }
            | Self::Exists { .. }
            | Self::Foreign { .. }
            | Self::TooLarge { .. }
            | Self::Busy { .. } => None,
        }
    }
}

/// Returns the permission bits of a mode, with setuid, setgid and sticky.
#[cfg(target_os = "linux")]
fn permission_bits(mode: Mode) -> u32 {
    mode.as_raw_mode() & 0o7777
}

/// Returns the permission bits of a mode, with setuid, setgid and sticky. Their type is `u16` on macOS.
#[cfg(not(target_os = "linux"))]
fn permission_bits(mode: Mode) -> u32 {
    u32::from(mode.as_raw_mode()) & 0o7777
}

/// Returns `$XDG_DATA_HOME/tokscope`, which holds the vault.
///
/// # Errors
/// If there is no home directory.
pub fn data_folder() -> Result<PathBuf, FileError> {
    Ok(choose_base_strategy().map_err(|_| FileError::NoHome)?.data_dir().join(FOLDER))
}

/// Returns `$XDG_STATE_HOME/tokscope`, which holds the record of trust.
///
/// # Errors
/// If there is no home directory.
pub fn state_folder() -> Result<PathBuf, FileError> {
    let strategy = choose_base_strategy().map_err(|_| FileError::NoHome)?;
    Ok(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join(FOLDER))
}

/// A directory of mode 0700 that belongs to the user.
#[derive(Debug)]
pub struct PrivateFolder {
    path: PathBuf,
    handle: OwnedFd,
}

/// A held lock, released when dropped or when the process ends.
#[derive(Debug)]
pub struct FileLock {
    file: File,
    path: PathBuf,
}

impl PrivateFolder {
    /// Opens a directory; `None` if it does not exist.
    ///
    /// # Errors
    /// If it is a link, belongs to another user, or is accessible by others; also if others can write to its parent,
    /// since they could replace it.
    pub fn open(path: &Path) -> Result<Option<Self>, FileError> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match rustix::fs::openat(CWD, path, flags, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) if path.symlink_metadata().is_ok() => {
                return Err(FileError::NotPlain { path: shown(path), found: "a link or a file, not a directory" });
            }
            Err(error) => return Err(unusable(path, error)),
        };
        let folder = Self { path: path.to_path_buf(), handle };
        let state = rustix::fs::fstat(&folder.handle).map_err(|error| unusable(path, error))?;
        demand_private(path, &state, 0o700)?;
        let parent =
            rustix::fs::statat(&folder.handle, "..", AtFlags::empty()).map_err(|error| unusable(path, error))?;
        let mode = Mode::from_raw_mode(parent.st_mode);
        if mode.intersects(Mode::WGRP | Mode::WOTH) && !mode.contains(Mode::SVTX) {
            let path = shown(path.parent().unwrap_or(path));
            return Err(FileError::Lax { path, mode: permission_bits(mode), wanted: 0o755 });
        }
        Ok(Some(folder))
    }

    /// Opens a directory, and creates it and its parents if needed.
    ///
    /// # Errors
    /// See [`PrivateFolder::open`].
    pub fn create(path: &Path) -> Result<Self, FileError> {
        if let Some(folder) = Self::open(path)? {
            return Ok(folder);
        }
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| unusable(path, error))?;
        Self::open(path)?.ok_or_else(|| unusable(path, "it was removed"))
    }

    /// Reads a whole file; `None` if it does not exist. The content is wiped when dropped.
    ///
    /// # Errors
    /// If it is not a regular file of the user with mode 0600, or has more than `most` bytes.
    pub fn read(&self, name: &str, most: usize) -> Result<Option<Zeroizing<Vec<u8>>>, FileError> {
        // a planted pipe must not block this process
        let file = match self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(self.refused(name, error)),
        };
        let path = self.path.join(name);
        let length = self.demand_private_file(name, &file)?;
        if length > most {
            return Err(FileError::TooLarge { path: shown(&path), most });
        }
        // allocated once, so that growing leaves no copy behind
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + 1));
        let read = file.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes);
        read.map_err(|error| unusable(&path, error))?;
        Ok(Some(bytes))
    }

    /// Replaces a file atomically; the new content is on the disk when this returns. The caller holds
    /// the lock.
    ///
    /// # Errors
    /// If a system call fails; the old file is then unchanged.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let passing = write::random_name(OsStr::new(&format!(".{name}")))?;
        let written = self.write_new(&passing, bytes).and_then(|()| {
            rustix::fs::renameat(&self.handle, &passing, &self.handle, name)?;
            rustix::fs::fsync(&self.handle)?;
            Ok(())
        });
        written.map_err(|error| {
            // the leftover is private, and the next writer removes it
            let _ = rustix::fs::unlinkat(&self.handle, &passing, AtFlags::empty());
            unusable(&self.path.join(name), error)
        })
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        write::write_new(&self.handle, name, bytes, Audience::Owner, None)
    }

    /// Removes a file. Returns false if it did not exist.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn remove(&self, name: &str) -> Result<bool, FileError> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(unusable(&self.path.join(name), error)),
        }
    }

    /// Removes temporary files of processes that were killed while writing `name`. The caller holds the lock.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn remove_leftovers(&self, name: &str) -> Result<(), FileError> {
        let prefix = passing_prefix(name);
        let entries = Dir::read_from(&self.handle).map_err(|error| unusable(&self.path, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unusable(&self.path, error))?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            if name.starts_with(&prefix) && name.ends_with(PASSING) {
                self.remove(name)?;
            }
        }
        Ok(())
    }

    /// Whether a file starts with these bytes; false if it does not exist.
    ///
    /// # Errors
    /// If it is not a regular file of the user with mode 0600, or a system call fails.
    pub fn starts_with(&self, name: &str, start: &[u8]) -> Result<bool, FileError> {
        // a planted pipe must not block this process
        let file = match self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(false),
            Err(error) => return Err(self.refused(name, error)),
        };
        if self.demand_private_file(name, &file)? < start.len() {
            return Ok(false);
        }
        let mut bytes = vec![0; start.len()];
        match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => Ok(bytes == start),
            // it was truncated meanwhile
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(unusable(&self.path.join(name), error)),
        }
    }

    /// Synchronizes the directory.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn sync(&self) -> Result<(), FileError> {
        rustix::fs::fsync(&self.handle).map_err(|error| unusable(&self.path, error))
    }

    /// Takes the lock with this name, unless it is held.
    ///
    /// # Errors
    /// If the lock file can't be used.
    pub fn try_lock(&self, name: &str) -> Result<Option<FileLock>, FileError> {
        let file = self.open_file(name, OFlags::RDWR | OFlags::CREATE).map_err(|error| self.refused(name, error))?;
        self.demand_private_file(name, &file)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(FileLock { file, path: self.path.join(name) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(unusable(&self.path.join(name), error)),
        }
    }

    /// Waits for the lock with this name.
    ///
    /// # Errors
    /// If the lock file can't be used, or another process holds it for longer than `patience`.
    pub fn lock(&self, name: &str, patience: Duration) -> Result<FileLock, FileError> {
        let started = Instant::now();
        loop {
            if let Some(lock) = self.try_lock(name)? {
                return Ok(lock);
            }
            if started.elapsed() > patience {
                return Err(FileError::Busy { path: shown(&self.path.join(name)), after: patience });
            }
            std::thread::sleep(TRY_AGAIN);
        }
    }

    /// Waits for a lock that each holder has for a millisecond or less.
    ///
    /// # Errors
    /// See [`Self::lock`].
    pub fn lock_often(&self, name: &str, patience: Duration) -> Result<FileLock, FileError> {
        let started = Instant::now();
        let mut pause = Duration::from_micros(50);
        loop {
            if let Some(lock) = self.try_lock(name)? {
                return Ok(lock);
            }
            if started.elapsed() > patience {
                return Err(FileError::Busy { path: shown(&self.path.join(name)), after: patience });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(TRY_AGAIN);
        }
    }

    fn open_file(&self, name: &str, flags: OFlags) -> Result<File, Errno> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR).map(File::from)
    }

    /// Checks that a file is regular and private, and returns its size.
    fn demand_private_file(&self, name: &str, file: &File) -> Result<usize, FileError> {
        let path = self.path.join(name);
        let state = rustix::fs::fstat(file).map_err(|error| unusable(&path, error))?;
        if FileType::from_raw_mode(state.st_mode) != FileType::RegularFile {
            return Err(FileError::NotPlain { path: shown(&path), found: "not a regular file" });
        }
        demand_private(&path, &state, 0o600)?;
        Ok(usize::try_from(state.st_size).unwrap_or(usize::MAX))
    }

    fn refused(&self, name: &str, error: Errno) -> FileError {
        let path = self.path.join(name);
        match error {
            Errno::LOOP => FileError::NotPlain { path: shown(&path), found: "a link" },
            error => unusable(&path, error),
        }
    }
}

/// The lock file can also hold data, which only the lock holder reads or writes.
impl FileLock {
    /// Shares the lock of another process through the descriptor that it passed. The lock is held until both
    /// have closed it.
    #[must_use]
    pub fn inherited(descriptor: OwnedFd) -> Self {
        Self { file: File::from(descriptor), path: PathBuf::from("the inherited lock file") }
    }

    /// Duplicates the descriptor for another process, which then shares the lock.
    ///
    /// # Errors
    /// If no file descriptor is available.
    pub fn descriptor(&self) -> Result<OwnedFd, FileError> {
        Ok(self.file.try_clone().map_err(|error| self.unusable(error))?.into())
    }

    /// Reads the content of the lock file, up to `most` bytes.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn read(&self, most: usize) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let length = self.file.metadata().map_err(|error| self.unusable(error))?.len();
        let mut bytes = Zeroizing::new(vec![0; usize::try_from(length).unwrap_or(most).min(most)]);
        self.file.read_exact_at(&mut bytes, 0).map_err(|error| self.unusable(error))?;
        Ok(bytes)
    }

    /// Reserves disk space for the first `bytes` of the lock file, so that writing them can't fail for lack of
    /// space. [`Self::truncate`] releases it.
    ///
    /// # Errors
    /// If there is not enough space.
    pub fn reserve(&self, bytes: usize) -> Result<(), FileError> {
        let length = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.allocate(length).map_err(|error| self.unusable(error))
    }

    #[cfg(target_os = "linux")]
    fn allocate(&self, length: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, 0, length) {
            // the file system does not support allocation
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => self.fill(length),
            done => done.map_err(io::Error::from),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn allocate(&self, length: u64) -> io::Result<()> {
        self.fill(length)
    }

    /// Appends zeros until the file has `length` bytes.
    fn fill(&self, length: u64) -> io::Result<()> {
        const ZEROS: [u8; 4096] = [0; 4096];
        let mut end = self.file.metadata()?.len();
        while end < length {
            let count = usize::try_from(length - end).unwrap_or(ZEROS.len()).min(ZEROS.len());
            self.file.write_all_at(ZEROS.get(..count).unwrap_or_default(), end)?;
            end += u64::try_from(count).unwrap_or_default();
        }
        self.file.sync_all()
    }

    /// Writes to the start of the lock file without waiting for the disk.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn note(&self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all_at(bytes, 0).map_err(|error| self.unusable(error))
    }

    /// Writes to the lock file; the bytes are on the disk when this returns.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn write(&self, bytes: &[u8], offset: usize) -> Result<(), FileError> {
        let offset = u64::try_from(offset).unwrap_or(u64::MAX);
        let written = self.file.write_all_at(bytes, offset).and_then(|()| self.file.sync_all());
        written.map_err(|error| self.unusable(error))
    }

    /// Truncates the lock file, and releases reserved space.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn truncate(&self, length: usize) -> Result<(), FileError> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.file.set_len(length).map_err(|error| self.unusable(error))
    }

    fn unusable(&self, reason: impl ToString) -> FileError {
        unusable(&self.path, reason)
    }
}

/// Suffix of temporary file names.
const PASSING: &str = ".tmp";

fn passing_prefix(name: &str) -> String {
    format!(".{name}.")
}

fn demand_private(path: &Path, state: &Stat, wanted: u32) -> Result<(), FileError> {
    if state.st_uid != rustix::process::geteuid().as_raw() {
        return Err(FileError::Foreign { path: shown(path), owner: state.st_uid });
    }
    let mode = Mode::from_raw_mode(state.st_mode);
    if mode.intersects(Mode::RWXG | Mode::RWXO) {
        return Err(FileError::Lax { path: shown(path), mode: permission_bits(mode), wanted });
    }
    Ok(())
}

/// Names a file type, for errors.
fn kind_of(state: &Stat) -> &'static str {
    match FileType::from_raw_mode(state.st_mode) {
        FileType::RegularFile => "a regular file",
        FileType::Directory => "a directory",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Unknown => "not a regular file",
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn unusable(path: &Path, reason: impl ToString) -> FileError {
    FileError::Unusable { path: shown(path), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
