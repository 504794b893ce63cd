//! Method that a URL in source code is requested with, inferred from the surrounding tokens.

use super::lexer::Token;

/// Maximum distance in tokens.
const MAX_TOKENS: usize = 120;
/// Maximum number of enclosing calls considered.
const MAX_CALLS: usize = 4;

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"];

/// Words that may occur next to a method in a function name: `http_get`, `getForObject`, `PostAsJsonAsync`.
const NEUTRAL_WORDS: &[&str] = &[
    "api", "as", "async", "auth", "client", "do", "entity", "for", "form", "from", "http", "json", "mapping", "object",
    "raw", "request", "rest", "send", "string",
];

/// Functions and programs that send a GET by default.
const SENDERS: &[&str] = &["ajax", "axios", "curl", "fetch", "got", "ky", "urlopen", "wget"];

/// Options of curl that imply a method other than GET.
const CURL_FLAGS: &[(&str, &str)] = &[
    ("d", "POST"),
    ("data", "POST"),
    ("json", "POST"),
    ("F", "POST"),
    ("form", "POST"),
    ("I", "HEAD"),
    ("head", "HEAD"),
    ("T", "PUT"),
    ("upload", "PUT"),
];

type Tokens<'t> = [(Token<'t>, usize)];

/// Returns the method of the string at `start..end`; `None` if it can't be determined.
pub(super) fn method(tokens: &Tokens<'_>, start: usize, end: usize) -> Option<&'static str> {
    for open in calls_around(tokens, start) {
        let name = callee(tokens, open);
        if let Some(method) = name.and_then(named) {
            return Some(method);
        }
        let close = closing(tokens, open);
        match named_method(tokens, open + 1..close, start..end) {
            NamedMethod::One(method) => return Some(method),
            NamedMethod::Ambiguous => return None,
            NamedMethod::None => {}
        }
        if name.is_some_and(is_sender) {
            return Some("GET");
        }
        if let Some(method) = chained(tokens, close) {
            return Some(method);
        }
    }
    let statement = statement(tokens, start, end);
    match named_method(tokens, statement.clone(), start..end) {
        NamedMethod::One(method) => Some(method),
        NamedMethod::Ambiguous => None,
        NamedMethod::None => command(tokens.get(statement)?),
    }
}

/// Returns the method with that name, in any case.
fn known(name: &str) -> Option<&'static str> {
    METHODS.iter().find(|method| method.eq_ignore_ascii_case(name)).copied()
}

/// Returns the method in a function name, all of whose other words must be neutral.
fn named(name: &str) -> Option<&'static str> {
    let mut found = None;
    for word in words(name) {
        match known(&word).or((word == "del").then_some("DELETE")) {
            Some(method) if found.is_none() => found = Some(method),
            None if NEUTRAL_WORDS.contains(&word.as_str()) => {}
            _ => return None,
        }
    }
    found
}

/// Splits `camelCase`, `snake_case` and `ACRONYMWords` into words, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for character in name.chars() {
        if character == '_' || (character.is_uppercase() && !before.is_uppercase()) || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character != '_') {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_sender(name: &str) -> bool {
    SENDERS.iter().any(|sender| sender.eq_ignore_ascii_case(name))
}

fn is_mark(tokens: &Tokens<'_>, at: usize, marks: &str) -> bool {
    matches!(tokens.get(at), Some((Token::Mark(mark), _)) if marks.contains(*mark))
}

fn word<'t>(tokens: &Tokens<'t>, at: usize) -> Option<&'t str> {
    match tokens.get(at) {
        Some((Token::Word(word), _)) => Some(word),
        _ => None,
    }
}

/// Returns the open parentheses around a position, the innermost first. Passes braces of arguments, but not of function
/// bodies.
fn calls_around(tokens: &Tokens<'_>, start: usize) -> Vec<usize> {
    let mut open = Vec::new();
    let mut depth = 0_usize;
    for at in (start.saturating_sub(MAX_TOKENS)..start).rev() {
        let Some((Token::Mark(mark), _)) = tokens.get(at) else { continue };
        match mark {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth > 0 => depth -= 1,
            '(' => open.push(at),
            '{' if !at.checked_sub(1).is_some_and(|before| is_mark(tokens, before, "(,:=[")) => break,
            ';' if depth == 0 => break,
            _ => {}
        }
        if open.len() == MAX_CALLS {
            break;
        }
    }
    open
}

/// Returns the name before an open parenthesis, without `!` and type arguments.
fn callee<'t>(tokens: &Tokens<'t>, open: usize) -> Option<&'t str> {
    let mut at = open.checked_sub(1)?;
    if is_mark(tokens, at, "!") {
        at = at.checked_sub(1)?;
    }
    if is_mark(tokens, at, ">") {
        at = (at.saturating_sub(12)..at).rev().find(|at| is_mark(tokens, *at, "<"))?.checked_sub(1)?;
        while is_mark(tokens, at, ":") {
            at = at.checked_sub(1)?;
        }
    }
    word(tokens, at)
}

/// Returns where a parenthesis is closed, or where the search ends.
fn closing(tokens: &Tokens<'_>, open: usize) -> usize {
    let mut depth = 0_usize;
    let end = (open + 2 * MAX_TOKENS).min(tokens.len());
    let close = (open..end).find(|at| {
        depth += usize::from(is_mark(tokens, *at, "([{"));
        depth = depth.saturating_sub(usize::from(is_mark(tokens, *at, ")]}")));
        depth == 0
    });
    close.unwrap_or(end)
}

/// Methods named in a range of tokens.
enum NamedMethod {
    None,
    One(&'static str),
    Ambiguous,
}

/// Returns the one method named in a range of tokens.
fn named_method(tokens: &Tokens<'_>, stretch: std::ops::Range<usize>, text: std::ops::Range<usize>) -> NamedMethod {
    let mut found = NamedMethod::None;
    for at in stretch.filter(|at| !text.contains(at)) {
        let here = match tokens.get(at) {
            Some((Token::Word(word), _)) => *word,
            Some((Token::Text(text), _)) => text.as_str(),
            _ => continue,
        };
        let method = match known(here) {
            Some(method) if method == here || is_value_of_method(tokens, at) => method,
            _ => match here.strip_prefix("Method").or(here.strip_prefix('X')).and_then(known) {
                Some(method) => method,
                None if is_method_key(here) && names_a_value(tokens, at) => {
                    // the method is the value of a variable
                    let value = [at + 2, at + 3].into_iter().find_map(|at| text_or_word(tokens, at));
                    if value.is_some_and(|value| known(value).is_some()) {
                        continue;
                    }
                    return NamedMethod::Ambiguous;
                }
                None => continue,
            },
        };
        found = match found {
            NamedMethod::One(other) if other != method => return NamedMethod::Ambiguous,
            _ => NamedMethod::One(method),
        };
    }
    found
}

fn text_or_word<'t>(tokens: &'t Tokens<'_>, at: usize) -> Option<&'t str> {
    match tokens.get(at) {
        Some((Token::Word(word), _)) => Some(word),
        Some((Token::Text(text), _)) => Some(text),
        _ => None,
    }
}

fn is_method_key(name: &str) -> bool {
    ["method", "verb", "httpMethod", "http_method"].iter().any(|key| key.eq_ignore_ascii_case(name))
}

/// `method:`, `method=`, `{method}`
fn names_a_value(tokens: &Tokens<'_>, at: usize) -> bool {
    let lone = at.checked_sub(1).is_some_and(|before| is_mark(tokens, before, "{,")) && is_mark(tokens, at + 1, "},");
    is_mark(tokens, at + 1, ":=") || lone
}

/// `method: 'put'`, `"method" => "put"`, `HttpMethod.Put`, `Method::PUT`, `.method("put")`
fn is_value_of_method(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut before = at;
    while let Some(earlier) = before.checked_sub(1).filter(|earlier| is_mark(tokens, *earlier, ".:=>(")) {
        before = earlier;
    }
    let Some(key) = before.checked_sub(1).filter(|_| before < at) else { return false };
    text_or_word(tokens, key)
        .is_some_and(|key| is_method_key(key) || key.eq_ignore_ascii_case("type") || key.ends_with("Method"))
}

/// Returns the method of a later call in a chain: `.url("/x").post(body)`.
fn chained(tokens: &Tokens<'_>, close: usize) -> Option<&'static str> {
    let mut at = close;
    for _ in 0..MAX_CALLS {
        let dot = (at + 1..at + 3).find(|at| tokens.get(*at).is_some_and(|(token, _)| *token != Token::End))?;
        let name = word(tokens, dot + 1).filter(|_| is_mark(tokens, dot, ".") && is_mark(tokens, dot + 2, "("))?;
        let method = known(name).filter(|method| !matches!(*method, "HEAD" | "OPTIONS" | "TRACE"));
        if method.is_some() {
            return method;
        }
        at = closing(tokens, dot + 2);
        if let (true, NamedMethod::One(method)) = (is_method_key(name), named_method(tokens, dot + 3..at, 0..0)) {
            return Some(method);
        }
    }
    None
}

/// Returns the statement around a string: its line, with those joined by a backslash or a leading dot.
fn statement(tokens: &Tokens<'_>, start: usize, end: usize) -> std::ops::Range<usize> {
    let token = |at: usize| tokens.get(at).map(|(token, _)| token);
    let ends = |at: usize| match token(at) {
        Some(Token::Mark(';' | '{' | '}')) | None => true,
        Some(Token::End) => {
            let before = at.checked_sub(1).and_then(token);
            before != Some(&Token::Mark('\\')) && token(at + 1) != Some(&Token::Mark('.'))
        }
        _ => false,
    };
    let from = (start.saturating_sub(MAX_TOKENS)..start).rev().find(|at| ends(*at)).map_or(0, |at| at + 1);
    let to = (end..end + MAX_TOKENS).find(|at| ends(*at)).unwrap_or(end);
    from.max(start.saturating_sub(MAX_TOKENS))..to
}

/// Returns the method of a command such as curl that does not name one.
fn command(statement: &Tokens<'_>) -> Option<&'static str> {
    let words = || (0..statement.len()).filter_map(|at| Some((at, word(statement, at)?)));
    words().find(|(_, word)| is_sender(word))?;
    let flag = words().filter(|(at, _)| at.checked_sub(1).is_some_and(|before| is_mark(statement, before, "-")));
    let flag = flag.filter_map(|(_, word)| CURL_FLAGS.iter().find(|(flag, _)| *flag == word));
    Some(flag.map(|(_, method)| *method).next().unwrap_or("GET"))
}
