//! What texts for people say about scopes: how a list is meant, and which scopes are required.

use std::collections::HashSet;

use crate::manifest::ListMeaning;
use crate::scope::Scope;

/// Longest part of a text that is read, in bytes.
const LONGEST: usize = 8 << 10;

/// Number of words after a phrase in which the scopes must follow.
const REACH: usize = 12;

/// Phrases before scopes, one of which is sufficient, or all of which are required.
const PHRASES: &[(&[&str], ListMeaning)] = &[
    (&["one", "of"], ListMeaning::Any),
    (&["any", "of"], ListMeaning::Any),
    (&["any", "one"], ListMeaning::Any),
    (&["at", "least", "one"], ListMeaning::Any),
    (&["either"], ListMeaning::Any),
    (&["all", "of"], ListMeaning::All),
    (&["all", "these"], ListMeaning::All),
    (&["all", "the", "following"], ListMeaning::All),
    (&["each", "of"], ListMeaning::All),
    (&["both"], ListMeaning::All),
];

/// Words of a line that says which scopes are required. Without one, "scope" often means something else.
const REQUIRING: &[&str] = &["authoriz", "grant", "must ", "need", "oauth", "permission", "require", "token"];

/// Words between two scopes.
const CONNECTORS: &[(&[&str], ListMeaning)] = &[
    (&["or"], ListMeaning::Any),
    (&["and/or"], ListMeaning::Any),
    (&["and"], ListMeaning::All),
    (&["plus"], ListMeaning::All),
    (&["together", "with"], ListMeaning::All),
    (&["as", "well", "as"], ListMeaning::All),
];

/// Tags of HTML in descriptions, which are Markdown.
const TAGS: &[&str] = &["a", "b", "br", "code", "em", "i", "li", "ol", "p", "span", "strong", "tt", "ul"];

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Returns the words of a text, without markup and punctuation.
fn words(text: &str) -> Vec<&str> {
    let is_between = |character: char| character.is_whitespace() || "<>`\"'()[]{}|,;*".contains(character);
    let words = text.split(is_between).map(|word| word.trim_end_matches(['.', ':', '!', '?']));
    words
        .filter(|word| !word.is_empty() && !TAGS.contains(&word.trim_matches('/').to_ascii_lowercase().as_str()))
        .collect()
}

/// Returns what a text says about a list of scopes; `None` if nothing, or both.
pub(super) fn meaning(text: &str, list: &[String]) -> Option<ListMeaning> {
    let names: HashSet<&str> = list.iter().map(String::as_str).collect();
    let words = words(shortened(text));
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let starts = |at: usize, phrase: &[&str]| {
        phrase.iter().zip(at..).all(|(word, at)| lower.get(at).is_some_and(|found| found == word))
    };
    let is_named = |at: usize| words.get(at).is_some_and(|word| names.contains(word));
    let about_scopes = |at: usize| is_named(at) || lower.get(at).is_some_and(|word| word.starts_with("scope"));
    let (mut any, mut all) = (false, false);
    let mut note = |meaning| match meaning {
        ListMeaning::Any => any = true,
        ListMeaning::All => all = true,
    };
    for at in 0..words.len() {
        for (phrase, meaning) in PHRASES {
            let after = at + phrase.len();
            if starts(at, phrase) && (after..after + REACH).any(about_scopes) {
                note(*meaning);
            }
        }
        for (connector, meaning) in CONNECTORS {
            if is_named(at) && starts(at + 1, connector) && is_named(at + 1 + connector.len()) {
                note(*meaning);
            }
        }
    }
    match (any, all) {
        (true, false) => Some(ListMeaning::Any),
        (false, true) => Some(ListMeaning::All),
        // "one of a and b" names its alternatives with "and"
        _ => None,
    }
}

/// Returns the scopes that a text names: words marked as code next to the word "scope", and words with the form of a
/// scope after "scope:". `is_declared`: whether a security scheme declares a scope.
pub(super) fn scopes_named(text: &str, is_declared: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut within = 0;
    for line in shortened(text).lines() {
        let lower = line.to_ascii_lowercase();
        let label = lower.trim_start_matches(|character: char| !character.is_ascii_alphanumeric());
        let names_scopes = lower.contains("scope")
            && (label.starts_with("scope") || REQUIRING.iter().any(|word| lower.contains(word)));
        // a list of scopes may follow on the next lines
        within = if names_scopes {
            REACH
        } else if line.trim().is_empty() {
            within
        } else {
            within.saturating_sub(1)
        };
        let is_item = line.trim_start().starts_with(['-', '*', '|']);
        if !(names_scopes || within > 0 && is_item) {
            continue;
        }
        let marked = code_spans(line).into_iter().map(|(word, at)| (word, is_next_to_scope(&lower, word, at)));
        let after_colon = lower.find("scope").and_then(|at| line.get(at..)?.split_once(": "));
        let plain = after_colon.map(|(_, rest)| words(rest)).unwrap_or_default();
        let plain = plain.into_iter().map(|word| (word, false));
        for (word, is_next) in marked.chain(plain) {
            let has_form = word.contains([':', '.', '/']) && !word.starts_with(['/', '.', ':', '$']);
            let is_scope = (is_declared(word) || has_form || is_next)
                && word.len() <= 120
                && !word.contains(['=', '(', '{', '<'])
                && !word.to_ascii_lowercase().contains("scope")
                && Scope::parse(word).is_ok();
            if is_scope && !found.iter().any(|known| known == word) {
                found.push(word.to_owned());
            }
        }
        if found.len() > REACH {
            break;
        }
    }
    found
}

/// Returns the single words of a line that are marked as code, each with its position.
fn code_spans(line: &str) -> Vec<(&str, usize)> {
    let mut spans = Vec::new();
    for (open, close) in [("`", "`"), ("<code>", "</code>")] {
        let mut at = 0;
        while let Some((before, rest)) = line.get(at..).and_then(|rest| rest.split_once(open)) {
            let start = at + before.len() + open.len();
            let Some((span, _)) = rest.split_once(close) else { break };
            let word = span.trim();
            if !word.is_empty() && !word.contains(char::is_whitespace) {
                spans.push((word, start));
            }
            at = start + span.len() + close.len();
        }
    }
    spans
}

/// Whether the word "scope" stands directly before or after a span, apart from markup.
fn is_next_to_scope(lower: &str, word: &str, at: usize) -> bool {
    let is_markup = |character: char| !character.is_ascii_alphanumeric();
    let before = lower.get(..at).unwrap_or_default().trim_end_matches(is_markup);
    let before = before.trim_end_matches("<code").trim_end_matches(is_markup);
    let after = lower.get(at + word.len()..).unwrap_or_default();
    let after = after.trim_start_matches("</code>").trim_start_matches(is_markup);
    before.ends_with("scope") || before.ends_with("scopes") || after.starts_with("scope")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_how_its_list_is_meant() {
        use ListMeaning::{All, Any};
        let list = ["a.read".to_owned(), "a.admin".to_owned()];
        for (text, meaning) in [
            ("Requires one of the following scopes: `a.read` or `a.admin`.", Some(Any)),
            ("Requires any of the scopes a.read, a.admin", Some(Any)),
            ("Needs `a.read` or `a.admin`.", Some(Any)),
            ("Needs <code>a.read</code> or <code>a.admin</code>", Some(Any)),
            ("At least one scope:\n- a.read\n- a.admin", Some(Any)),
            ("Either scope is sufficient", Some(Any)),
            ("Needs both `a.read` and `a.admin`.", Some(All)),
            ("All of these scopes are required.", Some(All)),
            ("**a.read** and **a.admin**", Some(All)),
            ("Returns one of the reports", None),
            ("Returns reports and files", None),
            ("Needs `a.read`. Admins need `a.admin` as well.", None),
            ("", None),
        ] {
            assert_eq!(super::meaning(text, &list), meaning, "{text}");
        }
    }

    #[test]
    fn scopes_in_prose_are_found() {
        for (text, expected) in [
            ("Lists incidents.\n\nScoped OAuth requires: `incidents.read`", "incidents.read"),
            ("Requires the `read` scope.", "read"),
            ("Requires the <code>write</code> scope.", "write"),
            ("OAuth scopes: `a`, `b:c`", "a b:c"),
            ("Required scope: incidents.write", "incidents.write"),
            ("**Scopes**\n\n- `x:read`\n- `x:write`\n", "x:read x:write"),
            ("Uses the declared one in this scope", ""),
            ("Set `scope=all` or `/v1/scopes`; see `scope_id`", ""),
            ("Lists the `orders.items`.", ""),
            ("The scope of the template is `global` or `enterprise.x`.", ""),
            ("", ""),
        ] {
            assert_eq!(scopes_named(text, |_| false).join(" "), expected, "{text}");
        }
        assert_eq!(scopes_named("scopes: admin", |scope| scope == "admin"), ["admin"]);
    }
}
