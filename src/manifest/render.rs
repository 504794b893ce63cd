//! Rendering of a finding with its source line.

use unicode_width::UnicodeWidthStr as _;

use super::findings::SECRET_LITERAL;
use crate::diagnostic::Diagnostic;
use crate::text::visible;

/// Maximum number of columns shown of a source line.
const MAX_COLUMNS: usize = 100;

/// Returns line and column of a byte offset, both starting at 1, the column in characters.
#[must_use]
pub fn line_column(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line_start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |position| position + 1);
    (
        memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1,
        before.get(line_start..).unwrap_or_default().chars().count() + 1,
    )
}

/// Renders a finding as text: severity, code and message; file, line and column; the source line with carets under the
/// position; the hint. Everything is escaped.
#[must_use]
pub fn render(path: &str, source: &str, finding: &Diagnostic) -> String {
    let mut text = format!("{}[{}]: {}\n", finding.severity(), finding.code.name, visible(&finding.message));
    if let Some(span) = &finding.span {
        let (line, column) = line_column(source, span.start);
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        let (mut shown, before, width) = excerpt(source, span.start, span.end);
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

/// Returns the displayed line of a span, the columns before the span, and the columns of the span within that line.
fn excerpt(source: &str, start: usize, end: usize) -> (String, usize, usize) {
    let before = source.get(..start).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |position| position + 1);
    let rest = source.get(line_start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let split = start.saturating_sub(line_start).min(line.len());
    let stop = end.saturating_sub(line_start).clamp(split, line.len());
    let part = |from: usize, to: usize| {
        let text = line.get(from..to).unwrap_or_default().replace('\t', "    ");
        visible(&text).into_owned()
    };
    let (mut head, body, tail) = (part(0, split), part(split, stop), part(stop, line.len()));
    if head.width() > MAX_COLUMNS / 2 {
        let skip = head.chars().count().saturating_sub(MAX_COLUMNS / 2);
        head = format!("…{}", head.chars().skip(skip).collect::<String>());
    }
    let columns = (head.width(), body.width().min(MAX_COLUMNS));
    let shown: String = format!("{head}{body}{tail}").chars().take(MAX_COLUMNS * 2).collect();
    (shown, columns.0, columns.1)
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
}
