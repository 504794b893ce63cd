//! Arguments that several subcommands share.

use std::io::{self, IsTerminal as _, Read as _};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::token::Policy;
use crate::workspace::{Error, HeldToken, Kind};

/// The most bytes of standard input that are read as one token.
const MOST_BYTES: u64 = (1 << 20) + 1;

/// Reads a token from an argument, or from standard input when there is none or it is `-`.
pub(super) fn read_token(argument: Option<&str>, now: Timestamp) -> Result<HeldToken, Error> {
    read_token_by(argument, now, Policy::default())
}

/// The same, with the findings by this policy.
pub(super) fn read_token_by(argument: Option<&str>, now: Timestamp, policy: Policy) -> Result<HeldToken, Error> {
    match argument {
        Some(text) if text != "-" => HeldToken::read_by(text, now, policy),
        argument => HeldToken::read_by(&read_input(argument.is_some())?, now, policy),
    }
}

/// Standard input as text. `asked`: the user wrote `-`, so a terminal is read as well.
pub(super) fn read_input(asked: bool) -> Result<Zeroizing<String>, Error> {
    let input = io::stdin();
    if input.is_terminal() && !asked {
        return Err(Error::new(Kind::Usage, "there is no token: none was given, and standard input is a terminal")
            .hint("give it as an argument, pipe it in, or write `-` and paste it"));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    input
        .lock()
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(Kind::Failed, format!("standard input can't be read: {error}")))?;
    // what is no UTF-8 can't be part of a token; the rest of the text may still hold one
    Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
}

/// A name and its value.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A header field of the command line.
pub(super) fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("expected NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
