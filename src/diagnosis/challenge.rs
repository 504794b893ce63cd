//! `WWW-Authenticate` (RFC 9110 §11.6.1, RFC 6750 §3), as it is really sent.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as it was sent, such as `Bearer`; empty when the header begins with a parameter. Compare without
    /// regard to case.
    pub scheme: String,
    /// The token68 form, where there is one instead of parameters.
    pub token68: Option<String>,
    /// The parameters in their order: names in lower case, values unquoted.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The first parameter of that (lower-case) name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
    }

    /// Whether the scheme is this one, without regard to case.
    #[must_use]
    pub fn is_scheme(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The claims request (OpenID Connect Core §5.5) of `claims`, as JSON text: sent in base64, base64url or bare.
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

/// The most challenges, and the most parameters of one, that are kept.
const MOST: usize = 64;

/// The most bytes of one header that are read.
const MOST_BYTES: usize = 16 << 10;

/// Schemes that are in use (IANA HTTP authentication schemes, and some that never registered): where a header breaks
/// the grammar, such a word begins a challenge and any other does not.
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

/// Parses every challenge of every `WWW-Authenticate` header, in order. It never fails: what can't be read is
/// skipped, and what can be is kept.
///
/// Beyond the grammar it takes parameters that are separated by spaces alone, values without quotes, with single
/// quotes, with one quote of the two, or with quotes inside that are not escaped, folded lines, and parameters
/// without a scheme.
#[must_use]
pub fn parse_challenges<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for header in headers {
        let end = header.floor_char_boundary(MOST_BYTES);
        parse_header(header.get(..end).unwrap_or_default(), &mut challenges);
        if challenges.len() >= MOST {
            break;
        }
    }
    challenges.truncate(MOST);
    challenges
}

fn parse_header(header: &str, challenges: &mut Vec<Challenge>) {
    let first = challenges.len();
    let mut rest = header;
    while challenges.len() <= MOST {
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
        // a parameter: its name, white space that should not be there, and an equals sign that begins no token68
        if let Some(value) = spaced.strip_prefix('=').filter(|value| !value.starts_with('=')) {
            let (value, after) = parameter_value(value.trim_start_matches(is_space));
            if challenges.len() == first {
                challenges.push(Challenge { scheme: String::new(), token68: None, parameters: Vec::new() });
            }
            if let Some(challenge) = challenges.last_mut().filter(|challenge| challenge.parameters.len() < MOST) {
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

/// White space, and what a folded line leaves behind (RFC 9112 §5.2).
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_token_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

/// A token (RFC 9110 §5.6.2) and what follows it.
fn token(text: &str) -> (&str, &str) {
    let end = text.find(|character| !is_token_part(character)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A token68 (RFC 9110 §11.2) and what follows it.
fn token68(text: &str) -> (&str, &str) {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-._~+/".contains(character);
    let body = text.find(|character| !is_part(character)).unwrap_or(text.len());
    let padding = text.get(body..).unwrap_or_default();
    let end = body + (padding.len() - padding.trim_start_matches('=').len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Whether `text` begins a parameter.
fn begins_parameter(text: &str) -> bool {
    let (word, after) = token(text);
    !word.is_empty() && after.trim_start_matches(is_space).starts_with('=')
}

fn begins_scheme(text: &str) -> bool {
    let (word, after) = token(text);
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
        && (after.is_empty() || after.starts_with(is_space) || after.starts_with(','))
}

/// Whether a quote that is followed by this text ends a value: at the end, before the next parameter or challenge.
fn ends_value(after: &str) -> bool {
    let spaced = after.trim_start_matches(is_space);
    if spaced.is_empty() {
        return true;
    }
    if let Some(next) = spaced.strip_prefix([',', ';']) {
        let next = next.trim_start_matches(|character| is_space(character) || character == ',');
        return next.is_empty() || token(next).0.len() == next.len() || begins_parameter(next) || {
            let (word, after) = token(next);
            !word.is_empty() && after.starts_with([' ', '\t', '\r', '\n', ','])
        };
    }
    // a quote in the middle of a sentence is followed by a word, too
    spaced.len() < after.len() && (begins_parameter(spaced) || begins_scheme(spaced))
}

/// The value of a parameter, without its quotes, and what follows it.
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
                // the quote of the next parameter: the end of this one was forgotten
                if let Some((own, next)) = forgotten_end(&value, quoted, rest) {
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

/// Where a value whose closing quote was forgotten ends: before `, name=` at its end. `rest`: from the quote on.
fn forgotten_end<'t>(value: &str, quoted: &'t str, rest: &str) -> Option<(String, &'t str)> {
    let before = value.trim_end_matches(is_space).strip_suffix('=')?.trim_end_matches(is_space);
    let name = before.len() - before.chars().rev().take_while(|character| is_token_part(*character)).count();
    let own = before.get(..name)?;
    let end = own.trim_end_matches(is_space).strip_suffix(',')?;
    let read = quoted.len() - rest.len();
    let from = quoted.get(..read)?.rfind(',')?;
    Some((end.trim_end_matches(is_space).to_owned(), quoted.get(from..)?))
}

/// The text up to a comma or white space. Words that stand alone after it belong to it, as in `scope=read write`.
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
        let goes_on = spaced.len() < after.len()
            && spaced.starts_with(is_part)
            && !begins_parameter(spaced)
            && !begins_scheme(spaced);
        if !goes_on {
            return (value.trim_end_matches(['"', '\'']).to_owned(), after);
        }
        rest = spaced;
    }
}

#[cfg(test)]
mod tests;
