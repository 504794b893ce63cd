//! Wrapping of lines to the width of a terminal.

use unicode_width::UnicodeWidthChar as _;

use super::pointers::METHODS;

/// Wraps lines between words. Continuation lines are indented to the last column of the line, or by two. Commands, and
/// quotations in backticks, are kept in one piece, so that they can be copied; a word that is longer than a line is left to
/// the terminal. Styles take no room.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    text.split('\n').map(|line| wrapped_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let words = words(line);
    let is_command = words.first().is_some_and(|word| matches!(word.text, "tokscope" | "$"));
    if is_command || columns(line) <= width {
        return line.to_owned();
    }
    let mut result = String::new();
    let mut column = 0;
    let mut hanging = words.first().map_or(0, |word| word.gap) + 2;
    let mut is_first_line = true;
    for (index, word) in words.iter().enumerate() {
        let length = columns(word.text);
        let start = column + word.gap;
        // a gap separates columns; one that begins too far right begins a line, unless it ends on this one
        let is_column = is_first_line && index > 0 && word.gap > 1;
        let is_far = start > width * 3 / 4;
        if is_column && !is_far {
            hanging = start;
        }
        let rest = || words.iter().skip(index).map(|word| word.gap + columns(word.text)).sum::<usize>();
        let begins_line = is_column && is_far && column + rest() > width;
        let fits = !begins_line && (start + length <= width || hanging + length > width);
        if index == 0 || fits {
            result.extend(std::iter::repeat_n(' ', word.gap));
            column = start + length;
        } else {
            result.push('\n');
            result.extend(std::iter::repeat_n(' ', hanging));
            column = hanging + length;
            is_first_line = false;
        }
        result.push_str(word.text);
    }
    result
}

/// A word, or a quotation in backticks, after a number of spaces.
struct Word<'l> {
    gap: usize,
    text: &'l str,
}

fn words(line: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let text = rest.trim_start_matches(' ');
        let gap = rest.len() - text.len();
        let mut quoted = false;
        let end = text.find(|character| {
            quoted ^= character == '`';
            character == ' ' && !quoted
        });
        // a backtick without its counterpart quotes nothing
        let end = if quoted { text.find(' ') } else { end };
        let end = end.map(|end| end + path_after(text.get(..end), text.get(end..)));
        let (word, after) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
        if !word.is_empty() {
            words.push(Word { gap, text: word });
        }
        rest = after;
    }
    words
}

/// Returns the length of the path that follows a method, with the space between them: an endpoint stays in one piece.
fn path_after(word: Option<&str>, rest: Option<&str>) -> usize {
    let (word, rest) = (word.unwrap_or_default(), rest.unwrap_or_default());
    match METHODS.contains(&word) && rest.starts_with(" /") {
        true => rest.get(1..).and_then(|path| path.find(' ')).map_or(rest.len(), |end| end + 1),
        false => 0,
    }
}

/// Returns the width in columns, without styles (`ESC [ … m`).
fn columns(text: &str) -> usize {
    let mut in_style = false;
    let width = |character: char| match character {
        '\u{1b}' => {
            in_style = true;
            0
        }
        'm' if in_style => {
            in_style = false;
            0
        }
        _ if in_style => 0,
        character => character.width().unwrap_or(0),
    };
    text.chars().map(width).sum()
}

/// Returns the columns of the terminal at standard output or standard error.
#[cfg(unix)]
pub(super) fn terminal_width(of: impl std::os::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(of).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns >= NARROWEST)
}

#[cfg(not(unix))]
pub(super) fn terminal_width(of: impl std::io::IsTerminal) -> Option<usize> {
    let (columns, _) = of.is_terminal().then(|| crossterm::terminal::size().ok()).flatten()?;
    Some(usize::from(columns)).filter(|columns| *columns >= NARROWEST)
}

/// Columns below which nothing is wrapped.
const NARROWEST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_between_words_below_their_last_column() {
        for (line, width, expected) in [
            ("short", 40, "short"),
            ("one two three four", 9, "one two\n  three\n  four"),
            ("  note: one two three", 14, "  note: one\n    two three"),
            // columns
            (
                "  alg  RS256  signature algorithm: RSA with SHA-256",
                30,
                "  alg  RS256  signature\n              algorithm: RSA\n              with SHA-256",
            ),
            // a column that begins too far right
            ("a          bbbbbbbbbbbbbbb  cc dd ee ff", 30, "a          bbbbbbbbbbbbbbb\n           cc dd ee ff"),
            ("a          bbbbbbbbbbbbbbb  cc", 30, "a          bbbbbbbbbbbbbbb  cc"),
            // commands and quotations can be copied
            ("  tokscope login -e 'GET /orders'", 20, "  tokscope login -e 'GET /orders'"),
            ("hint: run `tokscope manifest lint` first", 28, "hint: run\n  `tokscope manifest lint`\n  first"),
            ("an odd ` sign and more", 12, "an odd `\n  sign and\n  more"),
            // a word that is too long stays where it is
            ("sign in at: https://login.example.com/authorize", 20, "sign in at: https://login.example.com/authorize"),
            (
                "for GET /orders, PATCH /orders/{id}, and more",
                26,
                "for GET /orders,\n  PATCH /orders/{id}, and\n  more",
            ),
            // wide characters
            ("日本語 日本語", 10, "日本語\n  日本語"),
            // styles take no room
            ("\u{1b}[1mone two\u{1b}[0m", 7, "\u{1b}[1mone two\u{1b}[0m"),
            ("\u{1b}[1mone two three\u{1b}[0m", 9, "\u{1b}[1mone two\n  three\u{1b}[0m"),
        ] {
            assert_eq!(wrapped(line, width), expected, "{line}");
        }
    }

    #[test]
    fn wrapping_only_changes_spaces_and_line_breaks() {
        let lines = ["", " ", "a  b   c d", "`a b c d e f g h` i `j", "x\u{301}y z ".repeat(9).leak()];
        for line in lines {
            for width in 1..30 {
                let plain = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                assert_eq!(plain(&wrapped(line, width)), plain(line), "{line} {width}");
            }
        }
    }
}
