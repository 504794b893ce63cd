//! The parts of a token in three colors, with the part of the claim under the cursor lit.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::token::{Serialization, TokenKind};
use crate::tui::item::{Item, Tone};
use crate::tui::model::Model;

/// Names of the parts.
const LEGEND: &str = "header.payload.signature";

/// Columns of the header and of the signature, if there is not enough room for the whole token.
const ENDS: usize = 14;

/// Returns the line above the token's tabs; `None` if the token does not have three parts. `claim`: the top-level claim
/// under the cursor. `width`: columns.
pub(in crate::tui) fn anatomy(model: &Model, claim: Option<&str>, width: usize) -> Option<Item> {
    let token = model.token()?;
    if token.decoded.kind != TokenKind::Jws || token.decoded.serialization != Serialization::Compact {
        return None;
    }
    let text = token.secret.expose();
    let [header, payload, signature] = <[&str; 3]>::try_from(text.split('.').collect::<Vec<_>>()).ok()?;
    if !text.is_ascii() {
        return None;
    }
    let lit = claim.and_then(|claim| place(payload, claim)).unwrap_or_default();
    let room = width.saturating_sub(LEGEND.len() + 4).max(20);
    let ends = ENDS.min(room / 4);
    let dots = if model.ascii { "~" } else { "\u{2026}" };
    let masked = |part: &str| if model.revealed { part.to_owned() } else { "*".repeat(part.len()) };
    let (header, signature) = (masked(header), masked(signature));
    let (header, signature) = (cut(&header, ends, dots), cut(&signature, ends, dots));
    let middle = room.saturating_sub(header.chars().count() + signature.chars().count() + 2);
    let shown = masked(payload);
    let (before, under, after) = window(&shown, &lit, middle, dots);
    Some(
        Item::new(Tone::Header, header)
            .and(Tone::Muted, ".")
            .and(Tone::Payload, before)
            .and(Tone::Lit, under)
            .and(Tone::Payload, after)
            .and(Tone::Muted, ".")
            .and(Tone::Signature, signature)
            .and(Tone::Plain, "  ")
            .and(Tone::Header, "header")
            .and(Tone::Muted, ".")
            .and(Tone::Payload, "payload")
            .and(Tone::Muted, ".")
            .and(Tone::Signature, "signature"),
    )
}

/// Returns the head of a text in at most `width` columns.
fn cut(text: &str, width: usize, dots: &str) -> String {
    if text.len() <= width {
        return text.to_owned();
    }
    format!("{}{dots}", text.get(..width.saturating_sub(1)).unwrap_or_default())
}

/// Returns the text before, at and behind a range, cut so that the range is visible.
fn window(text: &str, lit: &Range<usize>, width: usize, dots: &str) -> (String, String, String) {
    let part = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
    if text.len() <= width {
        return (part(0..lit.start), part(lit.clone()), part(lit.end..text.len()));
    }
    let inner = width.saturating_sub(2);
    let from = lit.start.saturating_sub(inner.saturating_sub(lit.len()) / 2).min(text.len().saturating_sub(inner));
    let to = (from + inner).min(text.len());
    let lit = lit.start.clamp(from, to)..lit.end.clamp(from, to);
    let left = if from > 0 { dots } else { "" };
    let right = if to < text.len() { dots } else { "" };
    (format!("{left}{}", part(from..lit.start)), part(lit.clone()), format!("{}{right}", part(lit.end..to)))
}

/// Returns the place of a claim within the encoded payload: of its last occurrence, which counts.
fn place(payload: &str, claim: &str) -> Option<Range<usize>> {
    let decoded = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let (_, range) = members(&decoded).into_iter().rev().find(|(name, _)| name == claim)?;
    // four characters stand for three bytes
    Some((range.start * 4 / 3)..(range.end * 4).div_ceil(3).min(payload.len()))
}

/// Returns the members of an object with their places in bytes. The text is valid JSON.
fn members(json: &[u8]) -> Vec<(String, Range<usize>)> {
    let mut members = Vec::new();
    let (mut depth, mut start, mut name_end) = (0_usize, None, None);
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in json.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    in_string = false;
                    if depth == 1 && name_end.is_none() {
                        name_end = Some(at + 1);
                    }
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => {
                in_string = true;
                if depth == 1 && start.is_none() {
                    start = Some(at);
                }
            }
            b'{' | b'[' => depth += 1,
            b',' | b'}' | b']' => {
                if depth == 1
                    && let (Some(from), Some(to)) = (start.take(), name_end.take())
                    && let Some(name) = json.get(from..to).and_then(|name| serde_json::from_slice(name).ok())
                {
                    members.push((name, from..at));
                }
                if *byte != b',' {
                    depth = depth.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
    members
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, reason = "tests")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_place_of_a_claim_covers_its_name_and_value() {
        let claims = r#"{"iss":"a,}b","list":[1,{"sub":2}], "sub" : "x\"y" ,"n":null}"#;
        let payload = URL_SAFE_NO_PAD.encode(claims);
        for (claim, expected) in [
            ("iss", r#""iss":"a,}b""#),
            ("list", r#""list":[1,{"sub":2}]"#),
            ("sub", r#""sub" : "x\"y" "#),
            ("n", r#""n":null"#),
        ] {
            let (_, range) = members(claims.as_bytes()).into_iter().find(|(name, _)| name == claim).unwrap();
            assert_eq!(&claims[range], expected);
            let place = place(&payload, claim).unwrap();
            assert!(!place.is_empty() && place.end <= payload.len());
        }
        assert_eq!(place(&payload, "other"), None);
    }

    proptest! {
        #[test]
        fn a_window_fits_and_shows_the_start_of_its_range(
            length in 0_usize..200, from in 0_usize..200, size in 1_usize..30, width in 8_usize..80
        ) {
            let text: String = ('a'..='z').cycle().take(length).collect();
            let lit = from.min(length)..(from + size).min(length);
            let (before, under, after) = window(&text, &lit, width, "~");
            prop_assert!(before.len() + under.len() + after.len() <= width.max(length.min(width)));
            prop_assert!(lit.is_empty() || under.chars().next() == text[lit.start..].chars().next());
        }
    }
}
