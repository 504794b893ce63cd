//! Patterns for error messages: `*` matches anything, `{needed}` and `{granted}` capture a list of scopes.

/// Normalizes text for matching: ASCII lower case, and one kind of quotation mark. The length stays.
#[must_use]
pub fn normal_text(text: &str) -> String {
    text.chars()
        .map(|character| if matches!(character, '"' | '`') { '\'' } else { character.to_ascii_lowercase() })
        .collect()
}

/// A pattern, matched without regard to ASCII case and to the kind of quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Lower case, not empty.
    Literal(String),
    Anything,
    Needed,
    Granted,
}

/// Parts of a text that a pattern captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Captures<'t> {
    /// Text at `{needed}`.
    pub needed: Option<&'t str>,
    /// Text at `{granted}`.
    pub granted: Option<&'t str>,
    /// Text after the last literal of the pattern, if it ends in `*`.
    pub rest: &'t str,
    /// Text from the start of `{needed}` to the end.
    pub from_needed: &'t str,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// When a placeholder is unknown, or two wildcards are adjacent.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let open = [("*", Piece::Anything), ("{needed}", Piece::Needed), ("{granted}", Piece::Granted)]
                .into_iter()
                .find_map(|(word, piece)| Some((piece, rest.strip_prefix(word)?)));
            match open {
                Some(_) if pieces.last().is_some_and(|piece| !matches!(piece, Piece::Literal(_))) => {
                    return Err(format!("pattern `{text}` has two adjacent wildcards"));
                }
                Some((piece, after)) => {
                    pieces.push(piece);
                    rest = after;
                }
                None => {
                    let end = rest.char_indices().skip(1).find(|(_, next)| matches!(next, '*' | '{'));
                    let (literal, after) =
                        rest.split_at_checked(end.map_or(rest.len(), |(at, _)| at)).unwrap_or((rest, ""));
                    if literal.starts_with('{') {
                        return Err(format!(
                            "pattern `{text}` has an unknown placeholder: use `{{needed}}` or `{{granted}}`"
                        ));
                    }
                    pieces.push(Piece::Literal(normal_text(literal)));
                    rest = after;
                }
            }
        }
        Ok(Self(pieces))
    }

    /// Returns the only text that it matches, in lower case; `None` if it has a wildcard.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it captures the required scopes.
    #[must_use]
    pub fn names_needed(&self) -> bool {
        self.0.contains(&Piece::Needed)
    }

    /// Returns a string that every matching text contains, in lower case: its longest literal. Empty if there is none.
    #[must_use]
    pub fn needle(&self) -> &str {
        let literals = self.0.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::Anything | Piece::Needed | Piece::Granted => None,
        });
        literals.max_by_key(|text| text.len()).unwrap_or_default()
    }

    /// Matches the pattern against the whole text. `lower` is the same text as [`normal_text`]. Each wildcard matches
    /// as little as possible, so the time is linear in the text for each part.
    #[must_use]
    pub fn captures<'t>(&self, text: &'t str, lower: &str) -> Option<Captures<'t>> {
        let mut captures = Captures::default();
        let mut at = 0;
        let mut open: Option<&Piece> = None;
        for (index, piece) in self.0.iter().enumerate() {
            let Piece::Literal(literal) = piece else {
                open = Some(piece);
                continue;
            };
            let rest = lower.get(at..)?;
            let is_last = index + 1 == self.0.len();
            let found = match open {
                None if is_last => (rest == literal).then_some(0),
                None => rest.starts_with(literal.as_str()).then_some(0),
                Some(_) if is_last => rest.ends_with(literal.as_str()).then(|| rest.len() - literal.len()),
                Some(_) => rest.find(literal.as_str()),
            };
            let found = found?;
            captures.record(open.take(), text.get(at..)?, found);
            at += found + literal.len();
        }
        if open.is_none() && at < text.len() {
            return None;
        }
        captures.rest = text.get(at..)?;
        captures.record(open, captures.rest, captures.rest.len());
        Some(captures)
    }
}

impl<'t> Captures<'t> {
    /// Records a capture: the first `length` bytes of `text`, which starts where the piece starts.
    fn record(&mut self, piece: Option<&Piece>, text: &'t str, length: usize) {
        match piece {
            Some(Piece::Needed) => (self.needed, self.from_needed) = (text.get(..length), text),
            Some(Piece::Granted) => self.granted = text.get(..length),
            Some(Piece::Anything | Piece::Literal(_)) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn captures<'t>(pattern: &str, text: &'t str) -> Option<(Option<&'t str>, Option<&'t str>)> {
        let captures = Pattern::parse(pattern).unwrap().captures(text, &text.to_ascii_lowercase())?;
        Some((captures.needed, captures.granted))
    }

    #[test]
    fn patterns_capture_scopes() {
        for (pattern, text, expected) in [
            ("missing_scope", "MISSING_scope", Some((None, None))),
            ("missing_scope", "missing_scopes", None),
            ("*scope*", "a Scope b", Some((None, None))),
            ("*the {needed} scope*", "it requires the a:b scope.", Some((Some("a:b"), None))),
            ("need {needed}, have {granted}", "Need a, b, have c", Some((Some("a, b"), Some("c")))),
            ("{granted}. Requires {needed}", "a.b. Requires c", Some((Some("c"), Some("a.b")))),
            ("*scope {needed}.", "scope É.x.", Some((Some("É.x"), None))),
            ("", "", Some((None, None))),
            ("", "x", None),
            ("*", "", Some((None, None))),
        ] {
            assert_eq!(captures(pattern, text), expected, "{pattern} {text}");
        }
        for (pattern, literal, needle) in
            [("a_B", Some("a_b"), "a_b"), ("*Ab {needed} scope*", None, " scope"), ("*", None, "")]
        {
            let pattern = Pattern::parse(pattern).unwrap();
            assert_eq!((pattern.literal(), pattern.needle()), (literal, needle));
        }
        for wrong in ["**", "{needed}{granted}", "*{needed}", "{other}", "a {"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn matching_never_panics(pattern in "[aé*{} ]{0,6}(\\{needed\\})?[aé* ]{0,4}", text in "[aAé ]{0,20}") {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                let _ = pattern.captures(&text, &text.to_ascii_lowercase());
            }
        }
    }
}
