//! Reading of whole inputs up to a size limit. Larger input is refused as early as possible: a file by its size
//! before it is read, anything else when the limit is exceeded. Input is never truncated silently.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::app::{Error, ErrorKind};

/// Read size, and minimum growth of the buffer.
const CHUNK: usize = 64 << 10;

/// Reads a file of at most `most` bytes.
///
/// # Errors
/// If it can't be read, or is larger.
pub fn read_input_file(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    let file = File::open(path).map_err(|error| Error::unreadable(path.display(), &error))?;
    if is_larger(&file, most) {
        return Err(too_large(path.display(), most));
    }
    read_stream(file, path.display(), most)
}

/// Reads a stream of at most `most` bytes. `name` is used in errors.
///
/// # Errors
/// If it can't be read, or is larger.
pub fn read_stream(mut input: impl Read, name: impl Display, most: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    match read_up_to(&mut input, &mut bytes, most) {
        Ok(true) => Ok(bytes),
        Ok(false) => Err(too_large(name, most)),
        Err(error) => Err(Error::unreadable(name, &error)),
    }
}

/// Reads until the buffer has `most` bytes; returns false if there are more. The buffer grows by a quarter at a time,
/// so that it does not use much more memory than its content.
///
/// # Errors
/// If the input can't be read.
pub fn read_up_to(input: &mut impl Read, bytes: &mut Vec<u8>, most: u64) -> io::Result<bool> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    loop {
        if bytes.len() > most {
            return Ok(false);
        }
        if bytes.capacity() == bytes.len() {
            bytes.reserve_exact((bytes.len() / 4).max(CHUNK));
        }
        let room = bytes.capacity() - bytes.len();
        let wanted = room.min(most.saturating_add(1) - bytes.len());
        if input.by_ref().take(wanted as u64).read_to_end(bytes)? == 0 {
            return Ok(true);
        }
    }
}

/// Whether a regular file is larger than `most` bytes.
#[must_use]
pub fn is_larger(file: &File, most: u64) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > most)
}

/// The error for input above the limit.
#[must_use]
pub fn too_large(name: impl Display, most: u64) -> Error {
    let limit = match most {
        0 => "0 bytes".to_owned(),
        most if most.is_multiple_of(1 << 20) => format!("{} MiB", most >> 20),
        most if most.is_multiple_of(1 << 10) => format!("{} KiB", most >> 10),
        most => format!("{most} bytes"),
    };
    Error::new(ErrorKind::Usage, format!("`{name}` is larger than the limit of {limit}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reader that counts the bytes read.
    struct Endless(u64);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'a');
            self.0 += buffer.len() as u64;
            Ok(buffer.len())
        }
    }

    #[test]
    fn input_above_the_limit_is_refused() {
        for (length, most, fine) in
            [(0, 0, true), (1, 0, false), (10, 10, true), (11, 10, false), (300_000, 300_000, true)]
        {
            let text = vec![b'x'; length];
            let read = read_stream(text.as_slice(), "the test", most);
            assert_eq!(read.as_ref().is_ok_and(|bytes| **bytes == text), fine, "{length} {most}");
            if let Err(error) = read {
                assert!(error.message.starts_with("`the test` is larger than"), "{}", error.message);
            }
        }
    }

    #[test]
    fn reading_stops_at_the_limit() {
        let mut endless = Endless(0);
        let mut bytes = Vec::new();
        assert!(!read_up_to(&mut endless, &mut bytes, 1 << 20).unwrap());
        assert_eq!((endless.0, bytes.len()), ((1 << 20) + 1, (1 << 20) + 1));
        assert!(bytes.capacity() <= (1 << 20) * 3 / 2);
    }

    #[test]
    fn a_large_file_is_refused_by_its_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        // sparse: takes no space, but could not be read
        file.as_file().set_len(1 << 40).unwrap();
        let error = read_input_file(file.path(), 64 << 20).map(|_| ()).unwrap_err();
        assert!(error.message.ends_with("is larger than the limit of 64 MiB"), "{}", error.message);
    }
}
