//! Reads segments line by line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};

use super::AuditError;
use crate::files::PrivateFolder;
use crate::usage::MOST_LINE;

/// Returns the name of a segment's file.
pub(super) fn name(segment: u64) -> String {
    format!("{segment:06}.jsonl")
}

/// Returns the numbers of the segments in a directory, in order.
///
/// # Errors
/// If the directory can't be read.
pub fn segments(folder: &PrivateFolder) -> Result<Vec<u64>, AuditError> {
    let number = |name: String| {
        let digits = name.strip_suffix(".jsonl")?;
        let is_number = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|number| is_number && *number > 0)
    };
    let mut found: Vec<u64> = folder.names()?.into_iter().filter_map(number).collect();
    found.sort_unstable();
    Ok(found)
}

/// The lines of a segment.
#[derive(Debug)]
pub struct Lines {
    reader: BufReader<File>,
    /// Position behind the last complete line, in bytes.
    position: u64,
}

impl Lines {
    /// Opens a segment at a position; `None` if it does not exist.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn open(folder: &PrivateFolder, segment: u64, position: u64) -> Result<Option<Self>, AuditError> {
        let Some(mut file) = folder.open_read(&name(segment))? else { return Ok(None) };
        if position > 0 {
            file.seek(SeekFrom::Start(position)).map_err(|error| unreadable(segment, &error))?;
        }
        Ok(Some(Self { reader: BufReader::with_capacity(256 << 10, file), position }))
    }

    /// Returns the position behind the last complete line, in bytes.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Reads the next line into `line`, without its line break. Returns false at the end; an incomplete line is left in
    /// `line` then. A line that is too long is returned in parts.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn next(&mut self, line: &mut Vec<u8>) -> Result<bool, AuditError> {
        line.clear();
        let most = u64::try_from(MOST_LINE).unwrap_or(u64::MAX) + 1;
        let read = self.reader.by_ref().take(most).read_until(b'\n', line);
        let count = read.map_err(|error| unreadable(0, &error))?;
        let complete = line.last() == Some(&b'\n') || line.len() > MOST_LINE;
        if complete {
            self.position += u64::try_from(count).unwrap_or_default();
            if line.last() == Some(&b'\n') {
                line.pop();
            }
        }
        Ok(complete)
    }
}

fn unreadable(segment: u64, error: &std::io::Error) -> AuditError {
    AuditError::Unwritable { path: name(segment), reason: error.to_string() }
}
