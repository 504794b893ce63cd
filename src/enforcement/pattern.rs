//! Regular expressions for paths and scopes, in the common part of RE2, PCRE and POSIX syntax.

use std::fmt::Write as _;

use super::model::{Model, Rule};
use crate::manifest::{Piece, Segment};

/// How an engine presents the path of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathForm {
    /// As sent by the client, percent-encoded.
    Raw,
    /// Percent-decoded.
    Decoded,
}

/// Quotes a string. Brackets instead of backslashes, since some configuration formats remove those.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    text.chars().for_each(|character| push_quoted(&mut quoted, character));
    quoted
}

fn push_quoted(quoted: &mut String, character: char) {
    match character {
        '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '$' => {
            let _ = write!(quoted, "[{character}]");
        }
        // a class can't begin with it
        '^' => quoted.push_str("(?![^^])."),
        other => quoted.push(other),
    }
}

/// Returns the regular expression of a whole path, without anchors.
pub(super) fn path(rule: &Rule, form: PathForm) -> String {
    let mut pattern = String::new();
    for part in &rule.segments {
        pattern.push('/');
        pattern.push_str(&segment(part, form));
    }
    pattern
}

/// Returns the regular expression of one segment.
pub(super) fn segment(segment: &Segment, form: PathForm) -> String {
    let mut pattern = String::new();
    for piece in segment.pieces() {
        match piece {
            Piece::Literal(text) => literal(text, form, &mut pattern),
            // a catch-all may take slashes, and then so may what stands beside it
            Piece::Parameter(_) if !segment.has_rest() => pattern.push_str("[^/]+"),
            Piece::Parameter(_) | Piece::Rest(_) => pattern.push_str(".+"),
        }
    }
    pattern
}

fn literal(text: &str, form: PathForm, pattern: &mut String) {
    for character in text.chars() {
        if form == PathForm::Decoded || is_path_character(character) {
            push_quoted(pattern, character);
            continue;
        }
        let mut bytes = [0; 4];
        for byte in character.encode_utf8(&mut bytes).bytes() {
            pattern.push_str(&encoded(byte));
        }
    }
}

/// Returns the regular expression of a percent-encoded byte, with digits in both cases.
pub(super) fn encoded(byte: u8) -> String {
    let digit = |digit: u8| match char::from_digit(u32::from(digit), 16) {
        Some(letter) if letter.is_ascii_alphabetic() => format!("[{letter}{}]", letter.to_ascii_uppercase()),
        Some(digit) => digit.to_string(),
        None => String::new(),
    };
    format!("%{}{}", digit(byte >> 4), digit(byte & 15))
}

/// Returns a regular expression that finds a path which servers read differently, in its raw form without query: an encoded
/// slash or backslash, an empty or dot segment, an encoded control character, and, unless a template has it, a segment with
/// parameters (`;`).
pub(super) fn ambiguous(model: &Model) -> String {
    let semicolon = if model.reserved_literals().contains(&';') { "" } else { "|;|%3[bB]" };
    format!(r"%2[fF]|%5[cC]|%[01]|%7[fF]|//|/([.]|%2[eE])([.]|%2[eE])?(/|$){semicolon}")
}

/// Returns a regular expression that finds encodings of characters that stand literally in a template, for engines that
/// compare the raw path; letters, digits, `-`, `.`, `_` and `~` included (RFC 3986 §2.3).
pub(super) fn encoded_literals(model: &Model) -> String {
    let reserved = model.reserved_literals();
    let mut forms = vec!["%2[dDeE]|%3[0-9]|%[46][1-9a-fA-F]|%[57][0-9aA]|%5[fF]|%7[eE]".to_owned()];
    let encodings = reserved.iter().filter(|character| is_path_character(**character));
    forms.extend(encodings.filter_map(|character| u8::try_from(*character).ok()).map(encoded));
    if reserved.iter().any(|character| !is_path_character(*character)) {
        forms.push("[^!-~]".to_owned());
    }
    forms.join("|")
}

/// Returns whether a character stands for itself in a path (`pchar` of RFC 3986 §3.3).
pub(super) fn is_path_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(character)
}
