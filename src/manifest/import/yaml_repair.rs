//! YAML that other parsers take although the specification forbids it: libyaml, `PyYAML` and js-yaml accept flow
//! collections and quoted scalars whose lines stand further left than their key (YAML 1.2.2 §7.3, §7.4), and a comment
//! right after a quote or bracket (§6.6).
//!
//! The text is only rewritten where it is inside such a value: its lines are indented further, and a space is set before
//! such a comment. Both change no value, because leading white space of these lines is folded.

/// Returns the text as a strict parser takes it. It grows by the added indentation, which is bounded.
pub(super) fn repaired(text: &str) -> String {
    let mut repair = Repair { out: String::with_capacity(text.len() + text.len() / 8), ..Repair::default() };
    for line in text.split_inclusive('\n') {
        repair.line(line);
    }
    repair.out
}

/// Greatest indentation that is added to a line. Keys further right are not nested by hand.
const MAX_INDENT: usize = 200;

#[derive(Default)]
struct Repair {
    out: String,
    /// Number of open brackets.
    depth: usize,
    /// Quote of the open scalar.
    quote: Option<char>,
    /// Whether a value may start here.
    fresh: bool,
    /// Column of the key or dash that the current value belongs to.
    parent: usize,
    /// A block scalar, or a plain scalar of several lines, ends at a line that is not further right than this column.
    verbatim: Option<usize>,
}

impl Repair {
    fn line(&mut self, line: &str) {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        if self.depth > 0 || self.quote.is_some() {
            let wanted = (self.parent + 1).min(MAX_INDENT);
            let is_blank = content.trim().is_empty();
            if indent < wanted && !is_blank {
                self.out.extend(std::iter::repeat_n(' ', wanted));
            } else {
                self.out.push_str(line.get(..indent).unwrap_or_default());
            }
            return self.tokens(content, indent);
        }
        if let Some(column) = self.verbatim {
            if content.trim().is_empty() || indent > column {
                return self.out.push_str(line);
            }
            self.verbatim = None;
        }
        self.out.push_str(line.get(..indent).unwrap_or_default());
        self.fresh = true;
        self.parent = indent;
        self.tokens(content, indent);
    }

    /// Copies the rest of a line. `column` is the position of its first character.
    fn tokens(&mut self, content: &str, column: usize) {
        let mut plain = false;
        let mut before = ' ';
        let mut characters = content.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map_or('\n', |(_, next)| *next);
            if let Some(quote) = self.quote {
                self.out.push(character);
                if quote == '"' && character == '\\' {
                    self.out.extend(characters.next().map(|(_, escaped)| escaped));
                } else if character == quote {
                    if quote == '\'' && next == '\'' {
                        self.out.extend(characters.next().map(|(_, second)| second));
                    } else {
                        self.quote = None;
                        before = quote;
                    }
                }
                continue;
            }
            let flow = self.depth > 0;
            let closes = matches!(before, '\'' | '"' | ']' | '}' | ',') && !plain;
            if character == '#' && (before.is_whitespace() || closes) {
                if !before.is_whitespace() {
                    self.out.push(' ');
                }
                self.out.push_str(content.get(at..).unwrap_or_default());
                return;
            }
            let separates = next.is_whitespace() || (flow && matches!(next, ',' | ']' | '}' | '[' | '{'));
            match character {
                '\'' | '"' if self.fresh => {
                    // a quoted key, or an item of a list
                    if !flow && content.get(..at).unwrap_or_default().trim_matches(['-', '?', ' ']).is_empty() {
                        self.parent = column + at;
                    }
                    self.quote = Some(character);
                    self.fresh = false;
                }
                '[' | '{' if self.fresh || (flow && !plain) => {
                    self.depth += 1;
                    self.fresh = true;
                }
                ']' | '}' if flow => {
                    self.depth -= 1;
                    self.fresh = false;
                    plain = false;
                }
                ',' if flow => {
                    self.fresh = true;
                    plain = false;
                }
                ':' if separates || (flow && matches!(before, '\'' | '"')) => {
                    self.fresh = true;
                    plain = false;
                }
                '-' | '?' if self.fresh && !flow && next.is_whitespace() => self.parent = column + at,
                '|' | '>' if self.fresh && !flow => {
                    self.verbatim = Some(self.parent);
                    self.out.push_str(content.get(at..).unwrap_or_default());
                    return;
                }
                '&' | '!' if self.fresh => {
                    // an anchor or tag before the value
                    self.out.push(character);
                    while let Some((_, part)) = characters.next_if(|(_, part)| !part.is_whitespace() && *part != ',') {
                        self.out.push(part);
                    }
                    before = character;
                    continue;
                }
                _ if character.is_whitespace() => {}
                _ => {
                    if self.fresh && !flow && key_follows(content.get(at..).unwrap_or_default()) {
                        self.parent = column + at;
                    }
                    plain = true;
                    self.fresh = false;
                }
            }
            self.out.push(character);
            before = character;
        }
        if plain && self.depth == 0 && self.quote.is_none() {
            self.verbatim = Some(self.parent);
        }
    }
}

/// Whether a plain key is at the start of a text.
fn key_follows(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::super::parse::{parse, parse_leniently};
    use super::*;

    #[test]
    fn yaml_that_other_parsers_take_is_read_as_they_do() {
        for (written, valid) in [
            ("a: 'x'#c\nb: 1", "a: x\nb: 1"),
            ("a: \"x\"#c", "a: x"),
            ("a: [x]#c\nb: {y: z}#c", "a: [x]\nb: {y: z}"),
            ("a:\n  b:\n    {\n  }\nc: 1", "a: {b: {}}\nc: 1"),
            ("a:\n  b: [\n    x,\n    y\n]\nc: 1", "a: {b: [x, y]}\nc: 1"),
            ("a:\n  b: {\n  x: 1,\n  y: [1,\n2]\n}\nc: 1", "a: {b: {x: 1, y: [1, 2]}}\nc: 1"),
            ("a:\n  - b: 'one\n two'\n    c: 1", "a: [{b: one two, c: 1}]"),
            ("a:\n    b: \"one\n  two\n\n  three\"\nc: 1", "a: {b: \"one two\\nthree\"}\nc: 1"),
            ("a:\n  b: [\n  'don''t', \"x\\\"y\"\n]\nc: don't", "a: {b: ['don''t', 'x\"y']}\nc: don't"),
            // what looks alike inside other scalars stays as it is
            ("a: |\n  'x'#y [\nb: [\n]", "a: \"'x'#y [\\n\"\nb: []"),
            ("a:\n  b: it's [\n    'x'#y\n  c: [\n]", "a: {b: \"it's [ 'x'#y\", c: []}"),
            ("a:\n  b: [ #c\n  x, # d\n]\n# e\nc: >-\n  one\n  two", "a: {b: [x]}\nc: one two"),
            ("a:\n  \"b\": |\n    'x'#y\n  'c': [\n]", "a: {b: \"'x'#y\\n\", c: []}"),
            ("a:\n  ? b\n  : [\nx ]\nc: &y [\n1]\nd: *y", "a: {b: [x]}\nc: ['1']\nd: ['1']"),
        ] {
            let (node, tolerated) =
                parse_leniently(written.as_bytes()).unwrap_or_else(|error| panic!("{error}: {written}"));
            assert_eq!(node, parse(valid.as_bytes()).unwrap(), "{written}");
            assert!(tolerated.is_some(), "{written}");
        }
    }

    #[test]
    fn other_errors_stay_errors() {
        for source in ["a: [\nb: 1", "a: 'x", "a: 'x' y", "a:\n  - b\n c: 1", "a: {b: [}", "a: b: c"] {
            assert!(parse_leniently(source.as_bytes()).is_err(), "{source}");
        }
    }

    #[test]
    fn valid_yaml_keeps_its_meaning() {
        for source in [
            "a: {b: [c, 'd'], \"e\": f#g}\nh: x#y\ni: 'it''s' # c\n",
            "- a: b\n  c: >\n   folded\n   text\n- [x, {y: z}]\n- plain\n  text with 'quotes' and [brackets]\n",
            "? x\n: !!str 7\n\"k\": *a\n",
        ] {
            let strict = super::super::parse::parse(source.as_bytes());
            let again = super::super::parse::parse(repaired(source).as_bytes());
            assert_eq!(strict, again, "{source}");
        }
    }
}
