//! Files that only grow, in a private directory.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};

use rustix::fs::{AtFlags, Dir, OFlags};
use rustix::io::Errno;

use super::{FileError, PrivateFolder, unusable};

/// What identifies a file, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    /// Device.
    pub device: u64,
    /// Inode.
    pub inode: u64,
    /// Number of hard links.
    pub links: u64,
    /// Size in bytes.
    pub length: u64,
}

/// A file that is opened for reading and appending.
#[derive(Debug)]
pub struct AppendFile {
    file: File,
}

impl PrivateFolder {
    /// Opens a private file for appending, and creates it if needed.
    ///
    /// # Errors
    /// If it is a link, is not a regular file of mode 0600, or a system call fails.
    pub fn append(&self, name: &str) -> Result<AppendFile, FileError> {
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK;
        let file = self.open_file(name, flags).map_err(|error| self.refused(name, error))?;
        self.demand_private_file(name, &file)?;
        Ok(AppendFile { file })
    }

    /// Opens a private file for reading; `None` if it does not exist.
    ///
    /// # Errors
    /// If it is a link, is not a regular file of mode 0600, or a system call fails.
    pub fn open_read(&self, name: &str) -> Result<Option<File>, FileError> {
        let file = match self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(self.refused(name, error)),
        };
        self.demand_private_file(name, &file)?;
        Ok(Some(file))
    }

    /// Returns the identity of a file; `None` if it does not exist.
    ///
    /// # Errors
    /// If a system call fails.
    #[allow(clippy::useless_conversion, reason = "the types of these members differ between systems")]
    pub fn identity(&self, name: &str) -> Result<Option<FileIdentity>, FileError> {
        match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(state) => Ok(Some(FileIdentity {
                device: u64::try_from(state.st_dev).unwrap_or_default(),
                inode: u64::try_from(state.st_ino).unwrap_or_default(),
                links: u64::try_from(state.st_nlink).unwrap_or_default(),
                length: u64::try_from(state.st_size).unwrap_or_default(),
            })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.refused(name, error)),
        }
    }

    /// Returns the names of the files in the directory, in no order.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn names(&self) -> Result<Vec<String>, FileError> {
        let entries = Dir::read_from(&self.handle).map_err(|error| unusable(&self.path, error))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| unusable(&self.path, error))?;
            names.extend(entry.file_name().to_str().ok().map(str::to_owned));
        }
        Ok(names)
    }
}

impl AppendFile {
    /// Returns the identity of the opened file, whatever its name stands for now.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn identity(&self) -> io::Result<FileIdentity> {
        let state = self.file.metadata()?;
        Ok(FileIdentity { device: state.dev(), inode: state.ino(), links: state.nlink(), length: state.len() })
    }

    /// Appends bytes in one write.
    ///
    /// # Errors
    /// If a system call fails. Some of the bytes may have been written.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.file).write_all(bytes)
    }

    /// Waits until the content is on the disk.
    ///
    /// # Errors
    /// If a system call fails. What was written since the last success may be lost then, even if a retry succeeds.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Reads the last `most` bytes.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn tail(&self, most: u64) -> io::Result<Vec<u8>> {
        let length = self.file.metadata()?.len();
        let start = length.saturating_sub(most);
        let mut bytes = vec![0; usize::try_from(length - start).unwrap_or_default()];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes)
    }

    /// Reads the first `most` bytes.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn head(&self, most: u64) -> io::Result<Vec<u8>> {
        let length = self.file.metadata()?.len().min(most);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    /// Cuts the file to a length.
    ///
    /// # Errors
    /// If a system call fails.
    pub fn truncate(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }
}
