//! Arguments that several subcommands share.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::files::keep_from_children;
use crate::secret::Secret;
use crate::text::{from_bytes, is_utf16};
use crate::token::{self, Policy};
use crate::workspace::{Error, HeldToken, Kind, is_larger, read_up_to, secret_variable};

/// The variable that holds the token of commands which send or compare one.
const VARIABLE: &str = "TOKSCOPE_TOKEN";

// Where a token, or a text with a token in it, comes from: one of these, or standard input.
#[derive(Debug, clap::Args)]
pub(super) struct TokenArguments {
    /// Token to read; stdin if omitted or `-`
    #[arg(value_name = "TOKEN|-")]
    token: Option<String>,
    /// Read the token from a file: a bare token, a token response, an HTTP request, a HAR
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    file: Option<PathBuf>,
    /// Read the token from an environment variable
    #[arg(long, value_name = "NAME", conflicts_with_all = ["token", "file"])]
    env: Option<String>,
}

impl TokenArguments {
    /// Finds the token and decodes it, with the findings by this policy.
    pub(super) fn read(&self, now: Timestamp, policy: Policy) -> Result<HeldToken, Error> {
        let text = match (&self.file, &self.env, self.token.as_deref()) {
            (Some(path), _, _) => read_text_file(path, policy.max_bytes)?,
            (None, Some(name), _) => read_variable(name)?,
            (None, None, Some(text)) if text != "-" => Zeroizing::new(text.to_owned()),
            (None, None, argument) => read_input_within(argument.is_some(), policy.max_bytes)?,
        };
        HeldToken::read_by(&text, now, policy)
    }

    /// Whether standard input holds the token.
    pub(super) fn is_standard_input(&self) -> bool {
        self.file.is_none() && self.env.is_none() && self.token.as_deref().is_none_or(|token| token == "-")
    }

    /// The file or standard input, for readers of many tokens.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + Send>, Error> {
        match &self.file {
            Some(path) => utf8(open(path)?, &path.display().to_string()),
            None => utf8(io::stdin(), "standard input"),
        }
    }
}

// Where a command finds the token that it sends or compares. It is never the argument itself: what stands on a command
// line is seen by every process of the machine, and kept in the shell's history.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(skip)]
pub(super) struct GivenToken {
    /// Read the token from stdin; only `-` is accepted
    #[arg(long, value_name = "-", value_parser = |text: &str| Ok::<_, String>(Secret::new(text)),
          allow_hyphen_values = true)]
    token: Option<Secret>,
    /// Read the token from a file; `-` for stdin
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// Read the token from an environment variable
    #[arg(long, value_name = "NAME", conflicts_with_all = ["token", "token_file"])]
    token_env: Option<String>,
}

impl GivenToken {
    /// The names of the arguments, for others to conflict with.
    pub(super) const NAMES: [&'static str; 3] = ["token", "token_file", "token_env"];

    /// Whether one was named.
    pub(super) fn is_named(&self) -> bool {
        self.token.is_some() || self.token_file.is_some() || self.token_env.is_some()
    }

    /// Whether standard input holds the token.
    pub(super) fn is_standard_input(&self) -> bool {
        self.token.is_some() || self.token_file.as_deref().is_some_and(|path| path.as_os_str() == "-")
    }

    /// Finds the token and decodes it; `None` when none was named.
    pub(super) fn read(&self, now: Timestamp) -> Result<Option<HeldToken>, Error> {
        if self.token.as_ref().is_some_and(|text| text.expose() != "-") {
            // the value is not repeated
            return Err(Error::new(Kind::Usage, "a token does not belong on the command line, where others see it")
                .hint(format!(
                    "give it by `--token -` on standard input, `--token-file`, `--token-env` or {VARIABLE}"
                )));
        }
        let text = match (&self.token_file, &self.token_env) {
            _ if self.is_standard_input() => read_input(true)?,
            (Some(path), _) => read_token_file(path)?,
            (None, Some(name)) => read_variable(name)?,
            (None, None) => return Ok(None),
        };
        HeldToken::read(&text, now).map(Some)
    }

    /// The same, or else the one of the variable [`VARIABLE`].
    pub(super) fn read_or_variable(&self, now: Timestamp) -> Result<Option<HeldToken>, Error> {
        match self.read(now)? {
            None if std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty()) => {
                HeldToken::read(&read_variable(VARIABLE)?, now).map(Some)
            }
            given => Ok(given),
        }
    }
}

fn open(path: &Path) -> Result<File, Error> {
    keep_from_children(path);
    File::open(path).map_err(|error| Error::unreadable(path.display(), &error))
}

/// The same input, unless it begins like UTF-16: its lines can't be told apart by bytes.
fn utf8(mut input: impl Read + Send + 'static, name: &str) -> Result<Box<dyn Read + Send>, Error> {
    let mut start = Vec::new();
    input.by_ref().take(2).read_to_end(&mut start).map_err(|error| Error::unreadable(name, &error))?;
    if is_utf16(&start) {
        return Err(Error::new(Kind::Usage, format!("`{name}` is UTF-16 text, and UTF-8 is expected"))
            .hint("`iconv -f UTF-16 -t UTF-8` converts it; without `--lines` and `--scan` it is read as it is"));
    }
    Ok(Box::new(Cursor::new(start).chain(input)))
}

/// A token, or a text with one in it, in a file.
pub(super) fn read_token_file(path: &Path) -> Result<Zeroizing<String>, Error> {
    read_text_file(path, token::MOST_BYTES)
}

fn read_variable(name: &str) -> Result<Zeroizing<String>, Error> {
    secret_variable(name)
        .map(Zeroizing::new)
        .ok_or_else(|| Error::new(Kind::Usage, format!("the environment variable `{name}` is not set, or is no text")))
}

/// Standard input as text. `asked`: the user wrote `-`, so a terminal is read as well.
pub(super) fn read_input(asked: bool) -> Result<Zeroizing<String>, Error> {
    read_input_within(asked, token::MOST_BYTES)
}

/// The text of a file in which a token is looked for.
fn read_text_file(path: &Path, most: usize) -> Result<Zeroizing<String>, Error> {
    let file = open(path)?;
    // no text is larger than a document, in UTF-16
    let largest = most.max(token::MOST_DOCUMENT);
    if is_larger(&file, u64::try_from(largest).unwrap_or(u64::MAX).saturating_mul(2)) {
        return Err(HeldToken::too_large(largest));
    }
    read_text(file, &path.display().to_string(), most)
}

fn read_input_within(asked: bool, most: usize) -> Result<Zeroizing<String>, Error> {
    let input = io::stdin();
    if input.is_terminal() && !asked {
        return Err(Error::new(Kind::Usage, "there is no token: none was given, and standard input is a terminal")
            .hint("give it as an argument, pipe it in, or write `-` and paste it"));
    }
    read_text(input.lock(), "standard input", most)
}

/// A text in which a token of so many bytes is looked for. One that is larger than that is refused before it is read on,
/// unless it begins like a JSON document, which may be larger.
fn read_text(mut input: impl Read, name: &str, most: usize) -> Result<Zeroizing<String>, Error> {
    let unreadable = |error: io::Error| Error::unreadable(name, &error);
    let mut bytes = Zeroizing::new(Vec::new());
    // UTF-16 takes two bytes for most characters
    let bytes_of = |characters: usize| u64::try_from(characters).unwrap_or(u64::MAX).saturating_mul(2);
    if !read_up_to(&mut input, &mut bytes, u64::try_from(most).unwrap_or(u64::MAX)).map_err(unreadable)? {
        let limit = if is_utf16(&bytes) { bytes_of(most) } else { u64::try_from(most).unwrap_or(u64::MAX) };
        let (document, limit) = match token::begins_like_a_document(&from_bytes(&bytes)) {
            true => (true, limit.max(token::MOST_DOCUMENT as u64)),
            false => (false, limit),
        };
        if !read_up_to(&mut input, &mut bytes, limit).map_err(unreadable)? {
            return Err(HeldToken::too_large(if document { most.max(token::MOST_DOCUMENT) } else { most }));
        }
    }
    // text that is UTF-8 is not copied
    Ok(Zeroizing::new(match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => text,
        Err(error) => from_bytes(&Zeroizing::new(error.into_bytes())).into_owned(),
    }))
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
