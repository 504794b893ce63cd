//! Parses lists of scopes as servers write them: separated by spaces, commas or `or`, in brackets and quotes.

use crate::manifest::{Reading, normal_code};
use crate::printed::is_opaque;
use crate::scope::{Scope, ScopeSet};

/// Limit for the scopes of one list.
const MAX_SCOPES: usize = 256;

/// Words that are not scopes although they occur where a scope may.
const FILLERS: &[&str] = &[
    "a",
    "access",
    "additional",
    "adequate",
    "all",
    "an",
    "and",
    "any",
    "api",
    "appropriate",
    "at",
    "be",
    "correct",
    "either",
    "enough",
    "for",
    "following",
    "good",
    "granted",
    "in",
    "invalid",
    "is",
    "least",
    "missing",
    "necessary",
    "needed",
    "not",
    "oauth",
    "oauth2",
    "of",
    "one",
    "or",
    "permission",
    "permissions",
    "proper",
    "provided",
    "required",
    "right",
    "same",
    "scope",
    "scopes",
    "some",
    "such",
    "suitable",
    "specific",
    "sufficient",
    "that",
    "the",
    "these",
    "this",
    "those",
    "to",
    "token",
    "valid",
    "with",
    "your",
];

/// Returns the alternatives in a string that is only a list: a parameter, a header field, a body member.
pub(super) fn alternatives<'t>(texts: impl IntoIterator<Item = &'t str>, reading: Reading) -> Vec<ScopeSet> {
    let mut alternatives: Vec<ScopeSet> = Vec::new();
    if reading == Reading::Words {
        let words = texts.into_iter().flat_map(str::split_whitespace);
        return read(words.filter_map(|word| Scope::parse(word).ok()).take(MAX_SCOPES), reading);
    }
    for text in texts {
        let sets: Vec<&str> = if reading == Reading::Sets { text.split(';').collect() } else { vec![text] };
        alternatives.extend(sets.into_iter().map(|set| members(set).collect::<ScopeSet>()));
    }
    if reading != Reading::Sets {
        alternatives = read(alternatives.into_iter().flat_map(|set| set.iter().cloned().collect::<Vec<_>>()), reading);
    }
    alternatives.retain(|set| !set.is_empty());
    alternatives.truncate(MAX_SCOPES);
    alternatives
}

/// Returns the scopes in a list.
pub(super) fn members(text: &str) -> impl Iterator<Item = Scope> {
    let is_around = |character: char| matches!(character, '"' | '\'' | '`' | '[' | ']');
    text.split(move |character: char| character.is_whitespace() || character == ',')
        .map(move |word| word.trim_matches(is_around))
        .filter_map(|word| Scope::parse(word).ok())
        .take(MAX_SCOPES)
}

/// Returns the alternatives named in a part of a sentence; none when it is only prose. `reading`: how to read the list;
/// without it, `or` makes alternatives. With both `or` and `and`, each side of an `or` is one alternative.
pub(super) fn alternatives_of_prose(text: &str, reading: Option<Reading>) -> Vec<ScopeSet> {
    if is_printed(text) {
        return Vec::new();
    }
    // brackets around the whole list are not an explanation
    let words = words(uncalled(text.trim_start()).trim_start_matches('('));
    let or = words.contains(&Word::Or);
    let and = words.contains(&Word::And);
    let kept = names(&words);
    if kept.iter().filter(|word| matches!(word, Word::Name { marked: false, .. })).count() > MAX_PLAIN {
        return Vec::new();
    }
    let scope = |word: &Word<'_>| match word {
        Word::Name { text, .. } => Scope::parse(text).ok(),
        _ => None,
    };
    if !(or && and) || reading == Some(Reading::All) {
        let reading = reading.unwrap_or(if or { Reading::Any } else { Reading::All });
        return read(kept.iter().filter_map(scope).take(MAX_SCOPES), reading);
    }
    let sides = kept.split(|word| *word == Word::Or);
    let sets = sides.flat_map(|side| {
        let together = side.contains(&Word::And);
        read(side.iter().filter_map(scope).take(MAX_SCOPES), if together { Reading::All } else { Reading::Any })
    });
    let mut distinct: Vec<ScopeSet> = Vec::new();
    for set in sets.take(MAX_SCOPES) {
        if !distinct.contains(&set) {
            distinct.push(set);
        }
    }
    distinct
}

/// A printed collection without the name of its type: `dict_keys(['a'])`, `Optional[a]`.
fn uncalled(text: &str) -> &str {
    let is_part = |at: char| at.is_ascii_alphanumeric() || matches!(at, '_' | '.');
    let rest = text.trim_start_matches(is_part);
    let is_collection = ["([", "({", "["].iter().any(|open| rest.starts_with(open));
    let is_named = rest.len() < text.len() && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if is_named && is_collection { rest } else { text }
}

/// Words that end the list of required scopes: granted scopes or another thought follow.
const ENDING: &[&str] = &[
    "-",
    "–",
    "actual",
    "but",
    "current",
    "currently",
    "given",
    "got",
    "granted",
    "has",
    "have",
    "having",
    "present",
    "presented",
    "provided",
];

/// Placeholders for a missing name.
const NO_NAMES: &[&str] = &["false", "n/a", "nil", "none", "null", "true", "undefined", "unknown"];

/// What languages print for an array or object that they don't print in full, as written; Node adds `[length]`.
const TYPES: &[&str] = &[
    "Array",
    "ArrayList",
    "Circular",
    "Collection",
    "Function",
    "HashMap",
    "HashSet",
    "List",
    "Map",
    "Object",
    "Set",
    "length",
];

/// Names of claims and parameters, in `name=value` beside scopes.
const PARAMETERS: &[&str] = &[
    "alg",
    "aud",
    "azp",
    "client",
    "client_id",
    "code",
    "error",
    "exp",
    "iat",
    "id",
    "iss",
    "issuer",
    "jti",
    "kid",
    "method",
    "nbf",
    "path",
    "realm",
    "request_id",
    "status",
    "sub",
    "subject",
    "trace_id",
    "type",
    "typ",
    "url",
    "user",
];

/// Ends of host and file names.
const HOSTS: &[&str] = &[".com", ".org", ".net", ".io", ".dev", ".app", ".test", ".local", ".git", ".json"];

/// Whether a text is a printed type or an unfilled template, which names nothing.
fn is_printed(text: &str) -> bool {
    const STARTS: &[&str] = &["<", "%s", "%v", "%+v", "%!", "%("];
    const PARTS: &[&str] = &["${", "{{", "#{", "<%", "{0}", "{}"];
    let bare = text.trim().trim_start_matches(['"', '\'', '`', '[', '(']);
    is_opaque(text)
        || is_opaque(bare)
        || STARTS.iter().any(|start| bare.starts_with(start))
        || PARTS.iter().any(|part| bare.contains(part))
}

/// Whether a word is the code of an error about scopes: `missing_scope`.
fn is_error_code(word: &str) -> bool {
    const ABOUT: &[&str] =
        &["bad", "forbidden", "insufficient", "invalid", "missing", "no", "required", "unauthorized"];
    let code = normal_code(word);
    let subject = code.strip_suffix("scope").or_else(|| code.strip_suffix("scopes"));
    subject.is_some_and(|subject| ABOUT.contains(&subject.strip_suffix("required").unwrap_or(subject)))
}

/// Whether a word is a position in a file, `orders.ts:42:13`, or an address in memory, `Set:0x55d`.
fn is_position(word: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    let mut parts = word.split(':');
    let file = parts.next().unwrap_or_default();
    let is_file = file.rsplit_once('.').is_some_and(|(_, extension)| (1..=5).contains(&extension.len()));
    (is_file && word.len() > file.len() && parts.clone().all(is_number))
        || parts.any(|part| part.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|at| at.is_ascii_hexdigit())))
}

/// Whether a word is the URL of a page about scopes.
fn is_link(word: &str) -> bool {
    const PAGES: &[&str] =
        &["developer", "docs", "documentation", "help", "support", "learn.", "settings", "wiki", "readme", "error?"];
    word.contains("://") && !word.contains("googleapis.com/") && PAGES.iter().any(|page| word.contains(page))
}

/// Whether a word is known to be something else than a scope: an option of a command, a type, a parameter, a host.
pub(super) fn is_something_else(word: &str) -> bool {
    let is_parameter = word.split_once('=').is_some_and(|(name, _)| PARAMETERS.contains(&name));
    let is_host = !word.contains([':', '/', '_']) && HOSTS.iter().any(|end| word.ends_with(end));
    word.starts_with(['-', '$', '%', '@', '#', ':'])
        || TYPES.contains(&word)
        || is_parameter
        || is_host
        || word.rsplit_once('.').is_some_and(|(_, end)| end == "git")
        || is_opaque(word)
        || is_error_code(word)
        || is_position(word)
        || is_link(word)
        || word.len() == 3 && word.parse::<u16>().is_ok()
}

/// Limit for names that nothing marks as scopes.
const MAX_PLAIN: usize = 6;

/// A token of a sentence that names scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word<'t> {
    /// A possible scope. `marked`: it is quoted, or has a character that words do not have.
    Name {
        text: &'t str,
        marked: bool,
    },
    Or,
    And,
    /// A comma, bracket or quote, which separates phrases.
    Break,
}

impl Word<'_> {
    fn is_name(&self) -> bool {
        matches!(self, Self::Name { .. })
    }

    /// Whether nothing marks it as a scope, or it is a URL, which may also be a link.
    fn is_plain(&self) -> bool {
        match self {
            Self::Name { text, marked } => !marked || text.contains("://") && !text.contains("/auth/"),
            _ => false,
        }
    }
}

/// Splits a sentence into words, without fillers.
fn words(text: &str) -> Vec<Word<'_>> {
    const BREAKS: &[char] = &[',', ';', '|', '"', '\'', '`', '[', ']', '{', '}', '<', '>', '(', ')'];
    // single words between commas are names
    let parts = || text.split(',').map(|part| part.trim_matches(|at: char| at.is_whitespace() || BREAKS.contains(&at)));
    let is_list = text.contains(',') && parts().all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
    if is_list {
        return parts().map(|text| Word::Name { text, marked: true }).collect();
    }
    let alone = !text.contains(' ');
    let mut words = Vec::new();
    let mut depth = 0_usize;
    let mut before = ' ';
    let mut before_token = false;
    for part in text.split_inclusive(|at: char| at.is_whitespace() || BREAKS.contains(&at)) {
        let end = part.chars().next_back().filter(|at| at.is_whitespace() || BREAKS.contains(at)).unwrap_or(' ');
        let word = part.strip_suffix(end).unwrap_or(part).trim_end_matches(['.', ':', '!', '?']);
        let quoted = matches!(before, '"' | '\'' | '`' | '[') && end != ' ';
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            // brackets hold an explanation
            _ if depth > 0 => {}
            _ if ENDING.contains(&lower.as_str()) && words.iter().any(Word::is_name) => break,
            _ if lower.starts_with("scope") && before_token && words.iter().any(Word::is_name) => break,
            "or" => words.push(Word::Or),
            "and" | "&" => words.push(Word::And),
            _ if NO_NAMES.contains(&lower.as_str()) || !word.contains(char::is_alphabetic) => {}
            _ if FILLERS.contains(&lower.as_str()) && !quoted => {}
            _ => {
                let marked =
                    !is_something_else(word) && (quoted || alone || word.contains([':', '.', '_', '/', '-', '=']));
                words.push(Word::Name { text: word, marked });
            }
        }
        before_token = lower == "token" || before_token && word.is_empty();
        match end {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' => words.push(Word::Or),
            // the next sentence is about something else
            _ if part.trim_end().ends_with('.') && words.iter().any(Word::is_name) => break,
            _ if BREAKS.contains(&end) => words.push(Word::Break),
            _ => {}
        }
        before = end;
    }
    words
}

/// Keeps the words that can be scopes. If a phrase has several words with a plain one among them, the text is prose, and no
/// plain word is a scope.
fn names<'t>(words: &[Word<'t>]) -> Vec<Word<'t>> {
    let mut phrases = words.chunk_by(|one, other| one.is_name() && other.is_name());
    let is_sentence = phrases.any(|phrase| phrase.len() > 1 && phrase.iter().any(Word::is_plain));
    let is_kept = |word: &&Word<'t>| match word {
        Word::Name { text, .. } => !(is_something_else(text) || is_sentence && word.is_plain()),
        Word::Or | Word::And | Word::Break => true,
    };
    words.iter().filter(is_kept).copied().collect()
}

fn read(scopes: impl Iterator<Item = Scope>, reading: Reading) -> Vec<ScopeSet> {
    match reading {
        Reading::Any => {
            let mut sets: Vec<ScopeSet> = Vec::new();
            for scope in scopes {
                let set = ScopeSet::from_iter([scope]);
                if !sets.contains(&set) {
                    sets.push(set);
                }
            }
            sets
        }
        Reading::All | Reading::Sets | Reading::Words => {
            let set: ScopeSet = scopes.collect();
            if set.is_empty() { Vec::new() } else { vec![set] }
        }
    }
}

/// Returns the conjunction of two requirements; only the first when there would be too many alternatives.
pub(super) fn both(one: Vec<ScopeSet>, other: &[ScopeSet]) -> Vec<ScopeSet> {
    if one.is_empty() {
        return other.to_vec();
    }
    if other.is_empty() || one.len() * other.len() > MAX_SCOPES {
        return one;
    }
    let mut sets: Vec<ScopeSet> = Vec::new();
    for set in one.iter().flat_map(|set| other.iter().map(move |other| set.union(other))) {
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sets: &[ScopeSet]) -> String {
        sets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn lists_are_split_by_their_reading() {
        for (text, reading, expected) in [
            ("a b", Reading::All, "a b"),
            ("a, b", Reading::Any, "a | b"),
            ("['a', \"b\"]", Reading::Any, "a | b"),
            ("a=write,b=read; c=admin;", Reading::Sets, "a=write b=read | c=admin"),
            (" , ", Reading::Any, ""),
            ("a:b:c,d e", Reading::Words, "a:b:c,d e"),
        ] {
            assert_eq!(shown(&alternatives([text], reading)), expected, "{text}");
        }
        let both = both(alternatives(["a b"], Reading::Any), &alternatives(["c"], Reading::All));
        assert_eq!(shown(&both), "a c | b c");
    }

    #[test]
    fn scopes_are_distinguished_from_the_prose_around_them() {
        for (text, expected) in [
            ("file_read or webhooks:read", "file_read | webhooks:read"),
            ("`write`", "write"),
            ("one of the following scopes: a:b, c:d", "a:b c:d"),
            ("the 'read' and 'write'", "read write"),
            ("a,b", "a b"),
            ("the necessary", ""),
            ("to have somebody look at it", ""),
            ("orders:read.", "orders:read"),
            ("either a:b, or c:d and e:f", "a:b | c:d e:f"),
            ("both a:b and c:d, or e:f", "a:b c:d | e:f"),
            ("a:b, c:d or both e:f and g:h", "a:b | c:d | e:f g:h"),
            ("a:b, c:d and e:f", "a:b c:d e:f"),
            (
                "either a_b permission with a user token, or both c_d and e_f permission with a page token",
                "a_b | c_d e_f",
            ),
            ("m.read (Read metrics)", "m.read"),
            ("see https://a.test/docs/scopes", ""),
            ("https://a.test/auth/x", "https://a.test/auth/x"),
            ("please contact your administrator", ""),
            ("403", ""),
            ("null", ""),
            ("a:b, granted: c:d", "a:b"),
            ("a:b but the token has c:d", "a:b"),
            ("a:b; token scopes: c:d", "a:b"),
            ("[a:b] provided [c:d]", "a:b"),
            ("a.b, c.d - Operation ID (for support): 0", "a.b c.d"),
            ("System.String[]", ""),
            ("[Ljava.lang.String;@1b6d3586", ""),
            ("#<Set:0x000055d>", ""),
            ("dict_keys(['a:b', 'c:d'])", "a:b c:d"),
            ("MapSet.new([\"a:b\"])", "a:b"),
            ("Optional[a:b]", "a:b"),
            ("[ 'a:b', [length]: 1 ]", "a:b"),
            (":scope", ""),
            ("missing_scope", ""),
            ("invalid_scope orders.controller.ts:42:13", ""),
            ("'a:b'. Present: 'c:d'", "a:b"),
            ("[Array]", ""),
            ("${requiredScope}", ""),
            ("%s", ""),
            ("%(scope)s", ""),
            ("<Set object at 0x7f>", ""),
            ("gh auth refresh -h github.com -s user", ""),
            ("[a:b] for azp=web-client of acme/app.git", "a:b"),
        ] {
            assert_eq!(shown(&alternatives_of_prose(text, None)), expected, "{text}");
        }
    }
}
