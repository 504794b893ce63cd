//! Arguments that several subcommands share.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::PathBuf;

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::token::{self, Policy};
use crate::workspace::{Error, HeldToken, Kind};

/// The most bytes that are read to find one token in them: one more than is looked at.
const MOST_BYTES: u64 = token::MOST_DOCUMENT as u64 + 1;

// Where a token, or a text with a token in it, comes from: one of these, or standard input.
#[derive(Debug, clap::Args)]
pub(super) struct TokenArguments {
    /// The token; `-` or nothing: standard input
    #[arg(value_name = "TOKEN|-")]
    token: Option<String>,
    /// Read it from this file: a token, a token response, a request, a HAR …
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    file: Option<PathBuf>,
    /// Read it from this environment variable
    #[arg(long, value_name = "NAME", conflicts_with_all = ["token", "file"])]
    env: Option<String>,
}

impl TokenArguments {
    /// Finds the token and decodes it, with the findings by this policy.
    pub(super) fn read(&self, now: Timestamp, policy: Policy) -> Result<HeldToken, Error> {
        let text = match (&self.file, &self.env, self.token.as_deref()) {
            (Some(_), _, _) => read_text(self.reader()?, "the file")?,
            (None, Some(name), _) => Zeroizing::new(std::env::var(name).map_err(|_| {
                Error::new(Kind::Usage, format!("the environment variable `{name}` is not set, or is no text"))
            })?),
            (None, None, Some(text)) if text != "-" => Zeroizing::new(text.to_owned()),
            (None, None, argument) => read_input(argument.is_some())?,
        };
        HeldToken::read_by(&text, now, policy)
    }

    /// Whether standard input holds the token.
    pub(super) fn is_standard_input(&self) -> bool {
        self.file.is_none() && self.env.is_none() && self.token.as_deref().is_none_or(|token| token == "-")
    }

    /// The file or standard input, for readers of many tokens.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + Send>, Error> {
        let Some(path) = &self.file else { return Ok(Box::new(io::stdin())) };
        let file = File::open(path)
            .map_err(|error| Error::new(Kind::Failed, format!("`{}` can't be read: {error}", path.display())))?;
        Ok(Box::new(file))
    }
}

/// Reads a token from an argument, or from standard input when there is none or it is `-`.
pub(super) fn read_token(argument: Option<&str>, now: Timestamp) -> Result<HeldToken, Error> {
    match argument {
        Some(text) if text != "-" => HeldToken::read(text, now),
        argument => HeldToken::read(&read_input(argument.is_some())?, now),
    }
}

/// Standard input as text. `asked`: the user wrote `-`, so a terminal is read as well.
pub(super) fn read_input(asked: bool) -> Result<Zeroizing<String>, Error> {
    let input = io::stdin();
    if input.is_terminal() && !asked {
        return Err(Error::new(Kind::Usage, "there is no token: none was given, and standard input is a terminal")
            .hint("give it as an argument, pipe it in, or write `-` and paste it"));
    }
    read_text(input.lock(), "standard input")
}

fn read_text(input: impl Read, name: &str) -> Result<Zeroizing<String>, Error> {
    let mut bytes = Zeroizing::new(Vec::new());
    input
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(Kind::Failed, format!("{name} can't be read: {error}")))?;
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
