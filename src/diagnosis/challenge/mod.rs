//! Parses `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3) as servers really send it.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// An authentication challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as it was sent, such as `Bearer`; empty when the header starts with a parameter. Case-insensitive: see
    /// [`Challenge::is_scheme`].
    pub scheme: String,
    /// The token68 credentials, if there are some instead of parameters.
    pub token68: Option<String>,
    /// The parameters in order: names in lower case, values unquoted.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Returns the first parameter with a (lower-case) name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether it has this scheme, ignoring case.
    #[must_use]
    pub fn is_scheme(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// Returns the claims request (OpenID Connect Core section 5.5) in `claims` as JSON. It may be plain, base64 or base64url.
    #[must_use]
    pub fn claims(&self) -> Option<String> {
        let text = self.parameter("claims")?;
        if text.trim_start().starts_with('{') {
            return Some(text.to_owned());
        }
        let lenient = GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true);
        [STANDARD, URL_SAFE]
            .iter()
            .filter_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())
            .filter_map(|bytes| String::from_utf8(bytes).ok())
            .find(|json| json.trim_start().starts_with('{'))
    }
}

/// Limit for the number of challenges, and of parameters in each.
const MAX: usize = 64;

/// Length limit for one header field, in bytes.
const MAX_BYTES: usize = 16 << 10;

/// Schemes in use: those registered with IANA and some others. In a header that violates the grammar, only these start a
/// challenge.
const SCHEMES: &[&str] = &[
    "apikey",
    "aws4-hmac-sha256",
    "basic",
    "bearer",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mac",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "scram-sha-256",
    "token",
    "uma",
    "vapid",
];

/// Parses the challenges in all `WWW-Authenticate` fields, in order. It never fails: what can't be parsed is skipped.
///
/// Beyond the grammar it accepts parameters separated only by spaces; values without quotes, in single quotes, with one
/// quote missing, or with unescaped inner quotes; folded lines; and parameters without a scheme.
#[must_use]
pub fn parse_challenges<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for header in headers {
        let end = header.floor_char_boundary(MAX_BYTES);
        parse_header(header.get(..end).unwrap_or_default(), &mut challenges);
        if challenges.len() >= MAX {
            break;
        }
    }
    challenges.truncate(MAX);
    challenges
}

fn parse_header(header: &str, challenges: &mut Vec<Challenge>) {
    let first = challenges.len();
    let mut rest = header;
    while challenges.len() <= MAX {
        rest = rest.trim_start_matches(|character| is_space(character) || character == ',' || character == ';');
        let (word, after) = token(rest);
        if word.is_empty() {
            let mut characters = rest.chars();
            if characters.next().is_none() {
                return;
            }
            rest = characters.as_str();
            continue;
        }
        let spaced = after.trim_start_matches(is_space);
        // a parameter: a name, optional white space, and an equals sign that does not start a token68
        if let Some(value) = spaced.strip_prefix('=').filter(|value| !value.starts_with('=')) {
            let (value, after) = parameter_value(value.trim_start_matches(is_space));
            if challenges.len() == first {
                challenges.push(Challenge { scheme: String::new(), token68: None, parameters: Vec::new() });
            }
            if let Some(challenge) = challenges.last_mut().filter(|challenge| challenge.parameters.len() < MAX) {
                challenge.parameters.push((word.to_ascii_lowercase(), value));
            }
            rest = after;
            continue;
        }
        let (token68, after_token68) = token68(spaced);
        let alone = after_token68.trim_start_matches(is_space);
        let is_token68 =
            !token68.is_empty() && spaced.len() < after.len() && (alone.is_empty() || alone.starts_with(','));
        challenges.push(Challenge {
            scheme: word.to_owned(),
            token68: is_token68.then(|| token68.to_owned()),
            parameters: Vec::new(),
        });
        rest = if is_token68 { after_token68 } else { after };
    }
}

/// White space, including that of folded lines (RFC 9112 section 5.2).
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_token_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

/// Splits off a token (RFC 9110 section 5.6.2).
fn token(text: &str) -> (&str, &str) {
    let end = text.find(|character| !is_token_part(character)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Splits off a token68 (RFC 9110 section 11.2).
fn token68(text: &str) -> (&str, &str) {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-._~+/".contains(character);
    let body = text.find(|character| !is_part(character)).unwrap_or(text.len());
    let padding = text.get(body..).unwrap_or_default();
    let end = body + (padding.len() - padding.trim_start_matches('=').len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Returns whether `text` starts with a parameter.
fn starts_parameter(text: &str) -> bool {
    let (word, after) = token(text);
    !word.is_empty() && after.trim_start_matches(is_space).starts_with('=')
}

fn starts_scheme(text: &str) -> bool {
    let (word, after) = token(text);
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
        && (after.is_empty() || after.starts_with(is_space) || after.starts_with(','))
}

/// Returns whether `text` starts with a scheme and its parameters, or a scheme alone; a sentence may have the same word.
fn starts_challenge(text: &str) -> bool {
    let after = token(text).1.trim_start_matches(is_space);
    starts_scheme(text) && (after.is_empty() || after.starts_with(',') || starts_parameter(after))
}

/// Returns whether a quote followed by this text ends a value: at the end, or before the next parameter or challenge.
fn ends_value(after: &str) -> bool {
    let spaced = after.trim_start_matches(is_space);
    if spaced.is_empty() {
        return true;
    }
    if let Some(next) = spaced.strip_prefix([',', ';']) {
        let next = next.trim_start_matches(|character| is_space(character) || character == ',');
        return next.is_empty() || token(next).0.len() == next.len() || starts_parameter(next) || {
            let (word, after) = token(next);
            !word.is_empty() && after.starts_with([' ', '\t', '\r', '\n', ','])
        };
    }
    // a quote inside a sentence is followed by a word as well
    spaced.len() < after.len() && (starts_parameter(spaced) || starts_scheme(spaced))
}

/// Splits off the value of a parameter, without quotes.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        return unquoted(text);
    };
    let quoted = text.get(1..).unwrap_or_default();
    let mut value = String::new();
    let mut rest = quoted;
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quote == '"' => value.extend(characters.next()),
            character if character == quote => {
                if ends_value(characters.as_str()) {
                    return (value, characters.as_str());
                }
                // this quote opens the next value: the closing quote is missing
                if let Some((own, next)) = unclosed(&value, quoted, rest) {
                    return (own, next);
                }
                value.push(character);
            }
            other => value.push(other),
        }
        rest = characters.as_str();
    }
    (value, "")
}

/// Ends a value without a closing quote before the `, name=` of the next parameter. `rest`: the text from the quote on.
fn unclosed<'t>(value: &str, quoted: &'t str, rest: &str) -> Option<(String, &'t str)> {
    let before = value.trim_end_matches(is_space).strip_suffix('=')?.trim_end_matches(is_space);
    let name = before.len() - before.chars().rev().take_while(|character| is_token_part(*character)).count();
    let own = before.get(..name)?;
    let end = own.trim_end_matches(is_space).strip_suffix(',')?;
    let read = quoted.len() - rest.len();
    let from = quoted.get(..read)?.rfind(',')?;
    Some((end.trim_end_matches(is_space).to_owned(), quoted.get(from..)?))
}

/// Splits off an unquoted value: up to a comma or white space, plus words that follow, as in `scope=read write`.
fn unquoted(text: &str) -> (String, &str) {
    let is_part = |character: char| !is_space(character) && character != ',' && character != ';';
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if !value.is_empty() && !word.is_empty() {
            value.push(' ');
        }
        value.push_str(word);
        let spaced = after.trim_start_matches(is_space);
        let continues = spaced.len() < after.len()
            && spaced.starts_with(is_part)
            && !starts_parameter(spaced)
            && !starts_challenge(spaced);
        if !continues {
            return (value.trim_end_matches(['"', '\'']).to_owned(), after);
        }
        rest = spaced;
    }
}

#[cfg(test)]
mod tests;
