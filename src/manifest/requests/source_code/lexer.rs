//! Lexer for source code: words, strings and punctuation, as much as it takes to find a URL and the call around it.

use super::HOLE;

/// Lexical properties of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// Starts of comments.
    comments: &'static [&'static str],
    /// `'` encloses a character, not a string.
    characters: bool,
    /// `$name` in a string is interpolated.
    pub(super) dollar: bool,
    /// A dot concatenates strings.
    pub(super) dot_joins: bool,
}

const SLASHES: Language = Language { comments: &["//", "/*"], characters: false, dollar: false, dot_joins: false };
const CHARACTERS: Language = Language { characters: true, ..SLASHES };
const HASH: Language = Language { comments: &["#"], ..SLASHES };
const SHELL: Language = Language { dollar: true, ..HASH };

/// Languages by file extension.
const LANGUAGES: &[(&[&str], Language)] = &[
    (&["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte"], SLASHES),
    (&["c", "cc", "cpp", "cs", "go", "h", "hpp", "java", "m", "rs", "scala", "swift"], CHARACTERS),
    (&["kt", "kts"], Language { dollar: true, ..CHARACTERS }),
    (&["dart", "groovy"], Language { dollar: true, ..SLASHES }),
    (&["php"], Language { comments: &["//", "/*", "#"], dollar: true, dot_joins: true, ..SLASHES }),
    (&["py", "rb", "ex", "exs", "jl", "r", "tf", "yaml", "yml"], HASH),
    (&["bash", "ksh", "sh", "zsh", "fish", "ps1"], SHELL),
    (&["pl", "pm"], Language { dot_joins: true, ..SHELL }),
    (&["lua"], Language { comments: &["--"], ..SLASHES }),
];

/// Returns the language of a file extension; `None` if it is unknown.
#[must_use]
pub fn language(extension: &str) -> Option<Language> {
    let extension = extension.to_ascii_lowercase();
    LANGUAGES.iter().find(|(extensions, _)| extensions.contains(&extension.as_str())).map(|(_, language)| *language)
}

/// Maximum number of characters of an interpolated value such as `${id}`. Without a limit, each of many unclosed braces would be
/// followed to the end of the file.
const MAX_INTERPOLATION: usize = 200;

/// A token of source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Word(&'t str),
    /// A quoted string, or an unquoted URL; [`HOLE`] marks interpolated values.
    Text(String),
    Mark(char),
    /// End of a line.
    End,
}

/// Returns the tokens, each with its line starting at 1. Takes linear time.
pub(super) fn tokens(text: &str, language: Language) -> Vec<(Token<'_>, usize)> {
    let mut lexer = Lexer { rest: text, line: 1, language };
    let mut tokens = Vec::new();
    while let Some(first) = lexer.rest.chars().next() {
        let line = lexer.line;
        if let Some(token) = lexer.next(first) {
            tokens.push((token, line));
        }
    }
    tokens
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    language: Language,
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a character ends an unquoted URL.
fn ends_bare(character: char) -> bool {
    character.is_whitespace() || "\"'`<>()[],;|\\".contains(character)
}

impl<'t> Lexer<'t> {
    /// Consumes some bytes and counts their lines.
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        self.take(self.rest.find(|character| !wanted(character)).unwrap_or(self.rest.len()))
    }

    fn next(&mut self, first: char) -> Option<Token<'t>> {
        if first == '\n' {
            self.take(1);
            return Some(Token::End);
        }
        if first.is_whitespace() {
            self.take_while(|character| character.is_whitespace() && character != '\n');
            return None;
        }
        if let Some(comment) = self.language.comments.iter().find(|comment| self.rest.starts_with(**comment)) {
            match *comment {
                "/*" => self.take(self.rest.find("*/").map_or(self.rest.len(), |at| at + 2)),
                _ => self.take_while(|character| character != '\n'),
            };
            return None;
        }
        let dollar = self.language.dollar && first == '$' && self.is_path_below_variable();
        if dollar || self.rest.starts_with("https://") || self.rest.starts_with("http://") {
            let bare = self.take_while(|character| !ends_bare(character));
            return Some(Token::Text(Lexer { rest: bare, line: 0, language: self.language }.content("")));
        }
        if is_word(first) {
            let word = self.take_while(is_word);
            // letters right before a quote are a prefix of the string
            let is_prefix = word.len() <= 2 && word.chars().all(char::is_alphabetic);
            return if is_prefix && self.rest.starts_with(['"', '\'']) { None } else { Some(Token::Word(word)) };
        }
        if matches!(first, '"' | '`') || (first == '\'' && !self.language.characters) {
            return Some(Token::Text(self.quoted(first)));
        }
        if first == '\'' {
            let mut characters = self.rest.char_indices().skip(1);
            let escaped = characters.next().is_some_and(|(_, second)| second == '\\');
            match if escaped { characters.nth(1) } else { characters.next() } {
                Some((at, '\'')) => self.take(at + 1),
                _ => self.take(1),
            };
            return None;
        }
        self.take(first.len_utf8());
        Some(Token::Mark(first))
    }

    /// `$BASE/orders`, `${BASE}/orders`
    fn is_path_below_variable(&self) -> bool {
        let after = self.rest.get(1..).unwrap_or_default();
        let after = match after.strip_prefix('{') {
            Some(inside) => {
                let closed = inside.char_indices().take(MAX_INTERPOLATION).find(|(_, character)| *character == '}');
                closed.and_then(|(at, _)| inside.get(at + 1..)).unwrap_or_default()
            }
            None => after.trim_start_matches(is_word),
        };
        after.starts_with('/')
    }

    fn quoted(&mut self, quote: char) -> String {
        let triple = ["\"\"\"", "'''"].into_iter().find(|triple| self.rest.starts_with(*triple));
        if let Some(triple) = triple.filter(|triple| triple.starts_with(quote)) {
            self.take(3);
            return self.content(triple);
        }
        self.take(1);
        let mut buffer = [0; 4];
        self.content(quote.encode_utf8(&mut buffer))
    }

    /// Reads a string up to its closing quote, with holes for interpolated values. An unclosed string ends with its
    /// line, unless its kind spans several lines.
    fn content(&mut self, quote: &str) -> String {
        let lines = quote.len() == 3 || quote == "`";
        let mut text = String::new();
        while let Some(first) = self.rest.chars().next() {
            if !quote.is_empty() && self.rest.starts_with(quote) {
                self.take(quote.len());
                break;
            }
            if first == '\n' && !lines {
                break;
            }
            if let Some(length) = self.hole() {
                self.take(length);
                text.push(HOLE);
                continue;
            }
            let second = self.rest.get(first.len_utf8()..).and_then(|after| after.chars().next());
            match (first, second) {
                ('\\', Some(escaped)) => {
                    text.push(if escaped.is_alphanumeric() { ' ' } else { escaped });
                    self.take(1 + escaped.len_utf8());
                }
                _ => {
                    text.push(first);
                    self.take(first.len_utf8());
                }
            }
        }
        text
    }

    /// Returns the length of an interpolated value at this position: `${id}`, `#{id}`, `{id}`, `{{id}}`, `\(id)`,
    /// `$id`, `%s`.
    fn hole(&self) -> Option<usize> {
        let closed = |open: char, close: char, start: usize| {
            let mut depth = 0_usize;
            let mut inside = self.rest.get(start..)?.char_indices().take(MAX_INTERPOLATION);
            inside.find_map(|(at, character)| {
                depth += usize::from(character == open);
                depth = depth.saturating_sub(usize::from(character == close));
                (depth == 0).then_some(start + at + 1)
            })
        };
        let mut characters = self.rest.chars();
        match (characters.next()?, characters.next()) {
            ('$' | '#', Some('{')) => closed('{', '}', 1),
            ('\\', Some('(')) => closed('(', ')', 1),
            ('{', _) => closed('{', '}', 0),
            ('$', Some(next)) if self.language.dollar && (next.is_alphabetic() || next == '_') => {
                let name = self.rest.get(1..)?;
                Some(1 + name.find(|character| !is_word(character)).unwrap_or(name.len()))
            }
            ('%', Some('s' | 'd' | 'v' | 'i' | 'u' | 'q' | '@')) => {
                // `%de` is a percent-encoded byte
                let digits = self.rest.get(1..3).unwrap_or_default();
                let byte = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                (!byte).then_some(2)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(extension: &str, source: &str) -> Vec<String> {
        let tokens = tokens(source, language(extension).unwrap());
        let text = |(token, line)| match token {
            Token::Text(text) => Some(format!("{line} {}", text.replace(HOLE, "*"))),
            _ => None,
        };
        tokens.into_iter().filter_map(text).collect()
    }

    #[test]
    fn strings_of_many_languages_are_found() {
        for (extension, source, found) in [
            ("js", "a(`/x/${f({b})}/y`) // \"/no\"\nb('/z\\'')", vec!["1 /x/*/y", "2 /z'"]),
            ("py", "f\"{base}/x/{id}\" # '/no'\nr'''/a\n/b''' '/c'", vec!["1 */x/*", "2 /a\n/b", "3 /c"]),
            ("rs", "fn a<'a>(x: &'a str, c: char = '\\'') { get(\"/x/{id}\") } // '", vec!["1 /x/*"]),
            ("go", "fmt.Sprintf(\"/x/%s/%d/%2F\", a, 'b')", vec!["1 /x/*/*/%2F"]),
            ("rb", "get \"/x/#{id}\"", vec!["1 /x/*"]),
            ("swift", "\"/x/\\(id)/y\"", vec!["1 /x/*/y"]),
            ("kt", "\"/x/$id/y\"", vec!["1 /x/*/y"]),
            ("js", "\"/users/$value\" /* '/no'\n*/ + '/y'", vec!["1 /users/$value", "2 /y"]),
            (
                "sh",
                "curl -X PUT https://a.test/x/$ID \"$B/y\" $B/z # no",
                vec!["1 https://a.test/x/*", "1 */y", "1 */z"],
            ),
            ("js", "'not closed\n'/x'", vec!["1 not closed", "2 /x"]),
        ] {
            assert_eq!(texts(extension, source), found, "{source}");
        }
        assert_eq!(language("PY"), language("rb"));
        assert_eq!(language("png"), None);
    }

    proptest! {
        #[test]
        fn lexing_never_panics_and_counts_lines(source in "[a$#{}()\\\\\"'`/*%s\n:é]{0,40}") {
            for extension in ["js", "rs", "py", "sh", "php", "lua"] {
                let tokens = tokens(&source, language(extension).unwrap());
                let most = source.matches('\n').count() + 1;
                prop_assert!(tokens.iter().all(|(_, line)| (1..=most).contains(line)));
            }
        }
    }
}
