//! Lists of scopes, as answers write them: by spaces, commas, `or`, in brackets and quotes.

use crate::manifest::Reading;
use crate::scope::{Scope, ScopeSet};

/// The most scopes of one list.
const MOST: usize = 256;

/// Words of a sentence that stand where a scope could stand and are none.
const FILLERS: &[&str] = &[
    "a",
    "access",
    "additional",
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
    "for",
    "following",
    "granted",
    "in",
    "is",
    "least",
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
    "required",
    "right",
    "same",
    "scope",
    "scopes",
    "some",
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

/// The alternatives of a text that is nothing but a list: a parameter, a header, a member of a body.
pub(super) fn alternatives<'t>(texts: impl IntoIterator<Item = &'t str>, reading: Reading) -> Vec<ScopeSet> {
    let mut alternatives: Vec<ScopeSet> = Vec::new();
    for text in texts {
        let sets: Vec<&str> = if reading == Reading::Sets { text.split(';').collect() } else { vec![text] };
        alternatives.extend(sets.into_iter().map(|set| members(set).collect::<ScopeSet>()));
    }
    if reading != Reading::Sets {
        alternatives = read(alternatives.into_iter().flat_map(|set| set.iter().cloned().collect::<Vec<_>>()), reading);
    }
    alternatives.retain(|set| !set.is_empty());
    alternatives.truncate(MOST);
    alternatives
}

/// The scopes of a list.
pub(super) fn members(text: &str) -> impl Iterator<Item = Scope> {
    let is_around = |character: char| matches!(character, '"' | '\'' | '`' | '[' | ']');
    text.split(move |character: char| character.is_whitespace() || character == ',')
        .map(move |word| word.trim_matches(is_around))
        .filter_map(|word| Scope::parse(word).ok())
        .take(MOST)
}

/// The alternatives that a part of a sentence names; none when it reads as prose. `reading`: what is known of the
/// list; else an `or` decides.
pub(super) fn alternatives_of_prose(text: &str, reading: Option<Reading>) -> Vec<ScopeSet> {
    let is_between = |character: char| character.is_whitespace() || ",;|\"'`[](){}<>".contains(character);
    // between commas stand names, whatever they look like
    let parts: Vec<&str> = text.split(',').map(|part| part.trim_matches(is_between)).collect();
    let is_list = parts.len() > 1 && parts.iter().all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
    let words: Vec<&str> = text.split(is_between).map(|word| word.trim_end_matches(['.', ':', '!', '?'])).collect();
    let is_filler = |word: &str| word.is_empty() || !is_list && FILLERS.contains(&word.to_ascii_lowercase().as_str());
    let named: Vec<&str> = words.iter().copied().filter(|word| !is_filler(word)).collect();
    // several words side by side that nothing marks as names are a sentence
    let is_marked = |word: &str| word.contains([':', '.', '_', '/', '-', '=']) || !text.contains(' ');
    let separated = text.contains([',', '|', '\'', '"', '`', '[']) || text.contains(" or ") || text.contains(" and ");
    let is_prose = named.len() > 1 && !separated && !named.iter().all(|word| is_marked(word));
    if is_prose || named.iter().filter(|word| !is_marked(word)).count() > 6 {
        return Vec::new();
    }
    let or = words.iter().any(|word| word.eq_ignore_ascii_case("or")) || text.contains('|');
    let reading = reading.unwrap_or(if or { Reading::Any } else { Reading::All });
    read(named.into_iter().filter_map(|word| Scope::parse(word).ok()).take(MOST), reading)
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
        Reading::All | Reading::Sets => {
            let set: ScopeSet = scopes.collect();
            if set.is_empty() { Vec::new() } else { vec![set] }
        }
    }
}

/// What is needed when both of two requirements hold; the first alone when that would be too many alternatives.
pub(super) fn both(one: Vec<ScopeSet>, other: &[ScopeSet]) -> Vec<ScopeSet> {
    if one.is_empty() {
        return other.to_vec();
    }
    if other.is_empty() || one.len() * other.len() > MOST {
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
    fn lists() {
        for (text, reading, expected) in [
            ("a b", Reading::All, "a b"),
            ("a, b", Reading::Any, "a | b"),
            ("['a', \"b\"]", Reading::Any, "a | b"),
            ("a=write,b=read; c=admin;", Reading::Sets, "a=write b=read | c=admin"),
            (" , ", Reading::Any, ""),
        ] {
            assert_eq!(shown(&alternatives([text], reading)), expected, "{text}");
        }
        let both = both(alternatives(["a b"], Reading::Any), &alternatives(["c"], Reading::All));
        assert_eq!(shown(&both), "a c | b c");
    }

    #[test]
    fn prose() {
        for (text, expected) in [
            ("file_read or webhooks:read", "file_read | webhooks:read"),
            ("`write`", "write"),
            ("one of the following scopes: a:b, c:d", "a:b c:d"),
            ("the 'read' and 'write'", "read write"),
            ("a,b", "a b"),
            ("the necessary", ""),
            ("to have somebody look at it", ""),
            ("orders:read.", "orders:read"),
        ] {
            assert_eq!(shown(&alternatives_of_prose(text, None)), expected, "{text}");
        }
    }
}
