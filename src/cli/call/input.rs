//! Values of the command line that may come from a file or from standard input.

use std::io;

use crate::workspace::{Error, Kind, read_input_file, read_stream};

/// The most bytes of one value.
const MOST_BYTES: u64 = 64 << 20;

/// Reads values; standard input is read once.
#[derive(Default)]
pub(super) struct Values {
    stdin_taken: bool,
}

impl Values {
    /// Standard input is spoken for.
    pub(super) fn take_stdin(&mut self, by: &str) -> Result<(), Error> {
        if std::mem::replace(&mut self.stdin_taken, true) {
            return Err(Error::new(Kind::Usage, format!("standard input can't be {by} and something else as well")));
        }
        Ok(())
    }

    /// The bytes of a value: `@FILE` is the content of the file, `@-` standard input, `@@…` begins with an `@`.
    pub(super) fn bytes(&mut self, text: &str) -> Result<Vec<u8>, Error> {
        let Some(path) = text.strip_prefix('@') else { return Ok(text.as_bytes().to_vec()) };
        if path.starts_with('@') {
            return Ok(path.as_bytes().to_vec());
        }
        let mut bytes = if path == "-" {
            self.take_stdin("a value")?;
            read_stream(io::stdin().lock(), "standard input", MOST_BYTES)?
        } else {
            read_input_file(path.as_ref(), MOST_BYTES)?
        };
        Ok(std::mem::take(&mut *bytes))
    }

    /// The same as text, without the end of its last line.
    pub(super) fn text(&mut self, text: &str) -> Result<String, Error> {
        let text = String::from_utf8(self.bytes(text)?)
            .map_err(|_| Error::new(Kind::Usage, format!("the value `{text}` is not UTF-8 text")))?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Pairs whose values may come from elsewhere.
    pub(super) fn pairs(&mut self, pairs: &[(String, String)]) -> Result<Vec<(String, String)>, Error> {
        pairs.iter().map(|(name, value)| Ok((name.clone(), self.text(value)?))).collect()
    }
}
