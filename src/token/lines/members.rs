//! One pass over a JSON object that decides whether it is plain and finds its members.
//!
//! A plain object follows the grammar of RFC 8259 and can be printed unchanged on one line: no white space but
//! spaces between its tokens, no `\u` escape, no deceptive character. Everything else takes the slow path.

use std::ops::Range;

use base64_simd::URL_SAFE_NO_PAD;

use crate::text::is_deceptive;
use crate::token::Json;

/// Maximum number of members whose names are compared pair by pair.
pub(super) const MOST_MEMBERS: usize = 64;

/// A member of the outermost object.
#[derive(Clone, Debug, Default)]
pub(super) struct Member {
    /// Range of the name, without quotes. It contains no escape.
    pub(super) name: Range<usize>,
    /// Range of the value.
    pub(super) value: Range<usize>,
}

/// What the grammar allows next.
#[derive(Clone, Copy)]
enum State {
    NameOrEnd,
    Name,
    ValueOrEnd,
    Value,
    After,
}

/// A decoded part of a token that is a plain object, which can be copied into JSON output unchanged.
///
/// [`PlainObject::text`] is the only access to the text, and returns it only if the last part passed every check. Each call
/// of [`PlainObject::read`] discards the previous part.
#[derive(Debug, Default)]
pub(super) struct PlainObject {
    text: Vec<u8>,
    members: Vec<Member>,
    is_plain: bool,
}

impl PlainObject {
    /// Decodes strict base64url and checks the text. Returns `None` if it is not a plain object.
    pub(super) fn read(&mut self, encoded: &[u8]) -> Option<()> {
        self.clear();
        URL_SAFE_NO_PAD.decode_append(encoded, &mut self.text).ok()?;
        self.is_plain = scan(&self.text, &mut self.members);
        self.is_plain.then_some(())
    }

    /// Discards the content and keeps the buffers.
    pub(super) fn clear(&mut self) {
        self.is_plain = false;
        self.text.clear();
        self.members.clear();
    }

    /// Returns the text without surrounding spaces; `None` unless it is plain.
    pub(super) fn text(&self) -> Option<&[u8]> {
        self.is_plain.then(|| self.text.trim_ascii())
    }

    /// Returns the members of the outermost object; none unless the text is plain.
    pub(super) fn members(&self) -> &[Member] {
        if self.is_plain { &self.members } else { &[] }
    }

    /// Returns the name of a member. It contains no escape.
    pub(super) fn name(&self, member: &Member) -> &[u8] {
        self.text.get(member.name.clone()).unwrap_or_default()
    }

    /// Returns the value of a member, unparsed.
    pub(super) fn value(&self, member: &Member) -> &[u8] {
        self.text.get(member.value.clone()).unwrap_or_default()
    }

    /// Parses the value of a member.
    pub(super) fn parse(&self, member: &Member) -> Option<Json> {
        Json::parse(std::str::from_utf8(self.value(member)).ok()?).ok()
    }

    /// Parses the whole text; `None` unless it is plain.
    pub(super) fn to_json(&self) -> Option<Json> {
        Json::parse(std::str::from_utf8(self.text()?).ok()?).ok()
    }

    /// Returns whether a name occurs twice; `None` if there are too many members to compare.
    pub(super) fn has_duplicates(&self) -> Option<bool> {
        let members = self.members();
        if members.len() > MOST_MEMBERS {
            return None;
        }
        let twice = |(index, member): (usize, &Member)| {
            let is_same =
                |other: &Member| other.name.len() == member.name.len() && self.name(other) == self.name(member);
            members.iter().take(index).any(is_same)
        };
        Some(members.iter().enumerate().any(twice))
    }
}

/// Finds the members of a plain object. Returns false if the text is not plain; then the members have no meaning.
fn scan(text: &[u8], members: &mut Vec<Member>) -> bool {
    members.clear();
    let mut cursor = Cursor { text, at: 0, is_ascii: true };
    walk(&mut cursor, members).is_some() && (cursor.is_ascii || is_clean(text))
}

fn is_clean(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.chars().any(is_deceptive))
}

fn walk(cursor: &mut Cursor<'_>, members: &mut Vec<Member>) -> Option<()> {
    cursor.spaces();
    cursor.eat(b'{').then_some(())?;
    // one bit per open bracket, innermost lowest: set for an object
    let (mut objects, mut depth) = (1u128, 1usize);
    let mut state = State::NameOrEnd;
    loop {
        cursor.spaces();
        match (state, cursor.peek()) {
            (State::NameOrEnd, b'}') | (State::ValueOrEnd, b']') | (State::After, _) => {}
            (State::NameOrEnd | State::Name, _) => {
                cursor.eat(b'"').then_some(())?;
                let start = cursor.at;
                let is_escaped = cursor.string()?;
                if depth == 1 {
                    (!is_escaped).then_some(())?;
                    members.push(Member { name: start..cursor.at - 1, value: 0..0 });
                }
                cursor.spaces();
                cursor.eat(b':').then_some(())?;
                state = State::Value;
                continue;
            }
            (State::ValueOrEnd | State::Value, first) => {
                if depth == 1 {
                    members.last_mut()?.value.start = cursor.at;
                }
                if let b'{' | b'[' = first {
                    cursor.at += 1;
                    let is_object = first == b'{';
                    (objects, depth) = (objects << 1 | u128::from(is_object), depth + 1);
                    (depth <= Json::DEPTH).then_some(())?;
                    state = if is_object { State::NameOrEnd } else { State::ValueOrEnd };
                    continue;
                }
                cursor.scalar()?;
                if depth == 1 {
                    members.last_mut()?.value.end = cursor.at;
                }
                cursor.spaces();
            }
        }
        // after a value, or at the end of an empty object or array
        let is_object = objects & 1 == 1;
        match cursor.next() {
            b',' => state = if is_object { State::Name } else { State::Value },
            bracket if bracket == if is_object { b'}' } else { b']' } => {
                (objects, depth) = (objects >> 1, depth - 1);
                match depth {
                    0 => break,
                    1 => members.last_mut()?.value.end = cursor.at,
                    _ => {}
                }
                state = State::After;
            }
            _ => return None,
        }
    }
    cursor.spaces();
    (cursor.at == cursor.text.len()).then_some(())
}

struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
    is_ascii: bool,
}

/// Repeats a byte eight times.
const fn all(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

/// Returns a word with the high bit set in each zero byte; above the lowest zero byte, bits can be wrong.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(all(1)) & !word & all(0x80)
}

impl Cursor<'_> {
    /// Returns the next byte, or 0 at the end, which JSON never contains.
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn spaces(&mut self) {
        while self.eat(b' ') {}
    }

    /// Moves from after the opening quote to after the closing one. Returns whether the string contains an escape.
    fn string(&mut self) -> Option<bool> {
        let mut is_escaped = false;
        loop {
            while let Some(chunk) = self.text.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
                let word = u64::from_le_bytes(*chunk);
                let below_space = word.wrapping_sub(all(b' ')) & !word & all(0x80);
                let stop = zeros(word ^ all(b'"')) | zeros(word ^ all(b'\\')) | zeros(word ^ all(0x7f)) | below_space;
                self.is_ascii &= word & all(0x80) == 0;
                self.at += stop.trailing_zeros() as usize / 8;
                if stop != 0 {
                    break;
                }
            }
            match self.next() {
                b'"' => return Some(is_escaped),
                b'\\' => {
                    is_escaped = true;
                    matches!(self.next(), b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't').then_some(())?;
                }
                0..b' ' | 0x7f => return None,
                byte => self.is_ascii &= byte.is_ascii(),
            }
        }
    }

    /// Reads a string, number or literal.
    fn scalar(&mut self) -> Option<()> {
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.string().map(|_| ())
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => {
                let rest = self.text.get(self.at..)?;
                let literals: [&[u8]; 3] = [b"null", b"true", b"false"];
                let literal = literals.into_iter().find(|literal| rest.starts_with(literal))?;
                self.at += literal.len();
                Some(())
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Option<String> {
        let mut members = Vec::new();
        scan(text.as_bytes(), &mut members).then(|| {
            let at = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
            let one = |member: &Member| format!("{}={}", at(&member.name), at(&member.value));
            members.iter().map(one).collect::<Vec<_>>().join(";")
        })
    }

    #[test]
    fn the_members_of_a_plain_object() {
        for (text, members) in [
            ("{}", Some("")),
            (r#" { "a" : 1 , "b":[ ] ,"c": { } } "#, Some("a=1;b=[ ];c={ }")),
            (r#"{"a":[1,{"b":"}]"},[]],"c":-1.5e+30,"c":null}"#, Some(r#"a=[1,{"b":"}]"},[]];c=-1.5e+30;c=null"#)),
            (
                r#"{"name":"a long text with a \" inside","x":true}"#,
                Some(r#"name="a long text with a \" inside";x=true"#),
            ),
            ("{\"n\":\"Müller\"}", Some("n=\"Müller\"")),
            ("{\"n\":\"\u{202e}\"}", None),
            ("{\"n\":\"12345678\u{7f}\"}", None),
            ("{\n}", None),
            (r#"{"\u0061":1}"#, None),
            (r#"{"a\n":1}"#, None),
            (r#"{"a":"\ud83d"}"#, None),
            ("[1]", None),
            ("{\"a\":1}}", None),
            ("{\"a\":01}", None),
            ("{\"a\":1]", None),
            ("{\"a\":[1}", None),
            ("{\"a\":1,}", None),
            ("{\"a\":[1,]}", None),
            ("{\"a\" 1}", None),
            ("{\"a\":nul}", None),
            ("{\"a\":\"", None),
            ("{\"a\":", None),
            ("", None),
        ] {
            assert_eq!(shown(text).as_deref(), members, "{text}");
        }
        assert!(shown(&format!("{{\"a\":{}", "[".repeat(100_000))).is_none());
    }

    proptest! {
        #[test]
        fn what_is_plain_is_json_and_keeps_its_members(text in r#"\{"[a-c"\\n]{0,3}[ \[\]{}:,"a-c0-9.eE+-]{0,24}"#) {
            if let Some(members) = shown(&text) {
                let parsed = Json::parse(&text).unwrap();
                let expected = parsed.members().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
                let found = members.split(';').filter(|member| !member.is_empty()).count();
                prop_assert_eq!(found, expected.len(), "{}", members);
            }
        }

        #[test]
        fn what_json_writes_is_plain(keys in proptest::collection::vec("[a-z]{1,12}", 0..6), value in "[ -!#-\\[\\]-~ü]{0,40}", number in any::<i64>()) {
            let object = Json::Object(keys.iter().enumerate().map(|(index, key)| (key.clone(), match index % 3 {
                0 => Json::String(value.clone()),
                1 => Json::Number(number.to_string()),
                _ => Json::Array(vec![Json::Bool(true), Json::Object(vec![(value.clone(), Json::Null)])]),
            })).collect());
            let expected: Vec<String> = object.members().iter().map(|(name, value)| format!("{name}={value}")).collect();
            prop_assert_eq!(shown(&object.to_string()), Some(expected.join(";")));
        }
    }
}
