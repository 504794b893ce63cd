//! Match keys: the endpoints of an API as rows that a database can join with requests, in place of the routing index.

use std::cmp::Reverse;

use super::template::{Piece, Segment};
use super::{Api, Template};

/// Stands for a slash inside a segment, where segments are joined by slashes: in [`MatchKey::regex`], and in the paths that it
/// is compared with.
pub const INNER_SLASH: char = '\u{1}';

/// A row per endpoint; two with `ignore_case`. A path matches if it has the number of segments, the literals at their
/// positions, no empty segment but the empty literals, the query, and satisfies the regular expression. The row with the
/// lowest order wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchKey {
    /// Position of the endpoint.
    pub endpoint: usize,
    /// Whether the literals are in lower case, and are compared with the path in lower case.
    pub folded: bool,
    /// Number of segments; with a catch-all, the minimum.
    pub segments: usize,
    /// Whether the template has a catch-all.
    pub open: bool,
    /// Positions of the literals, from 1. Those behind a catch-all are left to the regular expression.
    pub positions: Vec<usize>,
    /// The literals, percent-decoded.
    pub literals: Vec<String>,
    /// Number of empty segments that a path has; not used with a regular expression.
    pub empty_segments: usize,
    /// Regular expression (RE2) for the whole path, without its first slash. `None` if each segment is a literal or a
    /// parameter.
    pub regex: Option<String>,
    /// Terms of the query: `=NAME`, [`INNER_SLASH`] and the value; `+NAME` for any value but an empty one; `?NAME`.
    pub query: Vec<String>,
    /// Fragment of the template.
    pub fragment: Option<String>,
    /// Order among the keys of the API: a more specific one is lower.
    pub order: usize,
}

/// Sort key of a segment among those at the same place of the routing index.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Literal,
    Pattern(Reverse<usize>, String),
    Parameter,
    Rest(Reverse<usize>, Reverse<usize>),
}

fn ranks(segments: &[Segment]) -> Vec<Rank> {
    let mut ranks = Vec::with_capacity(segments.len());
    for (position, segment) in segments.iter().enumerate() {
        if segment.has_rest() {
            let rest = segments.get(position..).unwrap_or_default();
            let literal = rest.iter().map(Segment::literal_length).sum();
            ranks.push(Rank::Rest(Reverse(literal), Reverse(rest.len())));
            break;
        }
        ranks.push(if segment.as_literal().is_some() {
            Rank::Literal
        } else if segment.is_parameter() {
            Rank::Parameter
        } else {
            let (length, shape) = segment.specificity();
            Rank::Pattern(length, shape)
        });
    }
    ranks
}

/// Escapes what has a meaning in a regular expression.
fn escaped(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '/' => into.push(INNER_SLASH),
            character => {
                if character.is_ascii_punctuation() {
                    into.push('\\');
                }
                into.push(character);
            }
        }
    }
}

/// Returns the expression for the whole path; `None` if the literals tell everything.
fn regex(segments: &[Segment]) -> Option<String> {
    if segments.iter().all(|segment| segment.as_literal().is_some() || segment.is_parameter()) {
        return None;
    }
    let mut regex = "(?s)^".to_owned();
    for (position, segment) in segments.iter().enumerate() {
        if position > 0 {
            regex.push('/');
        }
        for piece in &segment.0 {
            match piece {
                Piece::Literal(text) => escaped(text, &mut regex),
                Piece::Parameter(_) => regex.push_str("[^/]+"),
                Piece::Rest(_) => regex.push_str(".+"),
            }
        }
    }
    regex.push('$');
    Some(regex)
}

fn key(endpoint: usize, template: &Template, folded: bool) -> MatchKey {
    let folds;
    let segments = match folded {
        true => {
            folds = template.folded();
            folds.as_slice()
        }
        false => template.segments(),
    };
    let closed = segments.iter().take_while(|segment| !segment.has_rest());
    let literals: Vec<(usize, &str)> =
        closed.enumerate().filter_map(|(position, segment)| Some((position + 1, segment.as_literal()?))).collect();
    MatchKey {
        endpoint,
        folded,
        segments: segments.len(),
        open: segments.iter().any(Segment::has_rest),
        positions: literals.iter().map(|(position, _)| *position).collect(),
        literals: literals.iter().map(|(_, text)| (*text).to_owned()).collect(),
        empty_segments: literals.iter().filter(|(_, text)| text.is_empty()).count(),
        regex: regex(segments),
        query: template.query_keys(),
        fragment: template.fragment().map(str::to_owned),
        order: 0,
    }
}

impl Api {
    /// Returns the match keys, in their order.
    #[must_use]
    pub fn match_keys(&self) -> Vec<MatchKey> {
        let passes: &[bool] = if self.ignore_case { &[false, true] } else { &[false] };
        let mut keys = Vec::new();
        for folded in passes {
            let mut rows: Vec<_> = self
                .endpoints
                .iter()
                .enumerate()
                .map(|(index, endpoint)| {
                    let template = &endpoint.template;
                    // the routing index compares case at the end, and so ranks by the folded segments
                    let ranks = if self.ignore_case { ranks(&template.folded()) } else { ranks(template.segments()) };
                    (ranks, Reverse(template.query_terms()), index)
                })
                .collect();
            rows.sort();
            let found = rows.into_iter().filter_map(|(_, _, index)| Some((index, self.endpoints.get(index)?)));
            keys.extend(found.map(|(index, endpoint)| key(index, &endpoint.template, *folded)));
        }
        for (order, key) in keys.iter_mut().enumerate() {
            key.order = order;
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "tests")]

    use proptest::prelude::*;

    use super::*;
    use crate::manifest::parse;
    use crate::manifest::percent::{decode, is_dot_segment};

    /// Whether a pattern of segments matches, by the rules that a database follows.
    fn matches(key: &MatchKey, path: &[String]) -> bool {
        let count = if key.open { path.len() >= key.segments } else { path.len() == key.segments };
        let segment = |position: usize| match key.folded {
            true => path[position - 1].to_lowercase(),
            false => path[position - 1].clone(),
        };
        count
            && key.positions.iter().zip(&key.literals).all(|(position, literal)| segment(*position) == *literal)
            && match &key.regex {
                None => path.iter().filter(|segment| segment.is_empty()).count() == key.empty_segments,
                Some(regex) => {
                    let inner = |segment: &String| segment.replace('/', &INNER_SLASH.to_string());
                    let joined = path.iter().map(inner).collect::<Vec<_>>().join("/");
                    let joined = if key.folded { joined.to_lowercase() } else { joined };
                    glob(&pieces(regex), &joined)
                }
            }
    }

    /// The expressions have three kinds of pieces: characters, `[^/]+` and `.+`.
    fn pieces(regex: &str) -> Vec<(char, bool)> {
        let mut rest = regex.strip_prefix("(?s)^").unwrap().strip_suffix('$').unwrap();
        let mut found = Vec::new();
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("[^/]+") {
                found.push(('/', true));
                rest = after;
            } else if let Some(after) = rest.strip_prefix(".+") {
                found.push(('*', true));
                rest = after;
            } else {
                let literal = rest.strip_prefix('\\').unwrap_or(rest);
                let character = literal.chars().next().unwrap_or(first);
                found.push((character, false));
                rest = &literal[character.len_utf8()..];
            }
        }
        found
    }

    fn glob(pieces: &[(char, bool)], text: &str) -> bool {
        let Some(((kind, many), rest)) = pieces.split_first() else { return text.is_empty() };
        let Some(first) = text.chars().next() else { return false };
        let after = &text[first.len_utf8()..];
        if !many {
            return first == *kind && glob(rest, after);
        }
        (*kind == '*' || first != '/') && (glob(rest, after) || glob(pieces, after))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn keys_choose_the_same_endpoint_as_the_routing_index(
            templates in proptest::collection::btree_set("(/(a|b|A|\\{x\\}|a\\{x\\}|\\{x\\}:a|\\{\\+x\\}|)){1,3}", 1..7),
            ignore_case in any::<bool>(),
            paths in proptest::collection::vec("(/(a|b|A|ab|b:a|a%2Fb|)){1,4}", 1..20),
        ) {
            let mut source = format!("[api.t]\nbase_url = \"https://a.test\"\nignore_case = {ignore_case}\n[api.t.endpoints]\n");
            for template in &templates {
                // each parameter of a template has its own name
                let mut names = "xyzuvw".chars();
                let mut named = template.clone();
                while let Some(at) = named.find("x}") {
                    named.replace_range(at..=at, &names.next().unwrap().to_uppercase().to_string());
                }
                source.push_str(&format!("\"GET {named}\" = []\n"));
            }
            let Some(manifest) = parse(&source).manifest else { return Ok(()) };
            let api = &manifest.apis[0];
            let keys = api.match_keys();
            for path in &paths {
                let segments: Vec<String> = path[1..].split('/').map(|segment| decode(segment).into_owned()).collect();
                prop_assume!(!path.split('/').any(is_dot_segment));
                let expected = api.route("GET", path).map(|route| route.endpoint.to_string());
                let found = keys.iter().find(|key| matches(key, &segments));
                let found = found.map(|key| api.endpoints[key.endpoint].to_string());
                prop_assert_eq!(found, expected, "{} in {}", path, source);
            }
        }
    }
}
