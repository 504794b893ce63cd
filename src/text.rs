//! Escaping of untrusted text. All output, to a terminal or a pipe, goes through [`visible`].

use std::borrow::Cow;
use std::fmt::Write as _;

use url::Url;

/// Returns whether a character could control a terminal, reorder a line or be invisible.
///
/// These are C0, DEL and C1 controls; bidirectional controls; zero-width and other default-ignorable characters; line and
/// paragraph separators; variation selectors; tag characters (Unicode 16 `Default_Ignorable_Code_Point`, and Trojan
/// Source, CVE-2021-42574).
#[must_use]
pub fn is_deceptive(character: char) -> bool {
    matches!(
        character,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Escapes deceptive characters in the form `\u{202e}`. The result is a single line.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escape(text, is_deceptive)
}

/// Escapes like [`visible`], but keeps line feeds: for text on several lines, such as a response body.
#[must_use]
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| character != '\n' && is_deceptive(character))
}

/// Returns whether a text is printable ASCII, the common case. The compiler vectorizes this loop.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    text.as_bytes().iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

fn escape(text: &str, deceptive: impl Fn(char) -> bool) -> Cow<'_, str> {
    if is_printable_ascii(text) || !text.chars().any(&deceptive) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if deceptive(character) {
            // writing to a String can't fail
            let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Escapes deceptive characters in JSON text as JSON escapes (`\u202e`, RFC 8259 §7).
///
/// Expects the output of a JSON writer, where such characters occur only inside strings. Line feeds between members are
/// kept.
#[must_use]
pub fn visible_json(json: &str) -> Cow<'_, str> {
    let deceptive = |character: char| character != '\n' && is_deceptive(character);
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    if json.as_bytes().iter().fold(true, |plain, byte| plain & is_plain(byte)) || !json.chars().any(deceptive) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if deceptive(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Returns whether bytes begin with a UTF-16 byte order mark (RFC 2781 §3.2).
#[must_use]
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// Returns whether the beginning of an input is UTF-16 with tokens or other text in it: it has a byte order mark, no
/// unpaired surrogate, and at least half of its characters are ASCII. Other lines may begin with the bytes of the mark
/// too, and pairs of ASCII bytes are valid UTF-16.
#[must_use]
pub fn is_utf16_text(bytes: &[u8]) -> bool {
    if !is_utf16(bytes) {
        return false;
    }
    let text = from_bytes(bytes);
    // the last character may be cut off
    let mut characters = text.chars().rev();
    let last = characters.next();
    let (mut all, mut ascii) = (usize::from(last.is_some()), usize::from(last.is_some_and(|last| last.is_ascii())));
    for character in characters {
        if character == char::REPLACEMENT_CHARACTER {
            return false;
        }
        all += 1;
        ascii += usize::from(character.is_ascii());
    }
    all > 0 && ascii * 2 >= all
}

/// Decodes a file as UTF-16 if it has a byte order mark, as some Windows shells write it, or else as UTF-8. Invalid bytes
/// become U+FFFD, since the rest may still be useful.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if !is_utf16(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    let is_little = bytes.starts_with(&[0xff]);
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units =
        pairs.iter().skip(1).map(|pair| if is_little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
    let half = rest.iter().map(|_| Ok(char::REPLACEMENT_CHARACTER));
    let text = char::decode_utf16(units).chain(half);
    Cow::Owned(text.map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Returns the host of a URL in ASCII (Punycode, RFC 5891) if it is internationalized, because such a host can imitate
/// another one (Unicode Technical Standard #39).
#[must_use]
pub fn international_host(url: &str) -> Option<String> {
    // parsing removes white space, decodes `%`, and maps other characters, but not these
    if url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%') && !url.contains("--") {
        return None;
    }
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    host.split('.').any(|label| label.starts_with("xn--")).then(|| host.to_owned())
}

/// Parses an absolute URL that a user can judge by reading it: `scheme://host…`, without white space, control characters,
/// invisible characters or backslashes. The WHATWG parser silently drops or rewrites these, so that the text and the host
/// would differ.
///
/// # Errors
/// The reason, which quotes at most 200 characters of the text.
pub fn readable_url(text: &str) -> Result<Url, String> {
    let shown = || text.chars().take(200).collect::<String>();
    let hidden = |character: char| character.is_whitespace() || is_deceptive(character);
    if text.chars().any(hidden) {
        return Err(format!("`{}` has whitespace, control or invisible characters", shown()));
    }
    if text.contains('\\') {
        return Err(format!("`{}` has a backslash", shown()));
    }
    let url = Url::parse(text).map_err(|error| format!("`{}` is not a valid URL: {error}", shown()))?;
    // `https:host` and `https:///host` parse, too
    let after_scheme = text.get(url.scheme().len()..).unwrap_or_default();
    match after_scheme.strip_prefix("://") {
        Some(authority) if !authority.starts_with('/') => Ok(url),
        _ if url.cannot_be_a_base() => Err(format!("`{}` does not name a host", shown())),
        _ => Err(format!("`{}` must begin with `{}://` and a host", shown(), url.scheme())),
    }
}

/// Formats a URL or an issuer for a user who decides whether something is sent there: the text, and in parentheses the host
/// that is contacted if the text doesn't show it plainly. A non-ASCII host is shown in both forms, with a warning that it
/// may imitate another one (Unicode Technical Standard #39).
///
/// Not escaped: the caller prints it through [`visible`].
#[must_use]
pub fn destination(text: &str) -> Cow<'_, str> {
    match host_remark(text) {
        Some(remark) => Cow::Owned(format!("{text} ({remark})")),
        None => Cow::Borrowed(text),
    }
}

/// Returns what [`destination`] adds in parentheses; `None` if the text shows its host plainly.
#[must_use]
pub fn host_remark(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    if international_host(text).is_none() {
        let written = written_host(text).to_ascii_lowercase();
        return (written != host).then(|| format!("host {host}"));
    }
    let (unicode, _) = idna::domain_to_unicode(host);
    let written = written_host(text).to_ascii_lowercase();
    let form = if written == host { format!("reads as {unicode}") } else { format!("ASCII form {host}") };
    let letters = match unicode.split('.').any(mixes_scripts) {
        true => "it mixes Latin letters with those of another script",
        false => "it has letters that are not ASCII",
    };
    Some(format!("{form}; {letters} and may only look like another host"))
}

/// Returns the host as written in a URL, without user information and port.
fn written_host(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Returns whether a label mixes Latin letters with those of another script, as most deceptive hosts do.
fn mixes_scripts(label: &str) -> bool {
    let is_latin = |letter: char| {
        letter.is_ascii()
            || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}')
    };
    let mut letters = label.chars().filter(|character| character.is_alphabetic());
    let latin = letters.clone().any(is_latin);
    latin && letters.any(|letter| !is_latin(letter))
}

/// Quotes a text as one word of a POSIX shell, if necessary. For commands that a user can copy: a name from a manifest must
/// not turn a hint into another command.
#[must_use]
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-._+/=:@%,".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

/// Returns whether a text consists of these pieces with any characters, or none, between two of them: the pieces of a pattern
/// that was split at its wildcards. Takes at most time proportional to the product of both lengths.
#[must_use]
pub fn matches_pieces<'a>(
    pieces: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    text: &str,
) -> bool {
    let mut pieces = pieces.into_iter();
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

/// Maximum number of characters compared: the time is quadratic.
const MAX_COMPARED: usize = 200;

/// Returns up to `most` candidates similar to the typed text, most similar first. The edit distance (Levenshtein, in
/// characters, ignoring ASCII case) is at most half of the longer text.
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let folded = |text: &str| -> Vec<char> {
        text.chars().take(MAX_COMPARED).map(|character| character.to_ascii_lowercase()).collect()
    };
    let typed = folded(typed);
    let mut ranked: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = strsim::generic_levenshtein::<Vec<char>, Vec<char>, _, _>(&typed, &folded(candidate));
            (distance * 2 <= candidate.chars().count().max(typed.len())).then_some((distance, candidate))
        })
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_deceptive_character_is_escaped() {
        for (raw, shown) in [
            ("plain: ü 漢 ✓", "plain: ü 漢 ✓"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}"),
            ("\u{7f}\u{9b}2J", "\\u{7f}\\u{9b}2J"),
            ("user\u{202e}nimda", "user\\u{202e}nimda"),
            ("ad\u{200b}min\u{200d}\u{feff}", "ad\\u{200b}min\\u{200d}\\u{feff}"),
            ("\u{e0041}\u{e007f}", "\\u{e0041}\\u{e007f}"),
        ] {
            assert_eq!(visible(raw), shown);
        }
        assert_eq!(visible_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
        assert_eq!(visible_json("{\n\"a\":\"\u{202e}\u{e0041}\"}"), "{\n\"a\":\"\\u202e\\udb40\\udc41\"}");
    }

    #[test]
    fn byte_order_marks_select_the_encoding() {
        for (bytes, text) in [
            (&b"e\xc3\xbc"[..], "eü"),
            (b"\xff\xfee\0\xfc\0", "eü"),
            (b"\xfe\xff\0e\0\xfc", "eü"),
            (b"\xff\xfe\x3d\xd8\0\xde", "😀"),
            (b"\xff\xfe\x3d\xd8", "\u{fffd}"),
            (b"\xff\xfee\0\xfc", "e\u{fffd}"),
            (b"\xff", "\u{fffd}"),
            (b"", ""),
        ] {
            assert_eq!(from_bytes(bytes), text);
        }
    }

    #[test]
    fn international_hosts_are_shown_in_ascii() {
        for (url, host) in [
            ("https://login.example.com/tenant", None),
            ("https://127.0.0.1:8080", None),
            ("https://login.ex\u{430}mple.com", Some("login.xn--exmple-4nf.com")),
            ("https://login.xn--exmple-4nf.com/x", Some("login.xn--exmple-4nf.com")),
            ("https://login%2Eex%D0%B0mple.com", Some("login.xn--exmple-4nf.com")),
            ("https://login.XN--exmple-4nf.com", Some("login.xn--exmple-4nf.com")),
            ("https://login.x\tn-\n-exmple-4nf.com", Some("login.xn--exmple-4nf.com")),
            ("https://login.x%6e--exmple-4nf.com", Some("login.xn--exmple-4nf.com")),
            ("\u{430}", None),
        ] {
            assert_eq!(international_host(url).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn a_destination_shows_the_host_that_is_contacted() {
        for (text, shown) in [
            ("https://login.example.com/tenant", "https://login.example.com/tenant"),
            ("https://LOGIN.example.com:8443", "https://LOGIN.example.com:8443"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            ("not a URL", "not a URL"),
            ("https://127.1", "https://127.1 (host 127.0.0.1)"),
            ("https://login%2Eexample.com", "https://login%2Eexample.com (host login.example.com)"),
            (
                "https://login\u{3002}example\u{ff0e}com",
                "https://login\u{3002}example\u{ff0e}com (host login.example.com)",
            ),
            (
                "https://login.ex\u{430}mple.com/a",
                "https://login.ex\u{430}mple.com/a (ASCII form login.xn--exmple-4nf.com; it mixes Latin letters with those \
                 of another script and may only look like another host)",
            ),
            (
                "https://login.xn--exmple-4nf.com",
                "https://login.xn--exmple-4nf.com (reads as login.ex\u{430}mple.com; it mixes Latin letters with those of \
                 another script and may only look like another host)",
            ),
            (
                "https://\u{430}\u{440}\u{440}\u{4cf}\u{435}.com",
                "https://\u{430}\u{440}\u{440}\u{4cf}\u{435}.com (ASCII form xn--80ak6aa92e.com; it has letters that are not \
                 ASCII and may only look like another host)",
            ),
            (
                "https://m\u{fc}nchen.test:8443",
                "https://m\u{fc}nchen.test:8443 (ASCII form xn--mnchen-3ya.test; it has letters that are not ASCII and may \
                 only look like another host)",
            ),
        ] {
            assert_eq!(destination(text), shown);
        }
    }

    #[test]
    fn a_url_that_hides_its_host_is_refused() {
        for (text, fine) in [
            ("https://login.example.com/a?b#c", true),
            ("HTTPS://login.example.com", true),
            ("https://login.ex\u{430}mple.com", true),
            ("https://login.example.com\\@evil.test", false),
            ("https:\\\\login.example.com", false),
            ("https://login.example.com/a b", false),
            (" https://login.example.com", false),
            ("https://login.example.com\n", false),
            ("https://login.exam\tple.com", false),
            ("https://login.exam\u{200b}ple.com", false),
            ("https://login.exam\u{ad}ple.com", false),
            ("https://login.example.com/\u{202e}moc", false),
            ("https://login.example.com/\u{a0}", false),
            ("https://login.example.com/\u{7f}", false),
            ("https:login.example.com", false),
            ("https:/login.example.com", false),
            ("https:///login.example.com", false),
            ("mailto:a@example.com", false),
            ("login.example.com", false),
        ] {
            assert_eq!(readable_url(text).is_ok(), fine, "{text:?}");
        }
    }

    #[test]
    fn shell_words_are_quoted_if_necessary() {
        for (text, word) in [
            ("abc-._+/=:@%,", "abc-._+/=:@%,"),
            ("", "''"),
            ("a b", "'a b'"),
            ("'; rm -rf ~; '", r"''\''; rm -rf ~; '\'''"),
            ("$(id)`id`", "'$(id)`id`'"),
            ("~", "'~'"),
            // a list of special characters, as in `shell_words::quote`, misses brace and history expansion
            ("{a,b}", "'{a,b}'"),
            ("a!!", "'a!!'"),
            ("a\rb", "'a\rb'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }

    #[test]
    fn nearest_candidates_come_first_and_distant_ones_are_dropped() {
        let endpoints = ["GET /orders", "POST /orders", "GET /orders/{id}", "GET /health"];
        assert_eq!(nearest("GET /order", endpoints, 2), ["GET /orders", "POST /orders"]);
        assert_eq!(nearest("PATCH /totally/elsewhere/and/long", endpoints, 2), Vec::<&str>::new());
        assert_eq!(nearest("", endpoints, 2), Vec::<&str>::new());
    }
}
