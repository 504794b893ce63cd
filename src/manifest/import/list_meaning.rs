//! Meaning of lists of several scopes: all of them are required, or any one.
//!
//! OpenAPI says all (3.1 §4.8.30), but some publish lists that can't mean that. Each list is decided by itself, by the
//! first of these that says something: the user, the format, the security scheme, the program that wrote the
//! description, the operation's text, oddities of the list. What one list means says nothing about another.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::findings::{
    LIST_CATALOGUE, LIST_FULL_ACCESS, LIST_INHERITED, LIST_LONG, LIST_PART, LIST_PROSE, LIST_READ_PART,
    LIST_READER_DROPPED, LIST_TWINS, LIST_UNCLEAR, READING_FIXED, READING_INFERRED, SCOPE_DEPRECATED,
};
use super::source::{ScopeList, Source, SourceScope};
use super::{prose, risk};
use crate::diagnostic::Code;
use crate::manifest::ListMeaning;

/// Meaning of the lists of a source, and why it was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeaningChoice {
    /// Meaning of all lists of several scopes; `None` if it differs between them.
    pub reading: Option<ListMeaning>,
    /// Whether it was inferred: neither requested nor fixed by the format.
    pub inferred: bool,
    /// Whether the user requested it, or the format fixes it.
    pub chosen: bool,
    /// Reason, in words.
    pub reason: String,
}

impl MeaningChoice {
    /// `any`, `all` or `mixed`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.reading.map_or("mixed", ListMeaning::as_str)
    }
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

/// An oddity of a list. Some suggest `any`.
struct Oddity {
    code: &'static Code,
    what: String,
    suggests_any: bool,
}

/// What is known about the scopes of a source.
struct Known<'s> {
    catalogue: HashMap<&'s str, &'s SourceScope>,
    /// Scopes that grant everything.
    full: HashSet<String>,
}

/// Decision about a list of several scopes.
#[derive(Clone)]
struct Decision {
    meaning: ListMeaning,
    /// Why, in words; `None`: nothing shows what it means.
    reason: Option<&'static str>,
    sets: Vec<Vec<String>>,
    notes: Rc<Vec<(&'static Code, String)>>,
}

/// Decides what every list means, and reports their oddities.
pub(super) fn choose(source: &mut Source, requested: Option<ListMeaning>) -> MeaningChoice {
    let choice = match source.fixed {
        Some((reading, reason)) => {
            if requested.is_some_and(|requested| requested != reading) {
                source.notes.add(
                    &READING_FIXED,
                    format!("lists are read as `{reading}` regardless of `--reading`: {reason}"),
                    None,
                );
            }
            MeaningChoice { reading: Some(reading), inferred: false, chosen: true, reason: reason.to_owned() }
        }
        None => decide_each(source, requested),
    };
    for list in source.operations.iter_mut().flat_map(|operation| &mut operation.security.alternatives).flatten() {
        if list.sets.is_empty() && !list.scopes.is_empty() {
            list.sets = vec![std::mem::take(&mut list.scopes)];
        }
    }
    choice
}

fn decide_each(source: &mut Source, requested: Option<ListMeaning>) -> MeaningChoice {
    let mut found = std::mem::take(&mut source.notes);
    let known = Known::of(source);
    let mut cache: HashMap<(ScopeList, bool, Option<ListMeaning>), Decision> = HashMap::new();
    let (mut any, mut all, mut inheriting) = (0_usize, 0_usize, 0);
    let mut example = None;
    let mut decided: Vec<(usize, usize, usize, Vec<Vec<String>>)> = Vec::new();
    for (at, operation) in source.operations.iter().enumerate() {
        let safe = SAFE.contains(&operation.method.as_str());
        for (alternative, lists) in operation.security.alternatives.iter().enumerate() {
            for (index, list) in
                lists.iter().enumerate().filter(|(_, list)| list.scopes.len() > 1 && list.sets.is_empty())
            {
                inheriting += usize::from(operation.security.inherited);
                let said = operation.prose.as_deref().and_then(|text| prose::meaning(text, &list.scopes));
                let decision = cache
                    .entry((list.clone(), safe, said))
                    .or_insert_with(|| known.decide(list, safe, said, source.habit, requested));
                for (code, what) in decision.notes.iter() {
                    found.of(code, what.clone(), &operation.name());
                }
                match decision.meaning {
                    ListMeaning::Any => any += 1,
                    ListMeaning::All => all += 1,
                }
                if decision.meaning == ListMeaning::Any && decision.reason.is_some() {
                    example.get_or_insert_with(|| {
                        let list = shortened(&list.scopes);
                        format!("`{}`: {list} ({})", operation.name(), decision.reason.unwrap_or_default())
                    });
                }
                decided.push((at, alternative, index, decision.sets.clone()));
            }
        }
    }
    source.notes = found;
    for (at, alternative, index, sets) in decided {
        let list =
            source.operations.get_mut(at).and_then(|operation| operation.security.alternatives.get_mut(alternative));
        if let Some(list) = list.and_then(|lists| lists.get_mut(index)) {
            list.sets = sets;
        }
    }
    if inheriting > MAX_INHERITING {
        let what = format!("{inheriting} operations inherit the description's list of several scopes");
        source.notes.add(&LIST_INHERITED, what, None);
    }
    if let Some(reading) = requested {
        return MeaningChoice { reading: Some(reading), inferred: false, chosen: true, reason: "requested".to_owned() };
    }
    let reading = match (any, all) {
        (0, _) => Some(ListMeaning::All),
        (_, 0) => Some(ListMeaning::Any),
        _ => None,
    };
    let several = any + all;
    let reason = match &example {
        _ if several == 0 => "no list has several scopes".to_owned(),
        Some(example) => format!("{any} of {several} lists of several scopes mean any of them, such as {example}"),
        None => format!("as OpenAPI defines, and none of the {several} lists of several scopes suggests otherwise"),
    };
    if several > 0 {
        let (words, other) = match reading {
            Some(ListMeaning::Any) => {
                ("read as `any` (one of them is sufficient)", "`--reading all` for the other meaning")
            }
            Some(ListMeaning::All) => {
                ("read as `all` (all of them are required)", "`--reading any` for the other meaning")
            }
            None => ("read one by one", "`--reading any` or `--reading all` for one meaning of all lists"),
        };
        source.notes.add(
            &READING_INFERRED,
            format!("lists of several scopes are {words}: {reason}; use {other}"),
            None,
        );
    }
    MeaningChoice { reading, inferred: several > 0, chosen: false, reason }
}

impl<'s> Known<'s> {
    fn of(source: &'s Source) -> Known<'s> {
        let catalogue = source.catalogue.iter().map(|scope| (scope.name.as_str(), scope)).collect();
        let mut known = Known { catalogue, full: HashSet::new() };
        let lists = || source.operations.iter().flat_map(|operation| operation.security.lists());
        let several: HashSet<&ScopeList> = lists().filter(|list| list.scopes.len() > 1).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for scope in several.iter().flat_map(|list| &list.scopes) {
            *counts.entry(scope).or_default() += 1;
        }
        for (scope, count) in counts {
            let description = known.catalogue.get(scope).and_then(|scope| scope.description.as_deref());
            let is_everywhere = several.len() > 1 && count == several.len();
            if risk::is_full(scope, description, is_everywhere) {
                known.full.insert(scope.to_owned());
            }
        }
        known
    }

    /// Decides about a list of several scopes. `said`: what the operation's text says.
    fn decide(
        &self,
        list: &ScopeList,
        safe: bool,
        said: Option<ListMeaning>,
        habit: Option<(ListMeaning, &'static str)>,
        requested: Option<ListMeaning>,
    ) -> Decision {
        let scopes = &list.scopes;
        let oddities = self.oddities(scopes, safe);
        let mut notes: Vec<(&'static Code, String)> =
            oddities.iter().map(|oddity| (oddity.code, oddity.what.clone())).collect();
        let is_catalogue = self.is_catalogue(scopes);
        let suggests_any = !is_catalogue && oddities.iter().any(|oddity| oddity.suggests_any);
        let (full, others): (Vec<&String>, Vec<&String>) = scopes.iter().partition(|scope| self.full.contains(*scope));
        let decided = if requested.is_some() {
            requested.map(|meaning| (meaning, "requested"))
        } else if let Some(meaning) = list.habit {
            Some((meaning, "the gateway of its scheme accepts any"))
        } else if let Some((meaning, _)) = habit {
            Some((meaning, "its emitter always means this"))
        } else if let Some(meaning) = said {
            notes.push((&LIST_PROSE, format!("the text says that the list means `{meaning}`")));
            Some((meaning, "the text says so"))
        } else if suggests_any {
            Some((ListMeaning::Any, "its scopes overlap"))
        } else {
            None
        };
        let split = decided.is_none() && !is_catalogue && !full.is_empty() && !others.is_empty();
        if split {
            let full: Vec<&str> = full.iter().map(|scope| scope.as_str()).collect();
            notes.push((
                &LIST_FULL_ACCESS,
                format!("`{}` grants everything, so it is an alternative to the others", full.join(" ")),
            ));
        } else if decided.is_none() {
            notes.push((
                &LIST_UNCLEAR,
                "nothing shows whether the scopes of a list are alternatives; all are required".to_owned(),
            ));
        }
        let meaning = decided.map_or(if split { ListMeaning::Any } else { ListMeaning::All }, |(meaning, _)| meaning);
        let sets: Vec<Vec<String>> = match meaning {
            _ if split => {
                let others = others.into_iter().cloned().collect();
                std::iter::once(others).chain(full.into_iter().map(|scope| vec![scope.clone()])).collect()
            }
            ListMeaning::All => vec![scopes.clone()],
            ListMeaning::Any => {
                let writers: HashSet<&String> = if safe { HashSet::new() } else { writers(scopes) };
                let readers: Vec<&String> = scopes
                    .iter()
                    .filter(|scope| !writers.is_empty() && !writers.contains(scope) && risk::is_reader(scope))
                    .collect();
                if let Some(first) = readers.first() {
                    notes.push((&LIST_READER_DROPPED, format!("`{first}` is not sufficient for a method that writes")));
                }
                scopes.iter().filter(|scope| !readers.contains(scope)).map(|scope| vec![scope.clone()]).collect()
            }
        };
        let reason = decided.map(|(_, reason)| reason).or(split.then_some("one of them grants everything"));
        Decision { meaning, reason, sets, notes: Rc::new(notes) }
    }

    /// Whether a list contains every declared scope, so that it says nothing about an operation.
    fn is_catalogue(&self, list: &[String]) -> bool {
        let listed: HashSet<&str> = list.iter().map(String::as_str).collect();
        self.catalogue.len() >= SMALL_CATALOGUE && self.catalogue.keys().all(|name| listed.contains(name))
    }
}

/// Returns the scopes of a list that change something, by their names or because another one is their read-only part.
fn writers(list: &[String]) -> HashSet<&String> {
    let wholes: HashSet<&str> = list
        .iter()
        .filter_map(|scope| split_last(scope))
        .filter(|(_, last)| READ_PARTS.contains(last))
        .map(|(stem, _)| stem)
        .collect();
    list.iter().filter(|scope| risk::is_writer(scope) || wholes.contains(scope.as_str())).collect()
}

/// Returns the first scopes of a list.
fn shortened(list: &[String]) -> String {
    let shown: Vec<&str> = list.iter().take(4).map(String::as_str).collect();
    let more = if list.len() > 4 { format!(" and {} more", list.len() - 4) } else { String::new() };
    format!("{}{more}", shown.join(" "))
}

/// Returns the oddities of an operation's list; `safe` if its method is safe.
impl Known<'_> {
    fn oddities(&self, list: &[String], safe: bool) -> Vec<Oddity> {
        let mut found = oddities(list, safe);
        let mut note = |code, what: String, suggests_any| found.push(Oddity { code, what, suggests_any });
        if self.is_catalogue(list) {
            let what = format!("a list contains all {} declared scopes, which says nothing", self.catalogue.len());
            note(&LIST_CATALOGUE, what, false);
        }
        let is_deprecated = |scope: &&String| self.catalogue.get(scope.as_str()).is_some_and(|scope| scope.deprecated);
        if let Some(old) = list.iter().find(is_deprecated).filter(|_| !list.iter().all(|scope| is_deprecated(&scope))) {
            note(&SCOPE_DEPRECATED, format!("`{old}` is deprecated but listed with others"), true);
        }
        found
    }
}

fn oddities(list: &[String], safe: bool) -> Vec<Oddity> {
    let mut oddities = Vec::new();
    let mut note = |code, what: String, suggests_any| oddities.push(Oddity { code, what, suggests_any });
    if list.len() > LONG {
        note(&LIST_LONG, format!("a list of {} scopes", list.len()), false);
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
    for (whole, part) in parts(list) {
        note(&LIST_PART, format!("`{whole}` is listed with its part `{part}`"), true);
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

/// Finds scopes of a list that are a part of another one: `scores.social` of `scores`, `a.reports.tax.read` of
/// `a.reports.read`. After a verb, a segment adds something: `users:read.email` is not a part of `users:read`.
fn parts(list: &[String]) -> Vec<(&String, &String)> {
    let is_verb =
        |segment: &str| READ_PARTS.contains(&segment) || READING.contains(&segment) || CHANGING.contains(&segment);
    let last = |scope: &str| split_last(scope).map_or(scope, |(_, last)| last).to_ascii_lowercase();
    let wholes: HashMap<&str, &String> = list.iter().map(|scope| (scope.as_str(), scope)).collect();
    let mut found = Vec::new();
    for part in list {
        let Some((stem, verb)) = split_last(part) else { continue };
        let is_reserved = is_verb(&verb.to_ascii_lowercase()) || AUDIENCES.contains(&verb);
        if !is_reserved {
            // any whole above it
            let mut above = Some(stem);
            while let Some(name) = above {
                found.extend(wholes.get(name).filter(|whole| !is_verb(&last(whole))).map(|whole| (*whole, part)));
                above = name.rfind(is_separator).and_then(|at| name.get(..at));
            }
        } else if let Some((broader, _)) = stem.rsplit_once(is_separator) {
            let separator = part.get(stem.len()..).unwrap_or_default();
            found.extend(wholes.get(format!("{broader}{separator}").as_str()).map(|whole| (*whole, part)));
        }
    }
    found
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
            prose: None,
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
            ("", &["scores scores.readonly"], "any", "list-read-part reading-inferred"),
            ("", &["scores scores.social"], "any", "list-part reading-inferred"),
            ("", &["a.reports.read a.reports.tax.read"], "any", "list-part reading-inferred"),
            // Slack
            ("", &["chat:write:user chat:write:bot"], "any", "list-twins reading-inferred"),
            ("", &["channels:history groups:history im:history"], "any", "list-twins reading-inferred"),
            // Zoom
            ("", &["meeting:read meeting:read:admin"], "any", "list-twins reading-inferred"),
            // Twitch; the lists of these tests belong to GET
            ("", &["channel:read:polls channel:manage:polls"], "any", "list-read-part reading-inferred"),
            // Figma
            ("files:read! content:read", &["content:read files:read"], "any", "scope-deprecated reading-inferred"),
            // Vimeo, Discord, Docusign: the whole catalogue says nothing
            ("a b c d", &["d c b a"], "all", "list-catalogue list-unclear reading-inferred"),
            // DigitalOcean, Okta, the pet store: as the specification defines
            ("write:pets read:pets", &["POST write:pets read:pets"], "all", "list-unclear reading-inferred"),
            ("", &["apps.manage groups.manage", "users:read users:read.email"], "all", "list-unclear reading-inferred"),
            ("", &["a b c d e f g"], "all", "list-long list-unclear reading-inferred"),
            // each list is decided by itself
            ("", &["a b", "c d", "a a.read"], "mixed", "list-read-part list-unclear reading-inferred"),
            ("", &["a", "b"], "all", ""),
        ] {
            let mut source = source(catalogue, lists);
            let choice = choose(&mut source, None);
            let found: Vec<&str> = source.notes.findings().iter().map(|finding| finding.code.name).collect();
            assert_eq!((choice.as_str(), found.join(" ").as_str()), (reading, codes), "{lists:?}");
            assert_eq!(choice.inferred, !codes.is_empty());
        }
        let mut source = source("", &["a a.read"]);
        assert_eq!(choose(&mut source, Some(ListMeaning::All)).reading, Some(ListMeaning::All));
        let findings = source.notes.findings();
        assert_eq!(findings[0].message, "`a` is listed with its own part `read`: `GET /0`");
    }

    /// Returns the alternatives of the only list.
    fn sets(source: &mut Source) -> String {
        choose(source, None);
        let list = &source.operations[0].security.alternatives[0][0];
        list.sets.iter().map(|set| set.join(" ")).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_reading_scope_is_not_sufficient_for_a_method_that_writes() {
        for (list, expected) in [
            ("a a.read", "a | a.read"),
            ("POST a a.read", "a"),
            ("POST a a.write a.read", "a | a.write"),
            ("POST x:read:user x:read:bot", "x:read:user | x:read:bot"),
        ] {
            assert_eq!(sets(&mut source("", &[list])), expected, "{list}");
        }
    }

    #[test]
    fn a_scope_for_full_access_is_an_alternative() {
        let with = |name: &str, description: &str, lists: &[&str]| {
            let mut source = source(&format!("{name} b c d"), lists);
            source.catalogue[0].description = Some(description.to_owned());
            sets(&mut source)
        };
        assert_eq!(with("ALL", "full access to everything", &["ALL b"]), "b | ALL");
        assert_eq!(with("x", "Full access to your account", &["x b", "x c"]), "b | x");
        assert_eq!(with("x", "Unrestricted access to the API", &["POST x b c"]), "b c | x");
        assert_eq!(with("all", "", &["all b", "c all"]), "b | all");
        assert_eq!(with("admin2", "Full access", &["admin2 b"]), "b | admin2");
        assert_eq!(with("*", "", &["* b"]), "b | *");
        // full access to one kind of data, on some lists
        assert_eq!(with("calendar", "Full access to calendars", &["calendar b", "c d"]), "calendar b");
    }

    #[test]
    fn the_text_the_scheme_and_the_emitter_decide_before_oddities() {
        let mut said = source("", &["a b"]);
        said.operations[0].prose = Some("Requires one of the scopes a or b".into());
        assert_eq!(sets(&mut said), "a | b");
        let mut gateway = source("", &["a b"]);
        gateway.operations[0].security.alternatives[0][0].habit = Some(ListMeaning::Any);
        assert_eq!(sets(&mut gateway), "a | b");
        let mut emitter = source("", &["a a.read"]);
        emitter.habit = Some((ListMeaning::All, "FastAPI"));
        assert_eq!(sets(&mut emitter), "a a.read");
    }
}
