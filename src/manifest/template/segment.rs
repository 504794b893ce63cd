//! Segments of a path template.

use std::cmp::Reverse;

use crate::manifest::percent::decode;

/// Part of a path template between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment(pub(in crate::manifest) Box<[Piece]>);

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Fixed characters, percent-decoded.
    Literal(Box<str>),
    /// Parameter by its name: one or more characters within the segment.
    Parameter(Box<str>),
    /// Catch-all by its name: one or more characters, over any number of segments.
    Rest(Box<str>),
}

impl Segment {
    /// Returns the parts.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether it contains a catch-all.
    #[must_use]
    pub fn has_rest(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Rest(_)))
    }

    /// Returns the number of literal bytes.
    pub(in crate::manifest) fn literal_length(&self) -> usize {
        self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
    }

    /// Sort key among segments with a parameter: the most specific first.
    pub(in crate::manifest) fn specificity(&self) -> (Reverse<usize>, String) {
        (Reverse(self.literal_length()), self.shape())
    }

    /// Returns the literal, if the segment has no parameter.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.0 {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether some string matches both. Neither has a catch-all.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let fits = |segment: &Self, text: &str| segment.bind(text, |_, _| {});
        match (self.as_literal(), other.as_literal()) {
            (Some(one), Some(two)) => one == two,
            (Some(text), None) => fits(other, text),
            (None, Some(text)) => fits(self, text),
            // the part between prefix and suffix can be anything, so it can satisfy both
            (None, None) => {
                let ((start, end), (other_start, other_end)) = (self.fixed_ends(), other.fixed_ends());
                (start.starts_with(other_start) || other_start.starts_with(start))
                    && (end.ends_with(other_end) || other_end.ends_with(end))
            }
        }
    }

    /// Returns the literals at the start and at the end of a segment with a parameter.
    fn fixed_ends(&self) -> (&str, &str) {
        match &*self.0 {
            [Piece::Literal(start), .., Piece::Literal(end)] => (start, end),
            [Piece::Literal(start), ..] => (start, ""),
            [.., Piece::Literal(end)] => ("", end),
            _ => ("", ""),
        }
    }

    /// Whether every string that matches this segment matches the other. A parameter is represented by a character that
    /// no literal contains.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let text: String =
            self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.as_ref() } else { "\u{0}" }).collect();
        other.bind(&text, |_, _| {})
    }

    /// Whether the segment is a single parameter.
    #[must_use]
    pub fn is_parameter(&self) -> bool {
        matches!(&*self.0, [Piece::Parameter(_)])
    }

    /// Returns the fixed suffix of every matching string that can be looked up from the string alone: a whole literal,
    /// or everything from the last colon.
    pub(in crate::manifest) fn fixed_end(&self) -> Option<&str> {
        self.as_literal().or_else(|| match self.0.last() {
            Some(Piece::Literal(text)) => text.rfind(':').and_then(|at| text.get(at..)),
            _ => None,
        })
    }

    /// Returns the segment with its literals in lower case.
    pub(in crate::manifest) fn folded(&self) -> Self {
        let fold = |piece: &Piece| match piece {
            Piece::Literal(text) => Piece::Literal(text.to_lowercase().into()),
            parameter => parameter.clone(),
        };
        Self(self.0.iter().map(fold).collect())
    }

    /// Returns the segment without its parameter names.
    pub(in crate::manifest) fn shape(&self) -> String {
        let mut shape = String::new();
        self.write_shape(&mut shape);
        shape
    }

    pub(super) fn write_shape(&self, shape: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) if text.contains('{') => shape.push_str(&text.replace('{', "{{")),
                Piece::Literal(text) => shape.push_str(text),
                Piece::Parameter(_) => shape.push_str("{}"),
                Piece::Rest(_) => shape.push_str("{+}"),
            }
        }
    }

    /// Returns whether a string matches.
    pub(in crate::manifest) fn matches(&self, text: &str) -> bool {
        match &*self.0 {
            [] => text.is_empty(),
            [Piece::Literal(literal)] => literal.as_ref() == text,
            [Piece::Parameter(_) | Piece::Rest(_)] => !text.is_empty(),
            // nearly always false: one of many functions
            [Piece::Literal(start), ..] if !text.starts_with(start.as_ref()) => false,
            _ => self.bind(text, |_, _| {}),
        }
    }

    /// Matches a string and reports the parameter values: none is empty, and each is as short as possible. Takes linear
    /// time: an early literal match never hides another match.
    pub(in crate::manifest) fn bind<'t>(&self, text: &'t str, mut bound: impl FnMut(&str, &'t str)) -> bool {
        let mut rest = text;
        let mut open: Option<&str> = None;
        for (index, piece) in self.0.iter().enumerate() {
            match (piece, open) {
                (Piece::Literal(literal), None) => match rest.strip_prefix(literal.as_ref()) {
                    Some(after) => rest = after,
                    None => return false,
                },
                (Piece::Literal(literal), Some(name)) => {
                    let least = rest.chars().next().map_or(0, char::len_utf8);
                    let at = match index + 1 == self.0.len() {
                        true => rest.len().checked_sub(literal.len()).filter(|_| rest.ends_with(literal.as_ref())),
                        false => rest.get(least..).and_then(|after| after.find(literal.as_ref())).map(|at| at + least),
                    };
                    let at = at.filter(|at| *at >= least && least > 0);
                    let Some((value, after)) = at.and_then(|at| rest.split_at_checked(at)) else { return false };
                    bound(name, value);
                    open = None;
                    rest = after.get(literal.len()..).unwrap_or_default();
                }
                (Piece::Parameter(name) | Piece::Rest(name), None) => open = Some(name),
                (Piece::Parameter(name) | Piece::Rest(name), Some(earlier)) => {
                    // adjacent parameters match one character each, and the last one the rest
                    let Some(first) = rest.chars().next() else { return false };
                    let Some((value, after)) = rest.split_at_checked(first.len_utf8()) else { return false };
                    bound(earlier, value);
                    open = Some(name);
                    rest = after;
                }
            }
        }
        match open {
            Some(_) if rest.is_empty() => false,
            Some(name) => {
                bound(name, rest);
                true
            }
            None => rest.is_empty(),
        }
    }
}

/// Parses the segments of a path that starts with `/`. The error is a message and its position.
pub(in crate::manifest) fn parse_path(path: &str) -> Result<Vec<Segment>, (&'static str, usize)> {
    let path = path.get(1..).unwrap_or_default();
    let mut segments = Vec::with_capacity(memchr::memchr_iter(b'/', path.as_bytes()).count() + 1);
    let mut offset = 1;
    for segment in path.split('/') {
        segments.push(parse_segment(segment).map_err(|(message, at)| (message, offset + at))?);
        offset += segment.len() + 1;
    }
    Ok(segments)
}

pub(in crate::manifest) fn parse_segment(segment: &str) -> Result<Segment, (&'static str, usize)> {
    if memchr::memchr2(b'{', b'}', segment.as_bytes()).is_none() {
        // nearly every literal is a whole segment
        return Ok(Segment(if segment.is_empty() { Box::default() } else { Box::new([literal(segment)]) }));
    }
    let mut pieces = Vec::with_capacity(1);
    let mut rest = segment;
    while !rest.is_empty() {
        let at = segment.len() - rest.len();
        let Some((before, after)) = rest.split_once('{') else {
            if rest.contains('}') {
                return Err(("unmatched closing brace", at));
            }
            pieces.push(literal(rest));
            break;
        };
        if before.contains('}') {
            return Err(("unmatched closing brace", at));
        }
        if !before.is_empty() {
            pieces.push(literal(before));
        }
        let (inside, after) = after.split_once('}').ok_or(("unclosed brace", at + before.len()))?;
        let name = inside.trim_matches(['+', '*']);
        if name.is_empty() || name.contains('{') {
            return Err(("a parameter has no name", at + before.len()));
        }
        pieces.push(match name.len() == inside.len() {
            true => Piece::Parameter(name.into()),
            false => Piece::Rest(name.into()),
        });
        rest = after;
    }
    Ok(Segment(pieces.into()))
}

fn literal(text: &str) -> Piece {
    Piece::Literal(decode(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_match_the_shortest_values() {
        for (segment, text, values) in [
            ("{id}", "7", Some("7")),
            ("{id}", "", None),
            ("{id}:cancel", "7:cancel", Some("7")),
            ("{id}:cancel", ":cancel", None),
            ("{id}:cancel", "a:cancel:cancel", Some("a:cancel")),
            ("{a}...{b}", "x...y...z", Some("x|y...z")),
            ("{a}...{b}", "....", None),
            ("{a}...{b}", "é....", Some("é|.")),
            ("({a},{b})", "(1,2)", Some("1|2")),
            ("{a}{b}", "xyz", Some("x|yz")),
            ("{a}{b}", "x", None),
            ("{a}x{b}x", "xxxx", Some("x|x")),
            ("{a}x{b}x", "xxx", None),
            ("", "", Some("")),
            ("a", "ab", None),
        ] {
            let mut found = Vec::new();
            let fits = parse_segment(segment).unwrap().bind(text, |_, value| found.push(value));
            assert_eq!(fits.then(|| found.join("|")).as_deref(), values, "{segment} {text}");
        }
    }
}
