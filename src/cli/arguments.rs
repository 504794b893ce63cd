//! Arguments shared by several subcommands.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::app::{Error, ErrorKind, LoadedToken, is_larger, read_up_to, secret_variable};
use crate::files::keep_from_children;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::text::{from_bytes, is_utf16, is_utf16_text, shell_word};
use crate::token::{self, Policy, TokenKind};

/// Environment variable with the token for commands that send or compare one.
const VARIABLE: &str = "TOKSCOPE_TOKEN";

// Source of a token, or of text that contains one: one of these, or stdin.
#[derive(Debug, clap::Args)]
pub(super) struct TokenArguments {
    /// Token to read; stdin if omitted or `-`; if stdin is a terminal, the variable `TOKSCOPE_TOKEN`
    #[arg(value_name = "TOKEN|-")]
    token: Option<String>,
    /// Read the token from a file: a bare token, a token response, an HTTP request, a HAR
    #[arg(long, visible_alias = "token-file", value_name = "FILE", conflicts_with = "token")]
    file: Option<PathBuf>,
    /// Read the token from an environment variable
    #[arg(long, visible_alias = "token-env", value_name = "NAME", conflicts_with_all = ["token", "file"])]
    env: Option<String>,
}

impl TokenArguments {
    /// Reads and decodes the token, with findings by this policy.
    pub(super) fn read(&self, now: Timestamp, policy: Policy) -> Result<LoadedToken, Error> {
        let text = match (&self.file, &self.env, self.token.as_deref()) {
            (Some(path), _, _) => read_text_file(path, policy.max_bytes)?,
            (None, Some(name), _) => read_variable(name)?,
            (None, None, Some(text)) if text != "-" => {
                demand_no_file(text)?;
                Zeroizing::new(text.to_owned())
            }
            (None, None, None) if io::stdin().is_terminal() && has_variable() => read_variable(VARIABLE)?,
            (None, None, argument) => read_input_within(argument.is_some(), policy.max_bytes)?,
        };
        LoadedToken::read_by(&text, now, policy)
    }

    /// Returns a note if a token that was given as an argument could be the name of a missing file.
    pub(super) fn doubt(&self, token: &LoadedToken) -> Option<&'static str> {
        let text = self.token.as_deref().filter(|text| text.contains('/'))?;
        let is_unknown = token.decoded.kind == TokenKind::Opaque && token.decoded.opaque.is_none();
        // not repeated: it may be a token
        let note = "note: the argument is read as an opaque token; use `--file FILE` to read a token from a file";
        (is_unknown && token.secret.expose() == text).then_some(note)
    }

    /// Whether the token is read from stdin.
    pub(super) fn is_standard_input(&self) -> bool {
        self.file.is_none() && self.env.is_none() && self.token.as_deref().is_none_or(|token| token == "-")
    }

    /// Returns the file or stdin, for commands that read many tokens.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + Send>, Error> {
        match &self.file {
            Some(path) => utf8(open(path)?, &path.display().to_string()),
            None => utf8(io::stdin(), "stdin"),
        }
    }
}

// Source of the token that a command sends or compares. The token itself is not accepted as an argument: arguments are
// visible to every process of the machine, and recorded in the shell's history.
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
    /// Argument names, for `conflicts_with`.
    pub(super) const NAMES: [&'static str; 3] = ["token", "token_file", "token_env"];

    /// Whether a source was given.
    pub(super) fn is_named(&self) -> bool {
        self.token.is_some() || self.token_file.is_some() || self.token_env.is_some()
    }

    /// Whether the token is read from stdin.
    pub(super) fn is_standard_input(&self) -> bool {
        self.token.is_some() || self.token_file.as_deref().is_some_and(|path| path.as_os_str() == "-")
    }

    /// Reads and decodes the token; `None` if no source was given.
    pub(super) fn read(&self, now: Timestamp) -> Result<Option<LoadedToken>, Error> {
        if self.token.as_ref().is_some_and(|text| text.expose() != "-") {
            // the error must not repeat the value
            return Err(Error::new(ErrorKind::Usage, "a token on the command line is visible to other users")
                .hint(format!("pass it with `--token -` (stdin), `--token-file`, `--token-env` or {VARIABLE}")));
        }
        let text = match (&self.token_file, &self.token_env) {
            _ if self.is_standard_input() => read_input(true)?,
            (Some(path), _) => read_token_file(path)?,
            (None, Some(name)) => read_variable(name)?,
            (None, None) => return Ok(None),
        };
        LoadedToken::read(&text, now).map(Some)
    }

    /// Like [`Self::read`], with the environment variable [`VARIABLE`] as fallback.
    pub(super) fn read_or_variable(&self, now: Timestamp) -> Result<Option<LoadedToken>, Error> {
        match self.read(now)? {
            None if has_variable() => LoadedToken::read(&read_variable(VARIABLE)?, now).map(Some),
            given => Ok(given),
        }
    }
}

/// Refuses the name of a file where a token is expected. A missing file is detected by its form, or by its folder.
fn demand_no_file(text: &str) -> Result<(), Error> {
    let path = Path::new(text);
    if path.is_file() {
        return Err(Error::new(ErrorKind::Usage, format!("`{text}` is a file, not a token"))
            .hint(format!("read it with `--file {}`", shell_word(text))));
    }
    let is_relative = ["./", "../", "~/"].iter().any(|start| text.starts_with(start));
    // some opaque tokens contain slashes, but none of them names a folder
    let folder = path.parent().filter(|folder| folder.parent().is_some() && folder.is_dir());
    match is_relative || folder.is_some() {
        true => Err(Error::new(ErrorKind::Usage, format!("`{text}` is not a token, and no such file exists"))
            .hint("read a token from a file with `--file FILE`")),
        false => Ok(()),
    }
}

/// Returns whether [`VARIABLE`] is set. An empty variable counts as unset.
fn has_variable() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| !value.is_empty())
}

fn open(path: &Path) -> Result<File, Error> {
    keep_from_children(path);
    File::open(path).map_err(|error| Error::unreadable(path.display(), &error))
}

/// Number of bytes by which UTF-16 is recognized.
const BEGINNING: u64 = 64 << 10;

/// Returns the input, unless it is UTF-16, whose lines can't be separated bytewise.
fn utf8(mut input: impl Read + Send + 'static, name: &str) -> Result<Box<dyn Read + Send>, Error> {
    let unreadable = |error: io::Error| Error::unreadable(name, &error);
    let mut start = Vec::new();
    input.by_ref().take(2).read_to_end(&mut start).map_err(unreadable)?;
    if is_utf16(&start) {
        input.by_ref().take(BEGINNING).read_to_end(&mut start).map_err(unreadable)?;
    }
    if is_utf16_text(&start) {
        return Err(Error::new(ErrorKind::Usage, format!("`{name}` is UTF-16, but UTF-8 is required"))
            .hint("convert it with `iconv -f UTF-16 -t UTF-8`, or omit `--lines` and `--scan`, which require UTF-8"));
    }
    Ok(Box::new(Cursor::new(start).chain(input)))
}

/// Reads a token, or text that contains one, from a file.
pub(super) fn read_token_file(path: &Path) -> Result<Zeroizing<String>, Error> {
    read_text_file(path, token::MOST_BYTES)
}

fn read_variable(name: &str) -> Result<Zeroizing<String>, Error> {
    secret_variable(name).map(Zeroizing::new).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the environment variable `{name}` is not set, or is not valid Unicode"))
    })
}

/// Reads stdin. `asked`: the user passed `-`, so a terminal is read too.
pub(super) fn read_input(asked: bool) -> Result<Zeroizing<String>, Error> {
    read_input_within(asked, token::MOST_BYTES)
}

/// Reads a file that contains a token.
fn read_text_file(path: &Path, most: usize) -> Result<Zeroizing<String>, Error> {
    let file = open(path)?;
    // the largest accepted input is a document in UTF-16
    let largest = most.max(token::MOST_DOCUMENT);
    if is_larger(&file, u64::try_from(largest).unwrap_or(u64::MAX).saturating_mul(2)) {
        return Err(LoadedToken::too_large(largest));
    }
    read_text(file, &path.display().to_string(), most)
}

fn read_input_within(asked: bool, most: usize) -> Result<Zeroizing<String>, Error> {
    let input = io::stdin();
    if input.is_terminal() && !asked {
        return Err(Error::new(ErrorKind::Usage, "no token given, and stdin is a terminal")
            .hint("pass it as an argument, pipe it in, or use `-` and paste it"));
    }
    read_text(input.lock(), "stdin", most)
}

/// Reads text that contains a token of at most `most` bytes. Larger input is refused early,
/// unless it starts like a JSON document, which may be larger.
fn read_text(mut input: impl Read, name: &str, most: usize) -> Result<Zeroizing<String>, Error> {
    let unreadable = |error: io::Error| Error::unreadable(name, &error);
    let mut bytes = Zeroizing::new(Vec::new());
    // UTF-16 has two bytes for most characters
    let bytes_of = |characters: usize| u64::try_from(characters).unwrap_or(u64::MAX).saturating_mul(2);
    if !read_up_to(&mut input, &mut bytes, u64::try_from(most).unwrap_or(u64::MAX)).map_err(unreadable)? {
        let limit = if is_utf16(&bytes) { bytes_of(most) } else { u64::try_from(most).unwrap_or(u64::MAX) };
        let (document, limit) = match token::begins_like_a_document(&from_bytes(&bytes)) {
            true => (true, limit.max(token::MOST_DOCUMENT as u64)),
            false => (false, limit),
        };
        if !read_up_to(&mut input, &mut bytes, limit).map_err(unreadable)? {
            return Err(LoadedToken::too_large(if document { most.max(token::MOST_DOCUMENT) } else { most }));
        }
    }
    // valid UTF-8 is not copied
    Ok(Zeroizing::new(match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => text,
        Err(error) => from_bytes(&Zeroizing::new(error.into_bytes())).into_owned(),
    }))
}

/// Parses a scope.
pub(super) fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).map_err(|error| error.to_string())
}

/// Parses `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Parses a header argument. The colon before the name of a pseudo-header field belongs to the name.
pub(super) fn header(text: &str) -> Result<(String, String), String> {
    let pseudo = usize::from(text.starts_with(':'));
    let name = text.split(':').nth(pseudo).filter(|name| name.len() + pseudo < text.len());
    let end = name.map(|name| name.len() + pseudo).ok_or("expected NAME: VALUE")?;
    let (name, value) = text.split_at_checked(end).ok_or("expected NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.get(1..).unwrap_or_default().trim().to_owned()))
}

/// Returns the environment variable of an option. An empty one counts as unset.
pub(super) fn variable(name: &'static str) -> Option<&'static str> {
    std::env::var_os(name).is_none_or(|value| !value.is_empty()).then_some(name)
}
