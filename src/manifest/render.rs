//! Rendering of a finding with its source line.

use unicode_width::UnicodeWidthStr as _;

use super::findings::SECRET_LITERAL;
use crate::diagnostic::Diagnostic;
use crate::text::visible;

/// Maximum number of columns shown of a source line.
const MAX_COLUMNS: usize = 100;

/// Distance in bytes between the positions at which characters are counted.
const STRIDE: usize = 1024;

/// A source text with an index of its lines and characters, which makes the position of each of many findings cheap.
pub struct Source<'s> {
    text: &'s str,
    /// The start offset of each line.
    lines: Vec<usize>,
    /// The number of characters before each multiple of [`STRIDE`].
    characters: Vec<usize>,
}

/// Returns line and column of a byte offset, both starting at 1, the column in characters. See [`Source::line_column`] for
/// several offsets.
#[must_use]
pub fn line_column(source: &str, offset: usize) -> (usize, usize) {
    Source::new(source).line_column(offset)
}

/// Renders a finding as text. See [`Source::render`] for several findings.
#[must_use]
pub fn render(path: &str, source: &str, finding: &Diagnostic) -> String {
    Source::new(source).render(path, finding)
}

impl<'s> Source<'s> {
    /// Indexes a source text.
    #[must_use]
    pub fn new(text: &'s str) -> Self {
        let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|position| position + 1);
        let mut count = 0;
        let counts = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let before = count;
            count += starts(chunk);
            before
        });
        Self { text, characters: counts.collect(), lines: std::iter::once(0).chain(after).collect() }
    }

    /// Returns line and column of a byte offset, both starting at 1, the column in characters.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let offset = self.within(offset);
        let (line, start) = self.line(offset);
        (line, self.characters(offset) - self.characters(start) + 1)
    }

    /// Returns the offset, or the end of the text if the offset is not a character boundary.
    fn within(&self, offset: usize) -> usize {
        if self.text.is_char_boundary(offset) { offset } else { self.text.len() }
    }

    /// Returns the number of the line, starting at 1, and its start offset.
    fn line(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset);
        (line, line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or_default())
    }

    /// Counts the characters before an offset.
    fn characters(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let rest = self.text.as_bytes().get(stride * STRIDE..offset).unwrap_or_default();
        // at the very end there may be no count of its own
        self.characters.get(stride).map_or_else(|| self.text.chars().count(), |before| before + starts(rest))
    }

    /// Renders a finding as text: severity, code and message; file, line and column; the source line with carets under the
    /// position; the hint. Everything is escaped.
    #[must_use]
    pub fn render(&self, path: &str, finding: &Diagnostic) -> String {
        let mut text = format!("{}[{}]: {}\n", finding.severity(), finding.code.name, visible(&finding.message));
        if let Some(span) = &finding.span {
            let (line, column) = self.line_column(span.start);
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            let (mut shown, before, width) = self.excerpt(span.start, span.end);
            if finding.code == &SECRET_LITERAL {
                // the rest of the line may be the secret itself
                shown = shown.chars().take(before).chain(['…']).collect();
            }
            text.push_str(&format!(
                "{gutter}--> {}:{line}:{column}\n{gutter} |\n{number} | {shown}\n{gutter} | {}{}\n",
                visible(path),
                " ".repeat(before),
                "^".repeat(width.max(1)),
            ));
        } else {
            text.push_str(&format!("  --> {}\n", visible(path)));
        }
        if let Some(help) = &finding.help {
            text.push_str(&format!("  help: {}\n", visible(help)));
        }
        text
    }

    /// Returns the displayed line of a span, the columns before the span, and the columns of the span within that line. Only
    /// only the text around the span is read, however long the line is.
    fn excerpt(&self, start: usize, end: usize) -> (String, usize, usize) {
        let start = self.within(start);
        let (number, line_start) = self.line(start);
        let line_end = self.lines.get(number).map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(line_start..line_end).unwrap_or_default().trim_end_matches('\r');
        let (head, rest) = line.split_at_checked(start - line_start).unwrap_or((line, ""));
        let (body, tail) = rest.split_at_checked(end.saturating_sub(start)).unwrap_or((rest, ""));
        let escaped = |text: &str| visible(&text.replace('\t', "    ")).into_owned();
        let first = |text: &str| {
            let end = text.char_indices().nth(MAX_COLUMNS * 2).map_or(text.len(), |(position, _)| position);
            escaped(text.get(..end).unwrap_or_default())
        };
        let from = head.char_indices().nth_back(MAX_COLUMNS / 2).map(|(position, _)| position);
        let mut shown = escaped(head.get(from.unwrap_or_default()..).unwrap_or_default());
        if from.is_some() || shown.width() > MAX_COLUMNS / 2 {
            let skip = shown.chars().count().saturating_sub(MAX_COLUMNS / 2);
            shown = format!("…{}", shown.chars().skip(skip).collect::<String>());
        }
        let body = first(body);
        let columns = (shown.width(), body.width().min(MAX_COLUMNS));
        let shown = format!("{shown}{body}{}", first(tail));
        (shown.chars().take(MAX_COLUMNS * 2).collect(), columns.0, columns.1)
    }
}

/// Counts the characters that start in these bytes of UTF-8.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::findings::MANIFEST_SYNTAX;

    #[test]
    fn carets_are_placed_under_the_span() {
        let source = "a = 1\n\t漢b = \"x\"\n";
        let finding = Diagnostic::new(&MANIFEST_SYNTAX, "bad `x`").at(10..11).help("fix it");
        assert_eq!(
            render("t.toml", source, &finding),
            "error[manifest-syntax]: bad `x`\n --> t.toml:2:3\n  |\n2 |     漢b = \"x\"\n  |       ^\n  help: fix it\n"
        );
        assert_eq!(line_column(source, 999), (3, 1));
        // offsets inside a character or past the end do not panic
        for offset in 0..30 {
            let _ = render("t", source, &Diagnostic::new(&MANIFEST_SYNTAX, "m").at(offset..offset + 3));
        }
    }

    #[test]
    fn a_place_in_a_long_text_is_counted_in_characters_and_only_the_text_around_it_is_shown() {
        let source = format!("{}\n{}x = 1{}\n", "ü".repeat(5_000), "漢".repeat(3_000), "é".repeat(3_000));
        let start = source.find('x').unwrap();
        assert_eq!(line_column(&source, start), (2, 3_001));
        assert_eq!(line_column(&source, source.len()), (3, 1));
        assert_eq!(line_column(&source, start + 5 + 2 * 3_000), (2, 3_001 + 5 + 3_000));
        let shown = render("t", &source, &Diagnostic::new(&MANIFEST_SYNTAX, "m").at(start..start + 5));
        let line = shown.lines().nth(3).unwrap();
        assert_eq!(line, format!("2 | …{}x = 1{}", "漢".repeat(50), "é".repeat(200 - 51 - 5)));
        assert_eq!(shown.lines().nth(4).unwrap(), format!("  | {}^^^^^", " ".repeat(101)));
        for length in [0, STRIDE - 1, STRIDE, STRIDE + 1, 2 * STRIDE] {
            let text = "a".repeat(length);
            assert_eq!(line_column(&text, length), (1, length + 1));
        }
    }
}
