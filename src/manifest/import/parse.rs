//! Parser for JSON and YAML, told apart by content rather than file name.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use thiserror::Error;

use super::node::Node;
use super::yaml_repair;

/// Maximum nesting of lists and maps: real descriptions stay below 40.
const DEPTH: usize = 120;

/// Maximum number of members added by merge keys (`<<`) in total.
const MAX_MERGED: usize = 1_000_000;

/// Syntax error in an API description.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message} at line {line}, column {column}")]
pub struct SyntaxError {
    /// What is wrong: lower case, no full stop. May contain untrusted text.
    pub message: String,
    /// Line, starting at 1.
    pub line: usize,
    /// Column in characters, starting at 1.
    pub column: usize,
}

/// Parses a document and keeps the order of members.
///
/// A document that starts with a brace is JSON (RFC 8259), or else YAML in flow style.
pub(in crate::manifest) fn parse(bytes: &[u8]) -> Result<Node, SyntaxError> {
    parse_leniently(bytes).map(|(node, _)| node)
}

/// Parses a document as [`parse`], and returns the error that other YAML parsers tolerate, if it has one.
pub(super) fn parse_leniently(bytes: &[u8]) -> Result<(Node, Option<SyntaxError>), SyntaxError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        SyntaxError { message: "not UTF-8 text".to_owned(), line, column }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with(['{', '[']) {
        return lenient_yaml(text);
    }
    json(text).map(|node| (node, None)).or_else(|error| {
        let line = error.line();
        let error_text = error.to_string();
        let message =
            error_text.rsplit_once(" at line ").map_or(error_text.as_str(), |(message, _)| message).to_owned();
        lenient_yaml(text).map_err(|_| SyntaxError { message, line, column: error.column() })
    })
}

fn json(text: &str) -> Result<Node, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Json(&mut Strings::default()).deserialize(&mut reader)?;
    reader.end()?;
    Ok(node)
}

/// Parses YAML; if that fails, tries again as other parsers read it.
fn lenient_yaml(text: &str) -> Result<(Node, Option<SyntaxError>), SyntaxError> {
    yaml(text).map(|node| (node, None)).or_else(|error| match yaml(&yaml_repair::repaired(text)) {
        Ok(node) => Ok((node, Some(error))),
        Err(_) => Err(error),
    })
}

/// Strings that occur so far: names of members and short values repeat thousands of times in a description.
#[derive(Default)]
struct Strings(HashSet<Rc<str>>);

impl Strings {
    /// Maximum length of a shared string in bytes.
    const LONGEST: usize = 64;

    fn share(&mut self, text: &str) -> Rc<str> {
        if text.len() > Self::LONGEST {
            return text.into();
        }
        if let Some(known) = self.0.get(text) {
            return Rc::clone(known);
        }
        let new: Rc<str> = text.into();
        self.0.insert(Rc::clone(&new));
        new
    }
}

/// Reads a value of JSON; serde bounds the depth.
struct Json<'s>(&'s mut Strings);

impl<'de> DeserializeSeed<'de> for Json<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json<'_> {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(self.0.share(&value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(self.0.share(&value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Text(self.0.share(&value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(self.0.share(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(Json(&mut *self.0))? {
            items.push(item);
        }
        Ok(Node::List(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key_seed(Name(&mut *self.0))? {
            members.push((name, map.next_value_seed(Json(&mut *self.0))?));
        }
        Ok(Node::Map(members.into()))
    }
}

/// Reads the name of a member.
struct Name<'s>(&'s mut Strings);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Rc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Rc<str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, value: &str) -> Result<Rc<str>, E> {
        Ok(self.0.share(value))
    }
}

/// A list or map that is still open.
struct OpenCollection {
    collection: Collection,
    anchor: usize,
    /// Function of `CloudFormation` that the tag stands for.
    function: Option<Rc<str>>,
    /// Depth of its content so far, including aliases.
    depth: usize,
}

enum Collection {
    List(Vec<Node>),
    /// The members, and the key whose value comes next.
    Map(Vec<(Rc<str>, Node)>, Option<Rc<str>>),
}

/// Parses the first document of a YAML 1.2 stream. Aliases share the value of their anchor, so that no input grows;
/// merge keys of YAML 1.1 are supported, since descriptions use them.
fn yaml(text: &str) -> Result<Node, SyntaxError> {
    let mut open: Vec<OpenCollection> = Vec::new();
    let mut anchors: HashMap<usize, (Node, usize)> = HashMap::new();
    let mut root = None;
    let mut merged = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| SyntaxError {
            message: error.info().to_owned(),
            line: error.marker().line(),
            column: error.marker().col() + 1,
        })?;
        let error_at = |message: &str| SyntaxError {
            message: message.to_owned(),
            line: span.start.line(),
            column: span.start.col() + 1,
        };
        let mut enter = |collection, anchor, function| {
            open.push(OpenCollection { collection, anchor, function, depth: 0 });
            if open.len() > DEPTH { Err(error_at("nested too deeply")) } else { Ok(()) }
        };
        let (node, anchor, depth) = match event {
            Event::Scalar(value, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let node = if plain { plain_scalar(&value) } else { Node::Text((&*value).into()) };
                let function = tag.as_deref().and_then(function);
                let depth = usize::from(function.is_some());
                (called(function, node), anchor, depth)
            }
            Event::Alias(anchor) => match anchors.get(&anchor) {
                Some((node, depth)) => (node.clone(), 0, *depth),
                None => return Err(error_at("an alias is inside its own anchor")),
            },
            Event::SequenceStart(anchor, tag) => {
                enter(Collection::List(Vec::new()), anchor, tag.as_deref().and_then(function))?;
                continue;
            }
            Event::MappingStart(anchor, tag) => {
                enter(Collection::Map(Vec::new(), None), anchor, tag.as_deref().and_then(function))?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(closed) = open.pop() else { return Err(error_at("unmatched end of a list or map")) };
                let node = match closed.collection {
                    Collection::List(items) => Node::List(items.into()),
                    Collection::Map(members, _) => Node::Map(
                        merge(members, &mut merged).ok_or_else(|| error_at("too many merged members"))?.into(),
                    ),
                };
                let depth = closed.depth + 1 + usize::from(closed.function.is_some());
                (called(closed.function, node), closed.anchor, depth)
            }
            Event::DocumentStart(_) if root.is_some() => return Err(error_at("more than one document")),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                continue;
            }
        };
        if depth > DEPTH {
            return Err(error_at("nested too deeply"));
        }
        if anchor > 0 {
            anchors.insert(anchor, (node.clone(), depth));
        }
        let Some(parent) = open.last_mut() else {
            root = Some(node);
            continue;
        };
        parent.depth = parent.depth.max(depth);
        match &mut parent.collection {
            Collection::List(items) => items.push(node),
            Collection::Map(members, key) => match (key.take(), node) {
                (Some(name), node) => members.push((name, node)),
                (None, Node::Text(name)) => *key = Some(name),
                (None, Node::Null) => *key = Some("null".into()),
                (None, Node::Bool(value)) => *key = Some(value.to_string().into()),
                (None, _) => return Err(error_at("a list or map can't be a key")),
            },
        }
    }
    Ok(root.unwrap_or(Node::Null))
}

/// Functions of `CloudFormation` that have a short form as a tag (AWS `CloudFormation`: intrinsic functions). All but two
/// have the prefix `Fn::` in their long form.
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "ForEach",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Ref",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
];

/// Returns the long form of the function that a tag stands for.
fn function(tag: &Tag) -> Option<Rc<str>> {
    let name = (tag.handle == "!").then_some(tag.suffix.as_str()).filter(|name| FUNCTIONS.contains(name))?;
    Some(if matches!(name, "Ref" | "Condition") { name.into() } else { format!("Fn::{name}").into() })
}

/// Returns the call of a function, or the value itself without one.
fn called(function: Option<Rc<str>>, value: Node) -> Node {
    match function {
        Some(function) => Node::Map([(function, value)].into()),
        None => value,
    }
}

/// Resolves a plain scalar by the core schema of YAML 1.2 (§10.3.2), except numbers.
fn plain_scalar(value: &str) -> Node {
    match value {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" => Node::Bool(true),
        "false" | "False" | "FALSE" => Node::Bool(false),
        text => Node::Text(text.into()),
    }
}

/// Appends the members of merge keys; members of the map itself take precedence, then the first merged one. `None` if
/// there are too many.
fn merge(members: Vec<(Rc<str>, Node)>, merged: &mut usize) -> Option<Vec<(Rc<str>, Node)>> {
    if members.iter().all(|(name, _)| &**name != "<<") {
        return Some(members);
    }
    let (sources, mut own): (Vec<_>, Vec<_>) = members.into_iter().partition(|(name, _)| &**name == "<<");
    let mut known: HashSet<Rc<str>> = own.iter().map(|(name, _)| name.clone()).collect();
    for (_, source) in &sources {
        for map in std::slice::from_ref(source).iter().chain(source.items()) {
            *merged += map.members().len();
            if *merged > MAX_MERGED {
                return None;
            }
            own.extend(map.members().iter().filter(|(name, _)| known.insert(name.clone())).cloned());
        }
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn shown(source: &str) -> String {
        fn write(node: &Node) -> String {
            match node {
                Node::Null => "null".to_owned(),
                Node::Bool(value) => value.to_string(),
                Node::Text(text) => format!("{text:?}"),
                Node::List(items) => format!("[{}]", items.iter().map(write).collect::<Vec<_>>().join(",")),
                Node::Map(members) => {
                    let members: Vec<String> =
                        members.iter().map(|(name, value)| format!("{name}:{}", write(value))).collect();
                    format!("{{{}}}", members.join(","))
                }
            }
        }
        parse(source.as_bytes()).map_or_else(|error| error.to_string(), |node| write(&node))
    }

    #[test]
    fn yaml_and_json_are_parsed() {
        for (source, tree) in [
            ("a: 1\nb: [x, 'true', true, ~]", r#"{a:"1",b:["x","true",true,null]}"#),
            // input on which other parsers fail: a bare `=` and a nonexistent date
            ("op: =\nday: 2019-02-30", r#"{op:"=",day:"2019-02-30"}"#),
            ("{\"b\":1.5,\"a\":[true,null,-2],\"b\":\"\\ud83d\\ude00\"}", r#"{b:"1.5",a:[true,null,"-2"],b:"😀"}"#),
            ("\u{feff}{\"a\":\n\t{}}", "{a:{}}"),
            ("{a: 1, b}", r#"{a:"1",b:null}"#),
            ("swagger: 2.0", r#"{swagger:"2.0"}"#),
            ("200: ok\ntrue: y\n? z\n", r#"{200:"ok",true:"y",z:null}"#),
            ("x: &a {p: 1, q: 2}\ny: {<<: *a, q: 3}\nz: *a", r#"{x:{p:"1",q:"2"},y:{q:"3",p:"1"},z:{p:"1",q:"2"}}"#),
            ("a: |\n  two\n  lines\nb: !!str null", r#"{a:"two\nlines\n",b:"null"}"#),
            ("", "null"),
            ("{\"a\":]", "expected value at line 1, column 6"),
            ("a:\n  - b\n - c", "while parsing a block mapping, did not find expected key at line 3, column 2"),
            ("a: 1\n---\nb: 1", "more than one document at line 2, column 1"),
            ("a: &x [*x]", "an alias is inside its own anchor at line 1, column 8"),
            ("? [a]\n: 1", "a list or map can't be a key at line 1, column 5"),
        ] {
            assert_eq!(shown(source), tree, "{source}");
        }
        assert_eq!(parse(b"a: 1\nb: \xff").unwrap_err().to_string(), "not UTF-8 text at line 2, column 4");
    }

    #[test]
    fn hostile_input_is_bounded() {
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err());
        assert!(parse(format!("a: {deep}").as_bytes()).is_err());
        let nested = (0..300).fold(String::new(), |nested, depth| {
            nested
                + &" ".repeat(depth)
                + "a:
"
        });
        assert_eq!(shown(&nested), "nested too deeply at line 121, column 121");
        // billion laughs: each level repeats the one before ten times
        let mut laughs = "l0: &l0 [ha]\n".to_owned();
        for level in 1..60 {
            let before = format!("*l{}", level - 1);
            laughs.push_str(&format!("l{level}: &l{level} [{}]\n", [before.as_str(); 10].join(",")));
        }
        assert_eq!(parse(laughs.as_bytes()).unwrap().members().len(), 60);
        let mut chain = "l0: &l0 []
"
        .to_owned();
        for level in 1..200_000 {
            let _ = writeln!(chain, "l{level}: &l{level} [*l{}]", level - 1);
        }
        assert!(parse(chain.as_bytes()).unwrap_err().message.contains("nested too deeply"));
        // merge keys that would multiply
        let mut merges =
            format!("m: &m {{{}}}\n", (0..2000).map(|member| format!("k{member}: 1")).collect::<Vec<_>>().join(", "));
        merges.push_str(&"n: {<<: *m}\n".repeat(600));
        assert!(parse(merges.as_bytes()).unwrap_err().message.contains("too many merged members"));
    }
}
