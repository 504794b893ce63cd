//! What stands between two slashes of a path template.

use std::cmp::Reverse;

use crate::manifest::percent::decode;

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::manifest) struct Segment(pub(in crate::manifest) Vec<Piece>);

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::manifest) enum Piece {
    /// Percent-decoded.
    Literal(String),
    Parameter(String),
    /// Any number of characters and segments.
    Rest(String),
}

impl Segment {
    /// Whether it can stand for several segments.
    pub(in crate::manifest) fn has_rest(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Rest(_)))
    }

    /// How many bytes are fixed.
    pub(in crate::manifest) fn literal_length(&self) -> usize {
        self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
    }

    /// How specific it is among segments with a parameter: the least first.
    pub(in crate::manifest) fn specificity(&self) -> (Reverse<usize>, String) {
        (Reverse(self.literal_length()), self.shape())
    }

    /// The text of a segment without a parameter.
    pub(in crate::manifest) fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether some text fits both. Neither has a catch-all.
    pub(in crate::manifest) fn meets(&self, other: &Self) -> bool {
        let fits = |segment: &Self, text: &str| segment.bind(text, |_, _| {});
        match (self.as_literal(), other.as_literal()) {
            (Some(one), Some(two)) => one == two,
            (Some(text), None) => fits(other, text),
            (None, Some(text)) => fits(self, text),
            // what is between a start and an end can be anything, and so hold whatever both ask for
            (None, None) => {
                let ends = |segment: &Self| match segment.0.as_slice() {
                    [Piece::Literal(start), .., Piece::Literal(end)] => (start.clone(), end.clone()),
                    [Piece::Literal(start), ..] => (start.clone(), String::new()),
                    [.., Piece::Literal(end)] => (String::new(), end.clone()),
                    _ => (String::new(), String::new()),
                };
                let ((start, end), (other_start, other_end)) = (ends(self), ends(other));
                (start.starts_with(&other_start) || other_start.starts_with(&start))
                    && (end.ends_with(&other_end) || other_end.ends_with(&end))
            }
        }
    }

    /// Whether every text that fits this one fits the other. A parameter is taken as a character that no literal has.
    pub(in crate::manifest) fn is_within(&self, other: &Self) -> bool {
        let text: String =
            self.0.iter().map(|piece| if let Piece::Literal(text) = piece { text.as_str() } else { "\u{0}" }).collect();
        other.bind(&text, |_, _| {})
    }

    /// Whether it is a parameter of one segment and nothing else.
    pub(in crate::manifest) fn is_parameter(&self) -> bool {
        matches!(self.0.as_slice(), [Piece::Parameter(_)])
    }

    /// What every text that fits ends with, as far as it can be told from the text alone: a whole literal, or
    /// everything from the last colon on.
    pub(in crate::manifest) fn fixed_end(&self) -> Option<&str> {
        self.as_literal().or_else(|| match self.0.last() {
            Some(Piece::Literal(text)) => text.rfind(':').and_then(|at| text.get(at..)),
            _ => None,
        })
    }

    /// The same with its literals in lower case.
    pub(in crate::manifest) fn folded(&self) -> Self {
        let fold = |piece: &Piece| match piece {
            Piece::Literal(text) => Piece::Literal(text.to_lowercase()),
            parameter => parameter.clone(),
        };
        Self(self.0.iter().map(fold).collect())
    }

    /// What tells it from another one, whatever the parameters are called.
    pub(in crate::manifest) fn shape(&self) -> String {
        let mut shape = String::new();
        self.write_shape(&mut shape);
        shape
    }

    pub(super) fn write_shape(&self, shape: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => shape.push_str(&text.replace('{', "{{")),
                Piece::Parameter(_) => shape.push_str("{}"),
                Piece::Rest(_) => shape.push_str("{+}"),
            }
        }
    }

    /// The values of the parameters where the text fits: none is empty, and each is as short as it can be. Takes time
    /// in the order of the length of the text: a literal that is found early never hides a match.
    pub(in crate::manifest) fn bind<'t>(&self, text: &'t str, mut bound: impl FnMut(&str, &'t str)) -> bool {
        let mut rest = text;
        let mut open: Option<&str> = None;
        for (index, piece) in self.0.iter().enumerate() {
            match (piece, open) {
                (Piece::Literal(literal), None) => match rest.strip_prefix(literal.as_str()) {
                    Some(after) => rest = after,
                    None => return false,
                },
                (Piece::Literal(literal), Some(name)) => {
                    let least = rest.chars().next().map_or(0, char::len_utf8);
                    let at = match index + 1 == self.0.len() {
                        true => rest.len().checked_sub(literal.len()).filter(|_| rest.ends_with(literal.as_str())),
                        false => rest.get(least..).and_then(|after| after.find(literal.as_str())).map(|at| at + least),
                    };
                    let at = at.filter(|at| *at >= least && least > 0);
                    let Some((value, after)) = at.and_then(|at| rest.split_at_checked(at)) else { return false };
                    bound(name, value);
                    open = None;
                    rest = after.get(literal.len()..).unwrap_or_default();
                }
                (Piece::Parameter(name) | Piece::Rest(name), None) => open = Some(name),
                (Piece::Parameter(name) | Piece::Rest(name), Some(earlier)) => {
                    // side by side: one character each, and what is left for the last
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

/// The segments of a path that starts with `/`, or what is wrong and where.
pub(in crate::manifest) fn parse_path(path: &str) -> Result<Vec<Segment>, (&'static str, usize)> {
    let mut segments = Vec::new();
    let mut offset = 1;
    for segment in path.get(1..).unwrap_or_default().split('/') {
        segments.push(parse_segment(segment).map_err(|(message, at)| (message, offset + at))?);
        offset += segment.len() + 1;
    }
    Ok(segments)
}

pub(in crate::manifest) fn parse_segment(segment: &str) -> Result<Segment, (&'static str, usize)> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while !rest.is_empty() {
        let at = segment.len() - rest.len();
        let Some((before, after)) = rest.split_once('{') else {
            if rest.contains('}') {
                return Err(("a brace is closed that was not opened", at));
            }
            pieces.push(Piece::Literal(decode(rest).into_owned()));
            break;
        };
        if before.contains('}') {
            return Err(("a brace is closed that was not opened", at));
        }
        if !before.is_empty() {
            pieces.push(Piece::Literal(decode(before).into_owned()));
        }
        let (inside, after) = after.split_once('}').ok_or(("a brace is not closed", at + before.len()))?;
        let name = inside.trim_matches(['+', '*']);
        if name.is_empty() || name.contains('{') {
            return Err(("a parameter has no name", at + before.len()));
        }
        pieces.push(match name.len() == inside.len() {
            true => Piece::Parameter(name.to_owned()),
            false => Piece::Rest(name.to_owned()),
        });
        rest = after;
    }
    Ok(Segment(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_binds_the_shortest_values() {
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
