//! Structures that programs print into texts: JSON, and objects as Python, Node, Ruby, PHP, Go, Java and PowerShell
//! print them.
//!
//! [`parts`] splits a text into prose and structures, so that members are read by their names, and the rest as sentences.
//! What is not a structure with named members stays prose.

use serde_json::{Map, Number, Value};

/// Limit for the nesting depth.
const MAX_DEPTH: usize = 16;

/// Limit for the members of one structure.
const MAX_MEMBERS: usize = 512;

/// Limit for the parts of one text.
const MAX_PARTS: usize = 256;

/// Length limit for the name of a member, in bytes.
const MAX_NAME: usize = 80;

/// Length limit for a count or scalar in parentheses, in bytes.
const MAX_COUNT: usize = 20;

/// Work per byte of the text, in bytes. A structure that turns out to be prose is read again.
const WORK: usize = 8;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part<'t> {
    /// Text that is not a structure.
    Prose(&'t str),
    /// A set of strings, or an array of named things.
    List(Vec<String>),
    /// An object, or an array with objects.
    Value(Value),
}

/// Whether a text is what a program prints for an object that it does not print in full: its type, its address.
pub(crate) fn is_opaque(text: &str) -> bool {
    const STARTS: &[&str] = &["System.", "java.", "Ljava", "[L", "#<"];
    const PARTS: &[&str] = &[" object at 0x", "$Lambda", "`1["];
    let text = text.trim();
    // Java: `com.example.Token@1b6d3586`
    let is_address = text.rsplit_once('@').is_some_and(|(name, hash)| {
        name.contains('.') && (5..=16).contains(&hash.len()) && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
    });
    is_address || STARTS.iter().any(|start| text.starts_with(start)) || PARTS.iter().any(|part| text.contains(part))
}

/// Members that hold the name of a thing in an array of objects.
const NAMES: &[&str] = &["scope", "name", "value"];

/// Splits a text into prose and structures.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut reader = Reader { text, at: 0, work: text.len().saturating_mul(WORK) };
    let mut parts = Vec::new();
    let mut prose = 0;
    while parts.len() < MAX_PARTS && reader.work > 0 {
        let Some(start) = reader.next_opening() else { break };
        let found = reader.structure(start);
        match found {
            Some(value) if has_members(&value) => {
                push_prose(&mut parts, text.get(prose..start));
                let before = text.get(prose..start).unwrap_or_default();
                parts.push(match named(&value, before) {
                    Some(names) => Part::List(names),
                    None => Part::Value(value),
                });
                prose = reader.at;
            }
            Some(Value::Array(items)) if is_called(text, start) && items.iter().all(Value::is_string) => {
                push_prose(&mut parts, text.get(prose..start));
                let strings = items.iter().filter_map(Value::as_str).map(str::to_owned);
                parts.push(Part::List(strings.collect()));
                prose = reader.at;
            }
            _ => reader.at = start + 1,
        }
    }
    push_prose(&mut parts, text.get(prose..));
    parts
}

fn push_prose<'t>(parts: &mut Vec<Part<'t>>, text: Option<&'t str>) {
    parts.extend(text.filter(|text| !text.trim().is_empty()).map(Part::Prose));
}

/// Whether a structure starts with the name of a type: `Set(2) {`.
fn is_called(text: &str, start: usize) -> bool {
    text.get(start..)
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_alphabetic()) || rest.starts_with("{'"))
}

/// Whether a value has a named member.
fn has_members(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => items.iter().any(has_members),
        _ => false,
    }
}

/// The names of the things in an array of objects, if the text before it introduces scopes.
fn named(value: &Value, before: &str) -> Option<Vec<String>> {
    let tail = before.get(before.floor_char_boundary(before.len().saturating_sub(64))..)?.to_ascii_lowercase();
    let introduces =
        tail.trim_end().ends_with([':', '=', '(']) && (tail.contains("scope") || tail.contains("permission"));
    let items = value.as_array().filter(|items| introduces && !items.is_empty())?;
    let name = |item: &Value| {
        let members = item.as_object()?;
        NAMES.iter().find_map(|name| members.get(*name)?.as_str().map(str::to_owned))
    };
    items.iter().map(name).collect()
}

/// Reads structures from a text. `work` bounds the bytes that are read in total.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    work: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self, bytes: usize) -> Option<()> {
        self.at += bytes;
        self.work = self.work.checked_sub(bytes.max(1))?;
        Some(())
    }

    fn skip_space(&mut self) {
        let spaces = self.rest().len() - self.rest().trim_start().len();
        self.at += spaces;
        self.work = self.work.saturating_sub(spaces);
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
            self.work = self.work.saturating_sub(word.len());
        }
        found
    }

    /// Charges the work of a search from here, which read up to what it found, or the rest of the text.
    fn searched(&mut self, found: Option<usize>) -> Option<usize> {
        self.work = self.work.saturating_sub(found.unwrap_or(self.rest().len()));
        found
    }

    /// The next position where a structure may start, including the name of its type.
    fn next_opening(&mut self) -> Option<usize> {
        let found = self.rest().find(['{', '[', '('])?;
        let open = self.at + found;
        self.work = self.work.saturating_sub(found.max(1));
        let before = self.text.get(self.at..open)?;
        // `Set(2) {`, `Array (`, `map[`, `@{`: the name belongs to it
        let spaced = before.trim_end_matches([' ', '\n']);
        let counted = spaced
            .strip_suffix(')')
            .and_then(|rest| rest.trim_end_matches(|at: char| at.is_ascii_digit()).strip_suffix('('));
        let named = counted.unwrap_or(if before.len() - spaced.len() <= 2 { spaced } else { before });
        let word = named.len() - named.trim_end_matches(|at: char| at.is_ascii_alphanumeric() || at == '_').len();
        let name = named.get(named.len() - word..).unwrap_or_default();
        self.at = open;
        match TYPES.contains(&name) {
            true => Some(open - (before.len() - (named.len() - word))),
            false if before.ends_with('@') => Some(open - 1),
            false => Some(open),
        }
    }

    /// Reads the structure that starts at a position.
    fn structure(&mut self, start: usize) -> Option<Value> {
        let open = self.at;
        self.at = start;
        let value = self.value(0).filter(|value| value.is_array() || value.is_object());
        if value.is_none() {
            self.at = open;
        }
        value
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH || self.work == 0 {
            return None;
        }
        self.skip_space();
        match self.peek()? {
            b'{' => {
                self.advance(1)?;
                self.members(depth, '}')
            }
            b'[' => {
                self.advance(1)?;
                self.members(depth, ']')
            }
            b'"' | b'\'' | b'`' => self.string().map(Value::String),
            b'@' if self.rest().starts_with("@{") => {
                self.advance(2)?;
                self.assigned("}", ';')
            }
            _ => self.called(depth),
        }
    }

    /// Reads a value that starts with a word: the name of a type, a literal, or bare text.
    fn called(&mut self, depth: usize) -> Option<Value> {
        let rest = self.rest();
        // b'…', u'…'
        if rest.starts_with(['b', 'u', 'r']) && matches!(rest.as_bytes().get(1), Some(b'"' | b'\'')) {
            self.advance(1)?;
            return self.string().map(Value::String);
        }
        let length = rest.find(|at: char| !(at.is_ascii_alphanumeric() || at == '_')).unwrap_or(rest.len());
        let word = rest.get(..length)?;
        if word == "map" && rest.get(length..)?.starts_with('[') {
            self.advance(length + 1)?;
            return self.keys().or_else(|| self.assigned("]", ' '));
        }
        let start = self.at;
        if length > 0 && TYPES.contains(&word) {
            self.advance(length)?;
            if word == "stdClass" {
                self.skip_space();
                let _ = self.take("Object");
            }
            if let Some(value) = self.typed(depth, word) {
                return Some(value);
            }
            self.at = start;
        }
        if length > 0 {
            // the class of an object in Node: `Caseless { … }`
            let after = rest.get(length..)?;
            if word.starts_with(|first: char| first.is_ascii_uppercase()) && after.starts_with(" {") {
                self.advance(length + 1)?;
                return self.value(depth + 1);
            }
        }
        self.at = start;
        self.bare()
    }

    /// Reads what follows the name of a type: `(2) {`, `({`, `(`, or a count and a scalar: `string(3) "abc"`.
    fn typed(&mut self, depth: usize, word: &str) -> Option<Value> {
        if self.peek() == Some(b'#') {
            // `object(stdClass)#1 (2) {` without its beginning
            let end = self.searched(self.rest().find(' '))?;
            self.advance(end)?;
        }
        let near = self.rest().get(..self.rest().floor_char_boundary(MAX_COUNT + 2)).unwrap_or_default();
        let counted = near.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        if let Some((count, _)) = counted.filter(|(count, _)| is_count(count)) {
            self.advance(count.len() + 2)?;
            if matches!(word, "int" | "float" | "bool") {
                return Some(scalar(count));
            }
            if self.peek() == Some(b'#')
                && let Some(end) = self.searched(self.rest().find(')'))
            {
                self.advance(end + 1)?;
            }
        }
        self.skip_space();
        match self.peek()? {
            b'(' => {
                self.advance(1)?;
                self.skip_space();
                if matches!(self.peek(), Some(b'{' | b'[')) && !is_printed_member(self.rest()) {
                    let inner = self.value(depth + 1)?;
                    self.skip_space();
                    let _ = self.take(")");
                    return Some(inner);
                }
                self.members(depth, ')')
            }
            b'{' | b'[' | b'"' | b'\'' => self.value(depth + 1),
            _ => None,
        }
    }

    /// Reads members up to the closing bracket, or the end of the text: a paste may be cut off. Members without a name make
    /// an array.
    fn members(&mut self, depth: usize, close: char) -> Option<Value> {
        let mut members = Map::new();
        let mut items = Vec::new();
        loop {
            if members.len() + items.len() > MAX_MEMBERS {
                return None;
            }
            while let Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b';') = self.peek() {
                self.advance(1)?;
            }
            let Some(next) = self.peek() else { break };
            if next == u8::try_from(close).ok()? {
                self.advance(1)?;
                break;
            }
            if matches!(next, b'}' | b']' | b')') {
                return None;
            }
            match self.name(close)? {
                Some(name) => {
                    let value = self.value(depth + 1)?;
                    members.insert(name, value);
                }
                None => {
                    let value = self.value(depth + 1)?;
                    items.push(value);
                }
            }
        }
        if members.is_empty() {
            // `[Array]`, `[Function: x]`: what Node leaves out
            let is_cut =
                matches!(items.as_slice(), [Value::String(only)] if CUT.iter().any(|word| only.starts_with(word)));
            return Some(if is_cut { Value::Null } else { Value::Array(items) });
        }
        // PHP prints an array with its indices
        if members.keys().all(|name| name.bytes().all(|byte| byte.is_ascii_digit())) {
            return Some(Value::Array(members.into_iter().map(|(_, value)| value).collect()));
        }
        Some(Value::Object(members))
    }

    /// Reads the name of a member and its separator; `Some(None)` when it has none.
    #[allow(clippy::option_option, reason = "no name is not a failure")]
    fn name(&mut self, close: char) -> Option<Option<String>> {
        let start = self.at;
        // PHP: `[name] =>` and `["name"]=>`; Ruby: `:name =>`
        let is_php = self.peek() == Some(b'[') && is_printed_member(self.rest());
        if is_php || (self.peek() == Some(b':') && !self.rest().starts_with("::")) {
            self.advance(1)?;
        }
        let name = match self.peek() {
            Some(b'"' | b'\'' | b'`') => self.string(),
            _ => {
                let rest = self.rest();
                let is_part = |at: char| at.is_alphanumeric() || matches!(at, '_' | '-' | '$' | '@' | '.');
                let length = rest.find(|at: char| !is_part(at)).unwrap_or(rest.len());
                self.advance(length)?;
                rest.get(..length).map(str::to_owned)
            }
        };
        let name = name.filter(|name| !name.is_empty() && name.len() <= MAX_NAME && !name.contains('\n'));
        let Some(name) = name else {
            self.at = start;
            return Some(None);
        };
        if is_php {
            // `[name:protected] =>`
            let end = self.searched(self.rest().find(']'))?;
            self.advance(end + 1)?;
        }
        self.skip_space();
        // a bare word before a colon is a name only if a space follows: `orders:read` is not
        let is_bare = self.text.get(start..self.at).is_some_and(|written| !written.contains(['"', '\'', '`', ']']));
        let is_pair = match self.rest().strip_prefix(':') {
            Some(value) if is_bare => close == '}' && value.starts_with([' ', '\n', '\r']),
            Some(_) => true,
            None => false,
        };
        if self.take("=>") || (is_pair && self.take(":")) {
            return Some(Some(name));
        }
        if close == ']' {
            self.at = start;
            return Some(None);
        }
        if self.rest().starts_with('=') && !self.rest().starts_with("==") {
            // Java: `{error=insufficient_scope, scope=a}`
            self.advance(1)?;
            return Some(Some(name));
        }
        self.at = start;
        Some(None)
    }

    /// Reads a set of strings as Go prints it: a map whose values are `{}` or `true`.
    fn keys(&mut self) -> Option<Value> {
        let end = self.searched(self.rest().find(']'))?;
        let words = self.rest().get(..end)?.split(' ');
        let key = |word: &str| {
            let key = word.strip_suffix(":{}").or_else(|| word.strip_suffix(":true"))?;
            Some(Value::String(key.to_owned()))
        };
        let keys: Vec<Value> = words.take(MAX_MEMBERS).map(key).collect::<Option<_>>()?;
        self.advance(end + 1)?;
        Some(Value::Array(keys))
    }

    /// Reads `name=value; name=value` (PowerShell) or `name:value name:value` (Go), without quotes.
    fn assigned(&mut self, close: &str, between: char) -> Option<Value> {
        let rest = self.rest();
        let end = self.searched(rest.find(close))?;
        let body = rest.get(..end)?;
        let mut members = Map::new();
        let mut last = String::new();
        for word in body.split(between).take(MAX_MEMBERS) {
            let separator = if between == ';' { '=' } else { ':' };
            let is_name = |name: &str| !name.is_empty() && name.chars().all(|at| at.is_alphanumeric() || at == '_');
            match word.trim().split_once(separator).filter(|(name, _)| is_name(name)) {
                Some((name, value)) => {
                    name.clone_into(&mut last);
                    members.insert(last.clone(), scalar(value));
                }
                None => {
                    if let Some(Value::String(text)) = members.get_mut(&last) {
                        text.push(between);
                        text.push_str(word);
                    }
                }
            }
        }
        self.advance(end + close.len())?;
        Some(Value::Object(members))
    }

    /// Reads a string in quotes.
    fn string(&mut self) -> Option<String> {
        let quote = char::from(self.peek()?);
        self.advance(1)?;
        let mut text = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => {}
                    'u' => {
                        let code: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        let code = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                        text.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    other => text.push(other),
                },
                character if character == quote => {
                    self.advance(at + character.len_utf8())?;
                    return Some(text);
                }
                other => text.push(other),
            }
        }
        let rest = self.rest().len();
        self.advance(rest)?;
        None
    }

    /// Reads a literal or bare text, up to a separator or a closing bracket.
    fn bare(&mut self) -> Option<Value> {
        let rest = self.rest();
        let mut end = self.searched(rest.find([',', '}', ']', ')', '\n', '{'])).unwrap_or(rest.len());
        // Java and Ruby print texts without quotes, which may have commas: the next member has a name
        let text = rest.get(..end)?;
        if let Some(at) = text.find("=>") {
            end = at;
        }
        let text = rest.get(..end)?.trim();
        // PHP: `[a] => 1 [b] => 2` on one line
        let length = match text.find(" [") {
            Some(at) => at,
            None => end,
        };
        let text = rest.get(..length)?.trim();
        if length == 0 {
            return None;
        }
        self.advance(length)?;
        Some(scalar(text))
    }
}

/// Types whose names come before their members.
const TYPES: &[&str] = &[
    "Array",
    "ArrayList",
    "HashMap",
    "HashSet",
    "Headers",
    "List",
    "Map",
    "OrderedDict",
    "Object",
    "Set",
    "array",
    "bool",
    "defaultdict",
    "dict",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "set",
    "stdClass",
    "string",
    "tuple",
];

/// What Node prints in place of a value that it leaves out.
const CUT: &[&str] =
    &["Array", "AsyncFunction", "Circular", "Function", "Getter", "Object", "Setter", "Symbol", "class"];

fn is_count(text: &str) -> bool {
    text.len() <= MAX_COUNT
        && (matches!(text, "true" | "false") || text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// Whether a text starts with `[name] =>`, a member as PHP prints it.
fn is_printed_member(text: &str) -> bool {
    let inside = text.strip_prefix('[').and_then(|rest| {
        let end = rest.get(..rest.floor_char_boundary(MAX_NAME)).unwrap_or(rest).find(']')?;
        rest.get(end + 1..)
    });
    inside.is_some_and(|rest| rest.trim_start().starts_with("=>"))
}

/// A value without quotes.
fn scalar(text: &str) -> Value {
    let text = text.trim();
    match text {
        "true" | "True" => Value::Bool(true),
        "false" | "False" => Value::Bool(false),
        "" | "null" | "None" | "nil" | "NULL" | "undefined" | "<nil>" => Value::Null,
        _ => match text.parse::<i64>() {
            Ok(number) => Value::Number(Number::from(number)),
            Err(_) => Value::String(text.trim_matches(['"', '\'']).to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let part = |part: &Part<'_>| match part {
            Part::Prose(text) => text.trim().to_owned(),
            Part::List(names) => format!("<{}>", names.join(" ")),
            Part::Value(value) => value.to_string(),
        };
        parts(text).iter().map(part).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn structures_of_each_language_are_read() {
        for (text, expected) in [
            // JSON
            (
                r#"403 Forbidden: "{"error":"a","n":[1,{"b":true}]}""#,
                r#"403 Forbidden: " | {"error":"a","n":[1,{"b":true}]} | ""#,
            ),
            // Python
            ("said: {'ok': False, 'error': 'a b', 'x': None}", r#"said: | {"ok":false,"error":"a b","x":null}"#),
            // Node
            (
                "Caseless { dict: [Object] }, body: {\n status: 'error',\n errors: [Array],\n fn: [Function: f]\n}",
                r#"Caseless | {"dict":null} | , body: | {"status":"error","errors":null,"fn":null}"#,
            ),
            ("Missing: Set(2) { 'a:b', 'c:d' }", "Missing: | <a:b c:d>"),
            ("Missing: frozenset({'a:b'})", "Missing: | <a:b>"),
            // Ruby
            (
                r#"body: {"errors"=>[{"message"=>"a `b` c"}], :x=>nil}"#,
                r#"body: | {"errors":[{"message":"a `b` c"}],"x":null}"#,
            ),
            // PHP
            (
                "Array ( [error] => Array ( [errors] => Array ( [0] => Array ( [reason] => r x ) ) [code] => 403 ) )",
                r#"{"error":{"errors":[{"reason":"r x"}],"code":403}}"#,
            ),
            (r#"array(2) { ["error"]=> string(3) "a b" ["code"]=> int(403) }"#, r#"{"error":"a b","code":403}"#),
            ("array ( 'error' => 'a', 'n' => 1, )", r#"{"error":"a","n":1}"#),
            // Go
            (
                "got map[error:a_b error_description:one two scope:x:y]",
                r#"got | {"error":"a_b","error_description":"one two","scope":"x:y"}"#,
            ),
            ("Missing: map[a:b:{} c:d:{}]", "Missing: | <a:b c:d>"),
            ("Missing: map[a:b:true]", "Missing: | <a:b>"),
            // Java
            ("body {error=a_b, scope=x:y}", r#"body | {"error":"a_b","scope":"x:y"}"#),
            // PowerShell
            ("@{error=a_b; message=one two}", r#"{"error":"a_b","message":"one two"}"#),
            // named things
            ("Missing scopes: [{'name': 'a:b', 'type': 'x'}]", "Missing scopes: | <a:b>"),
            // prose
            ("scopes: [a, b] and (c) or ['d']", "scopes: [a, b] and (c) or ['d']"),
            ("fields {a} and [b", "fields {a} and [b"),
            // cut off
            ("{ status: 403, data: { message: 'x'", r#"{"status":403,"data":{"message":"x"}}"#),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([\\[\\]{}():=,'\"`> ]|=>|Array|map|Set|\\PC){0,60}") {
            let _ = parts(&text);
        }
    }
}
