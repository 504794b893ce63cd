//! Guesses scopes in sentences that no rule knows: declared scopes, and words shaped like scopes, near words about
//! permission.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::facts::Fact;
use super::scope_list::is_something_else;
use crate::manifest::{Cause, ErrorRule as Rule, Tier};
use crate::scope::{Hierarchy, Scope, ScopeSet};

/// Returns the rule that a guess is reported under when no other rule matches.
pub(super) fn rule() -> &'static Rule {
    static RULE: LazyLock<Rule> = LazyLock::new(|| Rule {
        name: "guessed-scope".to_owned(),
        tier: Tier::Prose,
        status: Vec::new(),
        matches: Vec::new(),
        causes: vec![Cause::Scope],
        unless: Vec::new(),
        needed: Vec::new(),
        granted: None,
        scopes: None,
        reading: None,
        hierarchy: Hierarchy::new(),
        next: None,
        source: None,
    });
    &RULE
}

/// Words about permission.
const PERMISSION: &[&str] = &[
    "authoris",
    "authoriz",
    "denied",
    "forbidden",
    "insufficient",
    "lack",
    "miss",
    "need",
    "permission",
    "permit",
    "privilege",
    "require",
    "scope",
];

/// Words that introduce the name of a scope.
const NAMES: &[&str] = &["permission", "privilege", "scope"];

/// Words that introduce the granted scopes, unless negated.
const HAVING: &[&str] =
    &["actual", "carries", "current", "granted", "has", "have", "having", "holds", "present", "presented", "provided"];

/// Words that introduce the required scopes.
const NEEDING: &[&str] = &["expected", "lacks", "lacking", "miss", "must", "need", "require", "without"];

/// Words before the name of something else: an identifier, a place in code.
const OTHERS: &[&str] = &["at", "id", "trace"];

/// Words that negate what follows.
const NEGATIONS: &[&str] = &["cannot", "n't", "no", "not", "without"];

/// Maximum distance, in bytes, between a scope and the word about permission.
const NEAR: usize = 80;

/// The same for a word that is less clearly a scope.
const NEXT_TO: usize = 24;

/// Words that end the granted scopes.
const TURNING: &[&str] = &["but", "however", "instead", "while", "yet"];

/// Returns whether a header field may explain a refusal. Lists of scopes have rules of their own.
pub(super) fn is_relevant(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-")
        && !name.ends_with("oauth-scopes")
        && ["error", "scope", "permission", "reason", "message"].iter().any(|word| name.contains(word))
}

/// Returns the alternatives that the texts seem to require. `hierarchy`: the declared scopes, which take precedence.
/// `is_scope`: a scope is known to be the cause, so sentences need not mention one.
pub(super) fn scopes<'t>(
    texts: impl Iterator<Item = &'t Fact<'t>>,
    hierarchy: Option<&Hierarchy>,
    is_scope: bool,
) -> Vec<ScopeSet> {
    let is_declared = |word: &str| hierarchy.is_some_and(|hierarchy| hierarchy.declares(word));
    let mut declared: Vec<ScopeSet> = Vec::new();
    let mut likely: Vec<ScopeSet> = Vec::new();
    for Fact { text, lower } in texts.filter(|fact| mentions_permission(&fact.lower)) {
        let required = required_words(text);
        let near = |at, word: &str, words: &[&str], most| is_near(lower, at, word.len(), words, most);
        let known = required.iter().filter(|(at, word)| is_declared(word) && near(*at, word, PERMISSION, NEAR));
        let known: Vec<(usize, &str)> = known.copied().collect();
        let shaped = required.iter().filter(|(at, word)| {
            let (words, most) = match word.contains(':') {
                // what a token needs is a scope even if the sentence does not use that word
                true if is_scope || lower.contains("token") => (PERMISSION, NEAR),
                true => (NAMES, NEAR),
                false => (NAMES, NEXT_TO),
            };
            looks_like_scope(word) && near(*at, word, words, most)
        });
        if known.is_empty() {
            merge(&mut likely, alternatives(lower, &shaped.copied().collect::<Vec<_>>()));
        } else {
            merge(&mut declared, alternatives(lower, &known));
        }
    }
    if declared.is_empty() { likely } else { declared }
}

/// Whether a text mentions permission. One pass over the text: an HTML page has hundreds of strings.
fn mentions_permission(lower: &str) -> bool {
    static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(PERMISSION).ok());
    WORDS.as_ref().is_none_or(|words| words.is_match(lower))
}

/// The alternatives of one sentence: all scopes together, unless it offers a choice, in which `and` joins scopes.
fn alternatives(lower: &str, found: &[(usize, &str)]) -> Vec<ScopeSet> {
    let choice = [" or ", "one of", "any of", "either"].iter().any(|word| lower.contains(word));
    let mut sets: Vec<ScopeSet> = Vec::new();
    let mut end = 0;
    for (at, word) in found {
        let Ok(scope) = Scope::parse(word) else { continue };
        let between = lower.get(end..*at).unwrap_or_default();
        let joined = !choice || between.contains(" and ") && !between.contains(" or ");
        match sets.last_mut().filter(|_| joined) {
            Some(set) => {
                set.insert(scope);
            }
            None => sets.push(ScopeSet::from_iter([scope])),
        }
        end = at + word.len();
    }
    sets
}

/// Adds the requirement of another sentence: two single sets are both required; otherwise each new set is an alternative.
fn merge(known: &mut Vec<ScopeSet>, more: Vec<ScopeSet>) {
    match (known.as_mut_slice(), more.as_slice()) {
        ([one], [other]) => *one = one.union(other),
        _ => more.into_iter().for_each(|set| {
            if !known.contains(&set) {
                known.push(set);
            }
        }),
    }
}

/// The words of a text with their byte offsets, without those that describe the granted scopes.
fn required_words(text: &str) -> Vec<(usize, &str)> {
    let is_between = |character: char| character.is_whitespace() || ",;|\"'`[](){}<>=".contains(character);
    let mut words = Vec::new();
    let (mut having, mut negated, mut begins) = (false, false, false);
    let mut names_other = false;
    let mut at = 0;
    for part in text.split_inclusive(is_between) {
        let word = part.trim_end_matches(is_between).trim_end_matches(['.', ':', '!', '?']);
        let lower = word.to_ascii_lowercase();
        if NEGATIONS.iter().any(|negation| lower == *negation || (*negation == "n't" && lower.ends_with(negation))) {
            // `has no` introduces no granted scopes
            (having, negated) = (having && !begins, true);
        } else if TURNING.contains(&lower.as_str()) || NEEDING.iter().any(|needing| lower.starts_with(needing)) {
            (having, negated) = (false, false);
        } else if HAVING.contains(&lower.as_str()) {
            (having, negated) = (!negated, false);
        } else if !having && !word.is_empty() && !names_other {
            // a line begins with the name of its program
            let is_label = at == 0 && part.trim_end_matches(is_between).ends_with(':');
            words.extend((!is_label).then_some((at, word)));
        }
        names_other = if word.is_empty() { names_other } else { OTHERS.contains(&lower.as_str()) };
        begins = HAVING.contains(&lower.as_str());
        let sentence_ends = part.trim_end_matches(is_between).ends_with('.');
        if sentence_ends {
            (having, negated) = (false, false);
        }
        at += part.len();
    }
    words
}

/// Whether one of `words` occurs within `most` bytes before or after the word at `at`.
fn is_near(lower: &str, at: usize, length: usize, words: &[&str], most: usize) -> bool {
    let before = lower.get(lower.floor_char_boundary(at.saturating_sub(most))..at).unwrap_or_default();
    let from = at.saturating_add(length).min(lower.len());
    let after = lower.get(from..lower.floor_char_boundary(from.saturating_add(most))).unwrap_or_default();
    words.iter().any(|word| before.contains(word) || after.contains(word))
}

/// Parts of words about access, in scopes with a slash.
const ACCESS: &[&str] =
    &["read", "write", "admin", "manage", "view", "edit", "delete", "create", "access", "full", "all"];

/// Whether a word is shaped like a scope: parts joined by `:`, `.`, `_` or `/`, but not a URL, an email address, a number,
/// a time, or an OAuth error or parameter.
fn looks_like_scope(word: &str) -> bool {
    const OTHERS: &[&str] = &["http:", "https:", "urn:", "arn:", "www.", "e.g", "i.e", "system:"];
    const NAMES: &[&str] = &[
        "token",
        "error",
        "denied",
        "forbidden",
        "unauthorized",
        "unauthenticated",
        "client_",
        "insufficient",
        "missing",
        "_uri",
        "grant_type",
        "_id",
        "scope",
    ];
    let lower = word.to_ascii_lowercase();
    // host names are not scopes
    let host =
        [".com", ".org", ".net", ".io", ".dev", ".app", ".test", ".local"].iter().any(|end| lower.ends_with(end));
    let google = lower.starts_with("https://") && lower.contains("/auth/") && !is_something_else(word);
    let shaped = word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '*')
        && (3..=160).contains(&word.len())
        && word.contains([':', '.', '_', '/'])
        && word.split([':', '.', '_', '/']).all(|part| !part.is_empty())
        && !word.contains('@');
    // a path, repository or image has no word about access
    let has_slash = word.split(':').next().is_some_and(|first| first.contains('/'));
    let is_path = has_slash && !ACCESS.iter().any(|access| lower.contains(access));
    let is_numbered = !word.contains(':') && word.split(['.', '/']).any(|part| !part.contains(char::is_alphabetic));
    google
        || (shaped
            && !is_path
            && !is_numbered
            && !is_something_else(word)
            && !host
            && !OTHERS.iter().any(|other| lower.starts_with(other))
            && !NAMES.iter().any(|name| lower.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Risk;

    fn read(text: &str, declared: &str) -> String {
        let mut hierarchy = Hierarchy::new();
        for scope in ScopeSet::parse(declared).unwrap().iter() {
            hierarchy.declare(scope.clone(), Risk::Low, Vec::new());
        }
        let texts = [Fact::new(text)];
        scopes(texts.iter(), Some(&hierarchy), false).iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn scopes_are_guessed_near_words_about_permission() {
        for (text, declared, expected) in [
            ("You need the permission orders:write to do this", "", "orders:write"),
            ("Forbidden, needs read or write", "read write", "read | write"),
            ("The scope Files.Read.All is not there", "", "Files.Read.All"),
            ("Your token has a:b but the scope c:d is required", "", "c:d"),
            ("token does not have scope a:b", "", "a:b"),
            ("insufficient permission: see https://a.test/docs/x or write to a@b.test", "", ""),
            ("missing permission at 12:30 for arn:aws:s3", "", ""),
            ("invalid_token: the access_token lacks permission", "", ""),
            ("orders:write is a fine thing", "", ""),
            ("the permission to read example.com was denied a long time ago, says api.example.com", "", ""),
            ("denied: orders:write, not c:d", "orders:write", "orders:write"),
            ("your token needs a:b or (c:d and e:f)", "", "a:b | c:d e:f"),
            ("the connection needs host:port", "", ""),
            ("not enough scope (request id: a:b, trace c:d)", "", ""),
            ("insufficient scope at Orders.create (orders.ts:42:13)", "", ""),
            ("failed to push acme/app:latest: insufficient scope", "", ""),
            ("Get-User_Get2: insufficient privileges", "", ""),
            ("[403 | x.1] the scope is not sufficient", "", ""),
            ("the permission is either a:b, or c:d and e:f", "", "a:b | c:d e:f"),
            ("one of the permissions a:b, c:d", "", "a:b | c:d"),
        ] {
            assert_eq!(read(text, declared), expected, "{text}");
        }
    }
}
