//! Questions at the terminal, each of which is asked again until its answer is valid.

use std::io::{self, BufRead as _, Read as _};

use super::print::Streams;
use crate::app::{Error, ErrorKind};
use crate::text::visible;

/// Maximum length of an answer, in bytes.
const MOST_BYTES: u64 = 4 << 10;

/// Asks for a line; `None` if it is empty.
///
/// # Errors
/// At the end of the input, which cancels the command.
pub(super) fn ask(streams: &mut Streams, question: &str) -> Result<Option<String>, Error> {
    streams.ask(question);
    let mut line = String::new();
    let read = io::stdin().lock().take(MOST_BYTES).read_line(&mut line);
    match read.map_err(|error| Error::unreadable("stdin", &error))? {
        0 => {
            streams.say("");
            Err(Error::new(ErrorKind::Failed, "cancelled: end of stdin"))
        }
        _ => Ok(Some(line.trim().to_owned()).filter(|line| !line.is_empty())),
    }
}

/// Asks until `accept` takes the answer. Its error is shown, and earlier answers stay.
///
/// # Errors
/// See [`ask`].
pub(super) fn ask_until<T>(
    streams: &mut Streams,
    question: &str,
    mut accept: impl FnMut(Option<String>) -> Result<T, Error>,
) -> Result<T, Error> {
    loop {
        match accept(ask(streams, question)?) {
            Ok(value) => return Ok(value),
            Err(error) => reject(streams, &error),
        }
    }
}

/// Shows why an answer is not valid.
pub(super) fn reject(streams: &mut Streams, error: &Error) {
    streams.say(visible(&error.message));
    for hint in &error.hints {
        streams.say(format_args!("  hint: {}", visible(hint)));
    }
}

/// Error for a question without an answer.
pub(super) fn required() -> Error {
    Error::new(ErrorKind::Usage, "a value is required (Ctrl-C cancels)")
}

/// Adds to the error of an option that its value is part of the manifest.
pub(super) fn in_manifest(error: Error) -> Error {
    Error { message: format!("the manifest would not be valid: {}", error.message), ..error }
}
