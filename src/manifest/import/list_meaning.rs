//! Meaning of lists of several scopes: all of them are required, or any one.
//!
//! OpenAPI says all (3.1 §4.8.30), but some publish lists that can't mean that. One meaning applies to the whole
//! source: requested, fixed by the format, or inferred from oddities of its lists.

use std::collections::HashMap;

use super::findings::{
    LIST_CATALOGUE, LIST_INHERITED, LIST_LONG, LIST_READ_PART, LIST_TWINS, READING_FIXED, READING_INFERRED,
    SCOPE_DEPRECATED,
};
use super::source::Source;
use crate::diagnostic::Code;
use crate::manifest::ListMeaning;

/// Meaning of the lists of a source, and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeaningChoice {
    /// Meaning of the lists.
    pub reading: ListMeaning,
    /// Whether it was inferred: neither requested nor fixed by the format.
    pub inferred: bool,
    /// Reason, in words.
    pub reason: String,
}

/// Last segments that make `X.read` the read-only part of `X`.
const READ_PARTS: &[&str] = &["read", "readonly", "read_only", "read-only", "ro", "view"];

/// Last segments that make a variant of a scope for another audience: `X:admin` next to `X`.
const AUDIENCES: &[&str] = &["admin", "master"];

/// Segments that are variants of each other, last or first: one is required where the other is not.
const TWINS: &[&[&str]] = &[&["user", "bot"], &["channels", "groups", "im", "mpim"]];

/// Segments for reading, and for changing what the others read. A safe method does not require a scope of the second
/// kind together with its twin of the first.
const READING: &[&str] = &["read", "view", "readonly"];
const CHANGING: &[&str] = &["manage", "write", "edit", "modify", "readwrite"];

/// Safe methods (RFC 9110 §9.2.1).
const SAFE: &[&str] = &["GET", "HEAD", "OPTIONS"];

/// A longer list is unlikely to require all of its scopes.
const LONG: usize = 6;

/// In a smaller catalogue, a list of all scopes proves nothing.
const SMALL_CATALOGUE: usize = 3;

/// Number of operations that may inherit a list of several scopes before it is reported.
const MAX_INHERITING: usize = 10;

/// An oddity of a list. All but the length suggest `any`.
struct Oddity {
    code: &'static Code,
    what: String,
    suggests_any: bool,
}

/// Chooses the meaning of the lists and reports their oddities.
pub(super) fn choose(source: &mut Source, requested: Option<ListMeaning>) -> MeaningChoice {
    if let Some((reading, reason)) = source.fixed {
        if requested.is_some_and(|requested| requested != reading) {
            source.notes.add(
                &READING_FIXED,
                format!("lists are read as `{reading}` regardless of `--reading`: {reason}"),
                None,
            );
        }
        return MeaningChoice { reading, inferred: false, reason: reason.to_owned() };
    }
    let deprecated: HashMap<&str, bool> =
        source.catalogue.iter().map(|scope| (scope.name.as_str(), scope.deprecated)).collect();
    let (mut several, mut suggesting, mut inheriting) = (0, 0, 0);
    let mut example = None;
    let mut known: HashMap<(&Vec<String>, bool), Vec<Oddity>> = HashMap::new();
    for operation in &source.operations {
        for list in operation.security.lists().filter(|list| list.len() > 1) {
            several += 1;
            inheriting += usize::from(operation.security.inherited);
            let safe = SAFE.contains(&operation.method.as_str());
            let odd = known.entry((list, safe)).or_insert_with(|| oddities(list, safe, &deprecated));
            if odd.iter().any(|oddity| oddity.suggests_any) {
                suggesting += 1;
                example.get_or_insert_with(|| (operation.name(), list.clone()));
            }
            for oddity in odd {
                source.notes.of(oddity.code, oddity.what.clone(), &operation.name());
            }
        }
    }
    if inheriting > MAX_INHERITING {
        let what = format!("{inheriting} operations inherit the description's list of several scopes");
        source.notes.add(&LIST_INHERITED, what, None);
    }
    let reading = if several > 0 && suggesting * 2 >= several { ListMeaning::Any } else { ListMeaning::All };
    let reason = match (&example, several) {
        (_, 0) => "no list has several scopes".to_owned(),
        (Some((operation, list)), _) => format!(
            "{suggesting} of {several} lists of several scopes are unlikely to require all of them, such as `{operation}`: {}",
            shortened(list)
        ),
        (None, _) => {
            format!("as OpenAPI defines, and none of the {several} lists of several scopes suggests otherwise")
        }
    };
    if let Some(reading) = requested {
        return MeaningChoice { reading, inferred: false, reason: "requested".to_owned() };
    }
    if several > 0 {
        let other = if reading == ListMeaning::Any { "`--reading all`" } else { "`--reading any`" };
        let words = if reading == ListMeaning::Any { "one of them is sufficient" } else { "all of them are required" };
        source.notes.add(
            &READING_INFERRED,
            format!(
                "lists of several scopes are read as `{reading}` ({words}): {reason}; use {other} for the other meaning"
            ),
            None,
        );
    }
    MeaningChoice { reading, inferred: several > 0, reason }
}

/// Returns the first scopes of a list.
fn shortened(list: &[String]) -> String {
    let shown: Vec<&str> = list.iter().take(4).map(String::as_str).collect();
    let more = if list.len() > 4 { format!(" and {} more", list.len() - 4) } else { String::new() };
    format!("{}{more}", shown.join(" "))
}

/// Returns the oddities of an operation's list; `safe` if its method is safe.
fn oddities(list: &[String], safe: bool, deprecated: &HashMap<&str, bool>) -> Vec<Oddity> {
    let mut oddities = Vec::new();
    let mut note = |code, what: String, suggests_any| oddities.push(Oddity { code, what, suggests_any });
    if list.len() > LONG {
        note(&LIST_LONG, format!("a list of {} scopes", list.len()), false);
    }
    let catalogue = deprecated.len();
    if catalogue >= SMALL_CATALOGUE && deprecated.keys().all(|name| list.iter().any(|scope| scope == name)) {
        note(&LIST_CATALOGUE, format!("a list contains all {catalogue} declared scopes"), true);
    }
    let is_deprecated = |scope: &&String| deprecated.get(scope.as_str()).copied().unwrap_or_default();
    if let Some(old) = list.iter().find(is_deprecated).filter(|_| !list.iter().all(|scope| is_deprecated(&scope))) {
        note(&SCOPE_DEPRECATED, format!("`{old}` is deprecated but listed with others"), true);
    }
    // each scope without its last and without its first segment, and that segment
    let mut stems: HashMap<(bool, &str), Vec<&str>> = HashMap::new();
    for scope in list {
        if let Some((stem, last)) = split_last(scope) {
            stems.entry((true, stem)).or_default().push(last);
        }
        if let Some((first, stem)) = scope.split_once(is_separator) {
            stems.entry((false, stem)).or_default().push(first);
        }
    }
    for scope in list {
        let variants = stems.get(&(true, scope.as_str())).map(Vec::as_slice).unwrap_or_default();
        for last in variants {
            if READ_PARTS.contains(last) {
                note(&LIST_READ_PART, format!("`{scope}` is listed with its own part `{last}`"), true);
            } else if AUDIENCES.contains(last) {
                note(&LIST_TWINS, format!("`{scope}` is listed with its variant `{last}`"), true);
            }
        }
    }
    let mut twins: Vec<(&&str, &Vec<&str>)> = stems.iter().map(|((_, stem), segments)| (stem, segments)).collect();
    twins.sort();
    for (stem, segments) in twins {
        let group = TWINS.iter().find(|group| segments.iter().filter(|segment| group.contains(segment)).count() > 1);
        if group.is_some() {
            note(&LIST_TWINS, format!("`{stem}` is listed in the variants {}", segments.join(", ")), true);
        }
    }
    if safe && let Some((reading, changing)) = changing_twin(list) {
        note(&LIST_READ_PART, format!("`{reading}` is listed with `{changing}`, though the method is safe"), true);
    }
    oddities
}

/// Finds a scope for reading and one for changing the same thing: they differ only in that segment.
fn changing_twin(list: &[String]) -> Option<(&String, &String)> {
    let mut readers: HashMap<String, &String> = HashMap::new();
    for (scope, stem) in list.iter().flat_map(|scope| without_one_of(scope, READING)) {
        readers.insert(stem, scope);
    }
    let mut changers = list.iter().flat_map(|scope| without_one_of(scope, CHANGING));
    changers.find_map(|(scope, stem)| Some((*readers.get(&stem)?, scope)))
}

/// Returns the scope with each of its segments that is in `segments` blanked.
fn without_one_of<'s>(scope: &'s String, segments: &'static [&str]) -> impl Iterator<Item = (&'s String, String)> {
    let mut start = 0;
    scope.split_inclusive(is_separator).filter_map(move |part| {
        let at = start;
        start += part.len();
        let segment = part.trim_end_matches(is_separator);
        let blanked = segments.contains(&segment.to_ascii_lowercase().as_str());
        blanked.then(|| {
            (
                scope,
                format!(
                    "{}*{}",
                    scope.get(..at).unwrap_or_default(),
                    scope.get(at + segment.len()..).unwrap_or_default()
                ),
            )
        })
    })
}

fn is_separator(character: char) -> bool {
    matches!(character, '.' | ':' | '/' | '_' | '-')
}

/// Splits off the last segment of a scope; `read_only` and `read-only` count as one.
fn split_last(scope: &str) -> Option<(&str, &str)> {
    let part = READ_PARTS.iter().find_map(|part| {
        let stem = scope.strip_suffix(part)?;
        let trimmed = stem.strip_suffix(is_separator)?;
        (!trimmed.is_empty()).then_some((trimmed, *part))
    });
    part.or_else(|| {
        let at = scope.rfind(is_separator)?;
        Some((scope.get(..at)?, scope.get(at + 1..)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::import::source::{Operation, Security, SourceScope};

    fn source(catalogue: &str, lists: &[&str]) -> Source {
        let scope = |name: &str| SourceScope {
            name: name.trim_end_matches('!').to_owned(),
            deprecated: name.ends_with('!'),
            ..SourceScope::default()
        };
        let operation = |(index, list): (usize, &&str)| Operation {
            method: if list.starts_with("POST ") { "POST" } else { "GET" }.to_owned(),
            path: format!("/{index}"),
            server: None,
            summary: None,
            security: Security::any_of(vec![list.trim_start_matches("POST ").split(' ').map(str::to_owned).collect()]),
            duplicate: false,
        };
        Source {
            catalogue: catalogue.split_whitespace().map(scope).collect(),
            operations: lists.iter().enumerate().map(operation).collect(),
            ..Source::default()
        }
    }

    #[test]
    fn the_meaning_of_lists_is_inferred_from_their_oddities() {
        for (catalogue, lists, reading, codes) in [
            // Xero, flat.io
            ("a a.read b", &["a a.read", "b"][..], "any", "list-read-part reading-inferred"),
            ("", &["scores scores.readonly", "x y"], "any", "list-read-part reading-inferred"),
            // Slack
            ("", &["chat:write:user chat:write:bot"], "any", "list-twins reading-inferred"),
            ("", &["channels:history groups:history im:history"], "any", "list-twins reading-inferred"),
            // Zoom
            ("", &["meeting:read meeting:read:admin"], "any", "list-twins reading-inferred"),
            // Twitch; the lists of these tests belong to GET
            ("", &["channel:read:polls channel:manage:polls"], "any", "list-read-part reading-inferred"),
            // Figma
            ("files:read! content:read", &["content:read files:read"], "any", "scope-deprecated reading-inferred"),
            // Vimeo, Discord
            ("a b c d", &["d c b a"], "any", "list-catalogue reading-inferred"),
            // DigitalOcean, Okta, the pet store: as the specification defines
            ("write:pets read:pets", &["POST write:pets read:pets"], "all", "reading-inferred"),
            ("", &["apps.manage groups.manage", "users:read users:read.email"], "all", "reading-inferred"),
            ("", &["a b", "c d", "a a.read"], "all", "list-read-part reading-inferred"),
            ("", &["a b c d e f g"], "all", "list-long reading-inferred"),
            ("", &["a", "b"], "all", ""),
        ] {
            let mut source = source(catalogue, lists);
            let choice = choose(&mut source, None);
            let found: Vec<&str> = source.notes.findings().iter().map(|finding| finding.code.name).collect();
            assert_eq!((choice.reading.as_str(), found.join(" ").as_str()), (reading, codes), "{lists:?}");
            assert_eq!(choice.inferred, !codes.is_empty());
        }
        let mut source = source("", &["a a.read"]);
        assert_eq!(choose(&mut source, Some(ListMeaning::All)).reading, ListMeaning::All);
        let findings = source.notes.findings();
        assert_eq!(findings[0].message, "`a` is listed with its own part `read`: `GET /0`");
    }
}
