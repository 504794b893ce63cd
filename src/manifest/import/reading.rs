//! What a list of several scopes means: every one of them, or one of them.
//!
//! OpenAPI says every one (3.1 §4.8.30), and yet some publish lists that can't mean it. The reading is one for the whole
//! source: asked for, fixed by the format, or guessed from the oddities of its lists.

use std::collections::HashMap;

use super::findings::{
    LIST_CATALOGUE, LIST_INHERITED, LIST_LONG, LIST_READ_PART, LIST_TWINS, READING_FIXED, READING_GUESSED,
    SCOPE_DEPRECATED,
};
use super::source::Source;
use crate::diagnostic::Code;
use crate::manifest::ListMeaning;

/// A reading, and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListReading {
    /// How lists are read.
    pub reading: ListMeaning,
    /// Whether it was guessed: neither asked for nor fixed by the format.
    pub guessed: bool,
    /// Why, in words.
    pub reason: String,
}

/// Last segments that make `X.read` the read-only part of `X`.
const READ_PARTS: &[&str] = &["read", "readonly", "read_only", "read-only", "ro", "view"];

/// Last segments that make a variant of a scope for another audience: `X:admin` beside `X`.
const AUDIENCES: &[&str] = &["admin", "master"];

/// Segments that stand for one another, last or first: the one is needed where the other is not.
const TWINS: &[&[&str]] = &[&["user", "bot"], &["channels", "groups", "im", "mpim"]];

/// Segments that read, and segments that change what the others read. A request that changes nothing needs no scope of
/// the second kind beside its twin of the first.
const READING: &[&str] = &["read", "view", "readonly"];
const CHANGING: &[&str] = &["manage", "write", "edit", "modify", "readwrite"];

/// The methods that change nothing (RFC 9110 §9.2.1).
const SAFE: &[&str] = &["GET", "HEAD", "OPTIONS"];

/// A list of more scopes than this can hardly mean every one.
const LONG: usize = 6;

/// A catalogue of fewer scopes proves nothing when a list names it whole.
const SMALL_CATALOGUE: usize = 3;

/// How many operations may inherit a list of several scopes before that is odd.
const MOST_INHERITING: usize = 10;

/// What is odd about a list. All but its length tell against `all`.
struct Oddity {
    code: &'static Code,
    what: String,
    tells: bool,
}

/// Chooses the reading and notes what is odd about the lists.
pub(super) fn choose(source: &mut Source, asked: Option<ListMeaning>) -> ListReading {
    if let Some((reading, reason)) = source.fixed {
        if asked.is_some_and(|asked| asked != reading) {
            source.notes.add(&READING_FIXED, format!("the reading stays `{reading}`: {reason}"), None);
        }
        return ListReading { reading, guessed: false, reason: reason.to_owned() };
    }
    let deprecated: HashMap<&str, bool> =
        source.catalogue.iter().map(|scope| (scope.name.as_str(), scope.deprecated)).collect();
    let (mut several, mut telling, mut inheriting) = (0, 0, 0);
    let mut example = None;
    let mut known: HashMap<(&Vec<String>, bool), Vec<Oddity>> = HashMap::new();
    for operation in &source.operations {
        for list in operation.security.lists().filter(|list| list.len() > 1) {
            several += 1;
            inheriting += usize::from(operation.security.inherited);
            let safe = SAFE.contains(&operation.method.as_str());
            let odd = known.entry((list, safe)).or_insert_with(|| oddities(list, safe, &deprecated));
            if odd.iter().any(|oddity| oddity.tells) {
                telling += 1;
                example.get_or_insert_with(|| (operation.name(), list.clone()));
            }
            for oddity in odd {
                source.notes.of(oddity.code, oddity.what.clone(), &operation.name());
            }
        }
    }
    if inheriting > MOST_INHERITING {
        let what = format!("{inheriting} operations inherit the description's own list of several scopes");
        source.notes.add(&LIST_INHERITED, what, None);
    }
    let reading = if several > 0 && telling * 2 >= several { ListMeaning::Any } else { ListMeaning::All };
    let reason = match (&example, several) {
        (_, 0) => "no list names several scopes".to_owned(),
        (Some((operation, list)), _) => format!(
            "{telling} of {several} lists of several scopes can hardly mean all of them, such as that of `{operation}`: {}",
            shortened(list)
        ),
        (None, _) => format!("OpenAPI says so, and none of {several} lists of several scopes tells against it"),
    };
    if let Some(reading) = asked {
        return ListReading { reading, guessed: false, reason: "asked for".to_owned() };
    }
    if several > 0 {
        let other = if reading == ListMeaning::Any { "`--reading all`" } else { "`--reading any`" };
        let words = if reading == ListMeaning::Any { "one of them suffices" } else { "every one of them is needed" };
        source.notes.add(
            &READING_GUESSED,
            format!(
                "lists of several scopes are read as `{reading}` ({words}): {reason}; {other} reads them otherwise"
            ),
            None,
        );
    }
    ListReading { reading, guessed: several > 0, reason }
}

/// The first scopes of a list.
fn shortened(list: &[String]) -> String {
    let shown: Vec<&str> = list.iter().take(4).map(String::as_str).collect();
    let more = if list.len() > 4 { format!(" and {} more", list.len() - 4) } else { String::new() };
    format!("{}{more}", shown.join(" "))
}

/// What is odd about the list of an operation; `safe`: its method changes nothing.
fn oddities(list: &[String], safe: bool, deprecated: &HashMap<&str, bool>) -> Vec<Oddity> {
    let mut oddities = Vec::new();
    let mut note = |code, what: String, tells| oddities.push(Oddity { code, what, tells });
    if list.len() > LONG {
        note(&LIST_LONG, format!("a list of {} scopes", list.len()), false);
    }
    let catalogue = deprecated.len();
    if catalogue >= SMALL_CATALOGUE && deprecated.keys().all(|name| list.iter().any(|scope| scope == name)) {
        note(&LIST_CATALOGUE, format!("a list names all {catalogue} scopes that there are"), true);
    }
    let is_deprecated = |scope: &&String| deprecated.get(scope.as_str()).copied().unwrap_or_default();
    if let Some(old) = list.iter().find(is_deprecated).filter(|_| !list.iter().all(|scope| is_deprecated(&scope))) {
        note(&SCOPE_DEPRECATED, format!("`{old}` is deprecated, and listed beside others"), true);
    }
    // each scope without its last and without its first segment, with that segment
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
        note(&LIST_READ_PART, format!("`{reading}` is listed with `{changing}`, though nothing is changed"), true);
    }
    oddities
}

/// A scope that reads and one that changes what it reads: they differ in that one segment.
fn changing_twin(list: &[String]) -> Option<(&String, &String)> {
    let mut readers: HashMap<String, &String> = HashMap::new();
    for (scope, stem) in list.iter().flat_map(|scope| without_one_of(scope, READING)) {
        readers.insert(stem, scope);
    }
    let mut changers = list.iter().flat_map(|scope| without_one_of(scope, CHANGING));
    changers.find_map(|(scope, stem)| Some((*readers.get(&stem)?, scope)))
}

/// The scope with each of its segments blanked that is one of these.
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

/// The scope without its last segment, and that segment; `read_only` and `read-only` count as one.
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
            again: false,
        };
        Source {
            catalogue: catalogue.split_whitespace().map(scope).collect(),
            operations: lists.iter().enumerate().map(operation).collect(),
            ..Source::default()
        }
    }

    #[test]
    fn the_reading_is_guessed_by_what_lists_contradict() {
        for (catalogue, lists, reading, codes) in [
            // Xero, flat.io
            ("a a.read b", &["a a.read", "b"][..], "any", "list-read-part reading-guessed"),
            ("", &["scores scores.readonly", "x y"], "any", "list-read-part reading-guessed"),
            // Slack
            ("", &["chat:write:user chat:write:bot"], "any", "list-twins reading-guessed"),
            ("", &["channels:history groups:history im:history"], "any", "list-twins reading-guessed"),
            // Zoom
            ("", &["meeting:read meeting:read:admin"], "any", "list-twins reading-guessed"),
            // Twitch; the lists of the tests are those of GET
            ("", &["channel:read:polls channel:manage:polls"], "any", "list-read-part reading-guessed"),
            // Figma
            ("files:read! content:read", &["content:read files:read"], "any", "scope-deprecated reading-guessed"),
            // Vimeo, Discord
            ("a b c d", &["d c b a"], "any", "list-catalogue reading-guessed"),
            // DigitalOcean, Okta, the pet store: the specification's own reading
            ("write:pets read:pets", &["POST write:pets read:pets"], "all", "reading-guessed"),
            ("", &["apps.manage groups.manage", "users:read users:read.email"], "all", "reading-guessed"),
            ("", &["a b", "c d", "a a.read"], "all", "list-read-part reading-guessed"),
            ("", &["a b c d e f g"], "all", "list-long reading-guessed"),
            ("", &["a", "b"], "all", ""),
        ] {
            let mut source = source(catalogue, lists);
            let choice = choose(&mut source, None);
            let found: Vec<&str> = source.notes.findings().iter().map(|finding| finding.code.name).collect();
            assert_eq!((choice.reading.as_str(), found.join(" ").as_str()), (reading, codes), "{lists:?}");
            assert_eq!(choice.guessed, !codes.is_empty());
        }
        let mut source = source("", &["a a.read"]);
        assert_eq!(choose(&mut source, Some(ListMeaning::All)).reading, ListMeaning::All);
        let said = source.notes.findings();
        assert_eq!(said[0].message, "`a` is listed with its own part `read`: `GET /0`");
    }
}
