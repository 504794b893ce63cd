//! Argument values from a file or stdin (`@FILE`, `@-`).

use std::io;

use crate::app::{Error, ErrorKind, read_input_file, read_stream};

/// Maximum size of a value, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Reads values, at most one of them from stdin.
#[derive(Default)]
pub(super) struct Values {
    stdin_taken: bool,
}

impl Values {
    /// Reserves stdin for a value; it can be read only once.
    pub(super) fn take_stdin(&mut self, by: &str) -> Result<(), Error> {
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Error::new(ErrorKind::Usage, format!("stdin can't be used for {by} and for another value")));
        }
        Ok(())
    }

    /// Returns the bytes of a value: `@FILE` means the content of the file, `@-` stdin, and `@@…` a literal `@`.
    pub(super) fn bytes(&mut self, text: &str) -> Result<Vec<u8>, Error> {
        let Some(path) = text.strip_prefix('@') else { return Ok(text.as_bytes().to_vec()) };
        if path.starts_with('@') {
            return Ok(path.as_bytes().to_vec());
        }
        let mut bytes = if path == "-" {
            self.take_stdin("a value")?;
            read_stream(io::stdin().lock(), "stdin", MOST_BYTES)?
        } else {
            read_input_file(path.as_ref(), MOST_BYTES)?
        };
        Ok(std::mem::take(&mut *bytes))
    }

    /// Returns a value as a string, without a trailing line break.
    pub(super) fn text(&mut self, text: &str) -> Result<String, Error> {
        let text = String::from_utf8(self.bytes(text)?)
            .map_err(|_| Error::new(ErrorKind::Usage, format!("the value `{text}` is not valid UTF-8")))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Reads the values of name-value pairs.
    pub(super) fn pairs(&mut self, pairs: &[(String, String)]) -> Result<Vec<(String, String)>, Error> {
        pairs.iter().map(|(name, value)| Ok((name.clone(), self.text(value)?))).collect()
    }
}
