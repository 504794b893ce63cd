//! Finds the token in pasted or piped text.

mod described;
mod http;
mod json;
mod removed;
mod shell;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use thiserror::Error;

pub use self::removed::is_removed;
use url::form_urlencoded;

use super::scan::Scanner;
use super::{Description, Json, opaque};
use crate::secret::Secret;
use crate::text::is_deceptive;

/// A token with its context in the input.
#[derive(Clone, Debug)]
pub struct Input {
    /// The token itself.
    pub token: Secret,
    /// `scope` of the token response that contains it (RFC 6749 §5.1).
    pub scope: Option<String>,
    /// `expires_in` of the token response that contains it.
    pub expires_in: Option<Duration>,
    /// Whether it was sent to an API, in an `Authorization` header or the like.
    pub sent: bool,
    /// What was removed from the input to read the token.
    pub left_out: Option<LeftOut>,
    /// The content, if the input describes a token instead of containing it; `token` is then the description.
    pub described: Option<Described>,
}

/// A token that was decoded elsewhere, or a response that describes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What the input is.
    pub description: Description,
    /// JOSE header, if it is in the input.
    pub header: Option<Json>,
    /// Claims, or the members of the response.
    pub claims: Json,
}

/// Part of an input that a lenient parser removes to read a token, and a strict one rejects (RFC 8725bis §3.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// White space or line breaks within the token.
    WhiteSpace,
    /// A control, bidirectional, zero-width or other invisible character, within the token or next to it.
    Character(char),
}

impl LeftOut {
    /// Returns what was removed from the text to read this token; `None` if the text contains the token unchanged or in
    /// another notation, such as percent-encoding.
    fn between(text: &str, token: &str) -> Option<Self> {
        let is_hidden = |character: &char| is_deceptive(*character) && !character.is_ascii_whitespace();
        let Some(at) = text.find(token) else {
            let is_left_out = |character: char| character.is_whitespace() || is_deceptive(character);
            let bare: String = text.chars().filter(|character| !is_left_out(*character)).collect();
            let hidden = text.chars().find(is_hidden);
            return bare.contains(token).then(|| hidden.map_or(Self::WhiteSpace, Self::Character));
        };
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + token.len()..).and_then(|after| after.chars().next());
        before.into_iter().chain(after).find(is_hidden).map(Self::Character)
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WhiteSpace => formatter.write_str("white space within the token"),
            Self::Character(character) => write!(formatter, "the character U+{:04X}", u32::from(*character)),
        }
    }
}

impl Input {
    fn bare(token: impl Into<String>) -> Self {
        Self { token: Secret::new(token), scope: None, expires_in: None, sent: false, left_out: None, described: None }
    }

    fn sent(token: impl Into<String>) -> Self {
        Self { sent: true, ..Self::bare(token) }
    }
}

/// Error of an input without a token.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InputError {
    /// Only white space.
    #[error("the input is empty")]
    Empty,
    /// Larger than this limit in bytes.
    #[error("the input has more than {0} bytes")]
    TooLarge(usize),
    /// JSON without a token.
    #[error("the input is JSON, but has no `access_token`")]
    NoTokenInJson,
    /// A token response that is an error (RFC 6749 §5.2).
    #[error("the input is an error response, not a token: `{0}`")]
    ErrorResponse(String),
    /// A token response in which a member occurs more than once (RFC 6749 §3.2).
    #[error("the token response has `{0}` more than once: parsers differ in which value they use")]
    Repeated(&'static str),
    /// A capture from which the token was removed.
    #[error("the token was redacted in the capture")]
    Removed,
    /// A response about a token that is not valid (RFC 7662 §2.2).
    #[error("the introspection response says that the token is not active")]
    Inactive,
    /// A word that is too short for a token, or stands for one.
    #[error("the input is not a token: it is too short, or a name")]
    Placeholder,
    /// Several words, none of which is a token.
    #[error("no token was found in the input")]
    NotFound,
    /// This number of tokens, none of which is preferred.
    #[error("the input contains {0} tokens: pass only one")]
    Several(usize),
}

/// Maximum size of a token in bytes, unless the caller allows more.
pub const MOST_BYTES: usize = super::scan::LONGEST;

/// Maximum size in bytes of a JSON document, such as a HAR, that contains a token.
pub const MOST_DOCUMENT: usize = 64 << 20;

/// Beginning of a JOSE header: `{"` in base64url.
const JOSE: &str = "eyJ";

/// Maximum depth of texts inside texts, such as the body of a response.
const MOST_NESTED: usize = 3;

/// Finds the token in a bare token, `Bearer …` or `DPoP …`, a whole `Authorization:` line, quotes, a token in JSON
/// serialization, a token response in JSON (RFC 6749 §5.1), a HAR, a `curl` command, a raw HTTP request or response,
/// cookies, a URL with a parameter such as `access_token`, an assignment of a shell or an `.env` file, or a decoded token;
/// white space, line breaks and invisible characters are removed.
///
/// # Errors
/// If there is no token.
pub fn detect(text: &str) -> Result<Input, InputError> {
    detect_within(text, MOST_BYTES)
}

/// Like [`detect`], with another limit for the size of the token and of the input, in bytes. A JSON document, such as a
/// HAR, may have [`MOST_DOCUMENT`] bytes.
///
/// # Errors
/// If there is no token.
pub fn detect_within(text: &str, most: usize) -> Result<Input, InputError> {
    let most_text = if begins_like_a_document(text) { most.max(MOST_DOCUMENT) } else { most };
    if text.len() > most_text {
        return Err(InputError::TooLarge(most_text));
    }
    match find(text, 0) {
        Ok(input) if input.token.expose().len() > most => Err(InputError::TooLarge(most)),
        Err(error @ (InputError::NotFound | InputError::NoTokenInJson)) => {
            // a decoded token is at most as large as a token
            let described = || described::find(text).map(Ok).or_else(|| described::anywhere(text));
            anywhere(text).or_else(|| (text.len() <= most).then(described).flatten()).unwrap_or(Err(error))
        }
        found => found,
    }
    .map(|input| Input { left_out: LeftOut::between(text, input.token.expose()), ..input })
}

/// Returns whether a text begins like a JSON document, such as a HAR.
#[must_use]
pub fn begins_like_a_document(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// Finds the only token in a text of unknown format; `None` if there is none.
fn anywhere(text: &str) -> Option<Result<Input, InputError>> {
    // preparing it is slow, and many lines may contain no token
    static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);
    let sightings = SCANNER.scan(text.as_bytes());
    let tokens: BTreeSet<&str> = sightings.iter().filter_map(|sighting| text.get(sighting.at.clone())).collect();
    match (tokens.len(), tokens.first()) {
        (_, None) => None,
        (1, Some(only)) => Some(Ok(Input::bare(*only))),
        (several, _) => Some(Err(InputError::Several(several))),
    }
}

fn find(text: &str, depth: usize) -> Result<Input, InputError> {
    // a bare JWT, as in most lines of `--lines`
    if text.starts_with(JOSE) && text.contains('.') && text.bytes().all(is_token_byte) {
        return Ok(Input::bare(without_full_stop(text)));
    }
    // tokens copied from web pages often contain a byte order mark or zero-width spaces
    let cleaned: String =
        text.chars().filter(|character| character.is_whitespace() || !is_deceptive(*character)).collect();
    let text = unquote(cleaned.trim());
    if text.is_empty() {
        return Err(InputError::Empty);
    }
    let unescaped = percent_encoded_scheme(text);
    let text = unescaped.as_deref().unwrap_or(text);
    if described::is_decoded(text) {
        return described::find(text).ok_or(InputError::NotFound);
    }
    if text.starts_with('{') {
        return json::find(text, depth);
    }
    let found = http::find(text, depth)
        .or_else(|| shell::assignment(text).map(|value| Input::bare(jwt_within(&value).unwrap_or(value))));
    match found {
        Some(input) => Ok(input),
        None => from_words(text),
    }
}

/// Returns whether a text looks like a token: a JOSE header and a dot, or a published prefix.
fn is_token(text: &str) -> bool {
    (text.starts_with(JOSE) && text.contains('.')) || opaque::detect(text).is_some()
}

fn from_words(text: &str) -> Result<Input, InputError> {
    if let Some(input) = after_parameter(text) {
        return Ok(input);
    }
    // what continues a line in a shell, and begins one in a quoted message
    let continued = |word: &&str| !word.is_empty() && !["\\", ">", "|"].contains(word);
    let words: Vec<&str> =
        text.split_whitespace().map(|word| unquote(word.trim_end_matches('\\'))).filter(continued).collect();
    if let Some(position) = words.iter().position(|word| word.eq_ignore_ascii_case("--oauth2-bearer")) {
        return words.get(position + 1).map(|word| Input::sent(*word)).ok_or(InputError::NotFound);
    }
    if let Some(position) = words.iter().position(|word| is_scheme(word)) {
        // it may have been written twice
        let rest = words.get(position + 1..).unwrap_or_default();
        let again = rest.iter().take_while(|word| is_scheme(word)).count();
        let rest = rest.get(again..).unwrap_or_default();
        // in a command only the next word is the token; otherwise it may be wrapped over several lines
        let is_command = words.first().is_some_and(|word| *word == "curl");
        let taken = if is_command { rest.get(..1).unwrap_or_default() } else { rest };
        return joined(taken).map(Input::sent);
    }
    if let Some((name, rest)) = text.split_once(':')
        && name.trim().eq_ignore_ascii_case("authorization")
    {
        let rest: Vec<&str> = rest.split_whitespace().map(unquote).collect();
        return match rest.as_slice() {
            [scheme, token] if is_other_scheme(scheme) => Ok(Input::sent(*token)),
            // other schemes, such as `Basic`, have no token
            [first, _, ..] if !first.starts_with(JOSE) => Err(InputError::NotFound),
            words => joined(words).map(Input::sent),
        };
    }
    match words.as_slice() {
        [scheme, token] if is_other_scheme(scheme) => Ok(Input::sent(*token)),
        // a damaged JWT is reported as one
        [only] if only.trim_start_matches('.').starts_with(JOSE) => {
            let part = (!only.trim_matches('.').contains('.')).then(|| described::payload_part(only)).flatten();
            Ok(part.unwrap_or_else(|| Input::bare(without_full_stop(only.trim_start_matches('.')))))
        }
        [only] if let Some(token) = jwt_within(only) => Ok(Input::bare(token)),
        [only] if can_be_opaque(only) && is_placeholder(only) => Err(InputError::Placeholder),
        [only] if can_be_opaque(only) => Ok(Input::bare(*only)),
        several if several.first().is_some_and(|word| word.starts_with(JOSE)) => joined(several).map(Input::bare),
        _ => Err(InputError::NotFound),
    }
}

/// Returns whether a word is printable ASCII (RFC 6749 §A.12) without characters of JSON, code or URLs.
fn can_be_opaque(word: &str) -> bool {
    let is_code = |byte: u8| b"\"'`{}[]()<>\\,;".contains(&byte);
    word.bytes().all(|byte| byte.is_ascii_graphic() && !is_code(byte)) && !word.contains("://")
}

/// Joins the words of a wrapped token, all of which must have only characters of tokens.
fn joined(words: &[&str]) -> Result<String, InputError> {
    let is_part = |word: &&str| word.replace('…', "...").bytes().all(is_token_byte);
    if words.is_empty() || !words.iter().all(is_part) {
        return Err(InputError::NotFound);
    }
    if let [only] = words
        && is_placeholder(only)
    {
        return Err(InputError::Placeholder);
    }
    // a header after a complete token begins another token
    let mut tokens = 1;
    let mut dots = 0;
    for pair in words.windows(2) {
        let [before, word] = pair else { continue };
        dots += before.matches('.').count();
        if word.starts_with(JOSE) && dots >= 2 && !before.ends_with('.') {
            (tokens, dots) = (tokens + 1, 0);
        }
    }
    // soft line breaks of quoted-printable (RFC 2045 §6.7)
    let is_soft = |word: &&str| word.ends_with('=') && !word.ends_with("==");
    let lines = words.split_last().map(|(_, before)| before).unwrap_or_default();
    let is_quoted_printable = !lines.is_empty() && lines.iter().all(is_soft);
    let joined: String =
        words.iter().map(|word| if is_quoted_printable { word.trim_end_matches('=') } else { word }).collect();
    if tokens > 1 { Err(InputError::Several(tokens)) } else { Ok(without_full_stop(&joined).to_owned()) }
}

/// Returns the only JWT in a word that is not a token as a whole, such as `token:eyJ…` or `Bearer%2520eyJ…`.
fn jwt_within(word: &str) -> Option<String> {
    if opaque::detect(word).is_some() || !(word.contains(JOSE) || word.contains('%')) {
        return None;
    }
    let mut text = word.to_owned();
    for _ in 0..MOST_NESTED {
        text = percent_decoded(&text);
    }
    let at = text.find(JOSE).filter(|at| *at > 0)?;
    let token = text.get(at..)?;
    let is_jwt = token.bytes().all(is_token_byte) && token.matches('.').count() >= 2;
    is_jwt.then(|| without_full_stop(token).to_owned())
}

/// Removes the full stop of a sentence after a JWS, which has three parts, or a JWE, which has five.
fn without_full_stop(token: &str) -> &str {
    let is_jwt = token.starts_with(JOSE) && !token.contains("..");
    match token.strip_suffix('.') {
        Some(before) if is_jwt && matches!(before.matches('.').count(), 2 | 4) => before,
        _ => token,
    }
}

/// Returns what stands before the `...` that replaces a part of a token.
pub(super) fn shortened(token: &str) -> Option<&str> {
    let at = token.find("...").into_iter().chain(token.find('…')).min()?;
    let before = token.get(..at)?;
    is_start_of_token(before).then_some(before)
}

/// Whether a text begins like a JWT or like an opaque token with a published prefix.
fn is_start_of_token(text: &str) -> bool {
    text.starts_with(JOSE) || opaque::may_begin(text.as_bytes())
}

/// Shortest opaque token that is accepted without a known prefix, in bytes: shorter ones are easily guessed.
const SHORTEST_OPAQUE: usize = 10;

/// Words that documentation and templates write where a token belongs.
const PLACEHOLDERS: &[&str] = &[
    "access_token",
    "accesstoken",
    "your_token",
    "your_token_here",
    "your_access_token",
    "your_api_key",
    "placeholder",
];

/// Beginnings of such words.
const INSTRUCTIONS: &[&str] =
    &["your_", "my_token", "my_access_token", "paste_", "insert_", "replace_", "enter_", "put_"];

/// Extensions of files that hold tokens: the name of one that does not exist is not a token.
const FILES: &[&str] = &[".txt", ".json", ".jwt", ".token", ".pem", ".toml", ".yaml", ".yml", ".har"];

/// Whether a word stands for a token, such as `undefined`, `access_token` or `$TOKEN`, or is too short to be one.
fn is_placeholder(word: &str) -> bool {
    let name = word.to_ascii_lowercase().replace('-', "_");
    let is_variable = word.starts_with('$') || (word.starts_with('%') && word.ends_with('%'));
    let is_short = word.len() < SHORTEST_OPAQUE;
    let is_one_character = word.len() <= 64 && word.chars().all(|character| word.starts_with(character));
    let is_told = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        && (INSTRUCTIONS.iter().any(|word| name.starts_with(word)) || name.ends_with("_here"));
    let is_file_name = FILES.iter().any(|extension| name.ends_with(extension));
    let is_replaced = is_variable || is_one_character || is_told || PLACEHOLDERS.contains(&name.as_str());
    !is_start_of_token(word) && (is_short || is_file_name || is_replaced)
}

/// Decodes a value with its scheme, such as `Bearer%20eyJ…`, as URLs and their logs contain it; `None` if it is not one.
fn percent_encoded_scheme(text: &str) -> Option<String> {
    let (scheme, _) = text.split_once("%20")?;
    (is_scheme(scheme.trim()) && !text.contains(char::is_whitespace)).then(|| percent_decoded(text))
}

/// Returns whether a byte is allowed in `b64token` (RFC 6750 §2.1).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte)
}

/// `Bearer` (RFC 6750 §2.1) or `DPoP` (RFC 9449 §7.1) in any case, alone or at the end of `Authorization:Bearer`.
fn is_scheme(word: &str) -> bool {
    let scheme = word.rsplit([':', '"', '\'']).next().unwrap_or(word);
    ["bearer", "dpop"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Schemes of GitHub and Okta, which are ordinary words unless a token follows.
fn is_other_scheme(word: &str) -> bool {
    ["token", "ssws"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Parameters of a URL or a form with a token, and whether it is sent to an API that way (RFC 6750 §2.2, §2.3).
const PARAMETERS: &[(&str, bool)] = &[
    ("access_token", true),
    ("id_token", false),
    ("client_assertion", false),
    ("assertion", false),
    ("subject_token", false),
    ("refresh_token", false),
    ("response", false),
    ("request", false),
    ("token", false),
];

/// Returns the token in such a parameter of a query, a fragment or a form.
fn after_parameter(text: &str) -> Option<Input> {
    PARAMETERS.iter().find_map(|(name, sent)| {
        let name = format!("{name}=");
        let (at, _) = text.match_indices(&name).find(|(at, _)| {
            let before = text.get(..*at).unwrap_or_default();
            before.is_empty() || before.ends_with(['?', '&', '#', ' ', '\n', '\'', '"'])
        })?;
        let after = text.get(at + name.len()..)?;
        let end = after.find(|character: char| "&#'\"".contains(character) || character.is_whitespace());
        let token = percent_decoded(unquote(after.get(..end.unwrap_or(after.len()))?));
        match (token.is_empty(), sent) {
            (true, _) => None,
            (false, true) => Some(Input::sent(token)),
            (false, false) => Some(Input::bare(token)),
        }
    })
}

/// Decodes a value of a URL (RFC 3986 §2.1). A plus sign is kept, because tokens may contain it but no spaces.
fn percent_decoded(value: &str) -> String {
    let pair = format!("={}", value.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn unquote(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`', '“', '”', '‘', '’', '«', '»', ',', ';'])
}

#[cfg(test)]
mod tests;
