//! Reports what a token says: its summary and the meaning of its claims and header parameters.

use unicode_width::UnicodeWidthStr as _;

use super::{Line, Style};
use crate::text::visible;
use crate::token::{Explanation, Summary};

/// Maximum widths of the columns for names and values, in terminal columns. A wider text shifts only its own line.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// Names of claims and header parameters.
    pub name: usize,
    /// Values.
    pub value: usize,
}

/// Reports a summary: a line for each fact, copyable.
#[must_use]
pub fn summary(summary: &Summary) -> Vec<Line> {
    let line = |(label, text): (&'static str, &str)| {
        Line::new()
            .untrusted(Style::Heading, format_args!("{label:<8}  "))
            .untrusted(Style::Plain, text)
            .indented(10)
            .copyable(label, text)
    };
    summary.rows().map(line).into()
}

/// Reports claims or header parameters as a table of names, values and meanings.
#[must_use]
pub fn explanations(rows: &[Explanation], limits: Columns) -> Vec<Line> {
    let widest = |column: fn(&Explanation) -> &str, limit: usize| {
        rows.iter().map(|row| visible(column(row)).width()).filter(|width| *width <= limit).max().unwrap_or_default()
    };
    let (names, values) = (widest(|row| &row.name, limits.name), widest(|row| &row.value, limits.value));
    let line = |row: &Explanation| {
        let line = Line::new()
            .padded(Style::Label, &row.name, names)
            .trusted(Style::Plain, "  ")
            .indented(names + 2)
            .copyable(visible(&row.name).into_owned(), row.value.as_str());
        if row.meaning.is_empty() {
            return line.untrusted(Style::Plain, &row.value);
        }
        line.padded(Style::Plain, &row.value, values).trusted(Style::Plain, "  ").untrusted(Style::Muted, &row.meaning)
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_a_wide_value_shifts_only_its_own_meaning() {
        let row = |name: &str, value: &str, meaning: &str| Explanation {
            name: name.to_owned(),
            value: value.to_owned(),
            meaning: meaning.to_owned(),
            source: "",
        };
        let rows = [row("aud", "a\u{1b}b", "audience"), row("n\u{202e}", "123456789012", "wide"), row("x", "1", "")];
        let lines: Vec<String> =
            explanations(&rows, Columns { name: 12, value: 10 }).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            ["aud        a\\u{1b}b  audience", "n\\u{202e}  123456789012  wide", "x          1"].map(str::to_owned)
        );
    }
}
