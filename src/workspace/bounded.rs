//! Input that is read whole, up to a stated size. What is larger is refused as soon as that is known: a file by its size
//! before it is read, anything else when the limit is passed. Nothing is ever cut off without a word.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::{Error, Kind};

/// How much is read at once, and the least by which a buffer grows.
const CHUNK: usize = 64 << 10;

/// Reads a file of at most so many bytes.
///
/// # Errors
/// When it can't be read, or is larger.
pub fn read_input_file(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    let file = File::open(path).map_err(|error| Error::unreadable(path.display(), &error))?;
    if is_larger(&file, most) {
        return Err(too_large(path.display(), most));
    }
    read_stream(file, path.display(), most)
}

/// Reads a stream of at most so many bytes to its end. `name` names it in errors.
///
/// # Errors
/// When it can't be read, or is larger.
pub fn read_stream(mut input: impl Read, name: impl Display, most: u64) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    match read_up_to(&mut input, &mut bytes, most) {
        Ok(true) => Ok(bytes),
        Ok(false) => Err(too_large(name, most)),
        Err(error) => Err(Error::unreadable(name, &error)),
    }
}

/// Reads on until so many bytes are there, or one more: false when there are more. A buffer grows by a quarter at a time,
/// so that it never takes much more memory than what is in it.
///
/// # Errors
/// When the input can't be read.
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

/// Whether a regular file is larger than so many bytes.
#[must_use]
pub fn is_larger(file: &File, most: u64) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > most)
}

/// That an input is larger than what is read of it.
#[must_use]
pub fn too_large(name: impl Display, most: u64) -> Error {
    let limit = match most {
        0 => "0 bytes".to_owned(),
        most if most.is_multiple_of(1 << 20) => format!("{} MiB", most >> 20),
        most if most.is_multiple_of(1 << 10) => format!("{} KiB", most >> 10),
        most => format!("{most} bytes"),
    };
    Error::new(Kind::Usage, format!("`{name}` is larger than {limit}, which is the most that is read of it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts what is taken out of it.
    struct Endless(u64);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'a');
            self.0 += buffer.len() as u64;
            Ok(buffer.len())
        }
    }

    #[test]
    fn input_is_read_up_to_the_limit_and_refused_beyond_it() {
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
    fn no_more_is_read_than_shows_that_it_is_too_much() {
        let mut endless = Endless(0);
        let mut bytes = Vec::new();
        assert!(!read_up_to(&mut endless, &mut bytes, 1 << 20).unwrap());
        assert_eq!((endless.0, bytes.len()), ((1 << 20) + 1, (1 << 20) + 1));
        assert!(bytes.capacity() <= (1 << 20) * 3 / 2);
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_by_its_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        // takes no space, and could not be read
        file.as_file().set_len(1 << 40).unwrap();
        let error = read_input_file(file.path(), 64 << 20).map(|_| ()).unwrap_err();
        assert!(
            error.message.ends_with("is larger than 64 MiB, which is the most that is read of it"),
            "{}",
            error.message
        );
    }
}
