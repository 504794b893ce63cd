//! Which endpoints share paths, for engines that do not take the first match.

use super::model::Rule;
use crate::manifest::{Piece, Segment};

/// Returns whether some path may match both. A catch-all takes one or more segments.
pub(super) fn may_overlap(one: &[Segment], other: &[Segment]) -> bool {
    match (one.split_first(), other.split_first()) {
        (None, None) => true,
        (Some((first, _)), Some(_)) if first.has_rest() => true,
        (Some(_), Some((first, _))) if first.has_rest() => true,
        (Some((first, rest)), Some((other_first, other_rest))) => {
            first.overlaps(other_first) && may_overlap(rest, other_rest)
        }
        _ => false,
    }
}

/// Returns the rules before a position that answer a method and share paths with the rule there.
pub(super) fn earlier<'r>(rules: &'r [Rule], position: usize, method: &str) -> Vec<&'r Rule> {
    let Some(rule) = rules.get(position) else { return Vec::new() };
    let before = rules.get(..position).unwrap_or_default();
    before
        .iter()
        .filter(|other| other.methods.iter().any(|name| name == method) && may_overlap(&other.segments, &rule.segments))
        .collect()
}

/// Returns whether two paths are the same but for the names of parameters.
pub(super) fn is_same_path(one: &[Segment], other: &[Segment]) -> bool {
    let is_same_piece = |(one, other): (&Piece, &Piece)| match (one, other) {
        (Piece::Literal(one), Piece::Literal(other)) => one == other,
        (Piece::Parameter(_), Piece::Parameter(_)) | (Piece::Rest(_), Piece::Rest(_)) => true,
        _ => false,
    };
    let is_same = |(one, other): (&Segment, &Segment)| {
        let (one, other) = (one.pieces(), other.pieces());
        one.len() == other.len() && one.iter().zip(other).all(is_same_piece)
    };
    one.len() == other.len() && one.iter().zip(other).all(is_same)
}

/// Returns whether a segment is a single catch-all.
pub(super) fn is_catch_all(segment: &Segment) -> bool {
    matches!(segment.pieces(), [Piece::Rest(_)])
}

/// Returns whether the path consists of literal segments and whole parameters, with a catch-all at most at its end.
pub(super) fn is_plain(segments: &[Segment]) -> bool {
    let Some((last, others)) = segments.split_last() else { return true };
    let is_simple = |segment: &Segment| segment.as_literal().is_some() || segment.is_parameter();
    others.iter().all(is_simple) && (is_simple(last) || is_catch_all(last))
}

/// Returns whether every path of `one` matches `other`, segment by segment. Neither has a catch-all.
pub(super) fn is_within(one: &[Segment], other: &[Segment]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_within(other))
}

/// Percent-encodes what can't stand in a path (RFC 3986 §3.3).
pub(super) fn encoded_literal(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        if super::pattern::is_path_character(character) {
            encoded.push(character);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in character.encode_utf8(&mut bytes).bytes() {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
