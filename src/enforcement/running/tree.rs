//! A JSON or YAML document whose values know their place.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Maximum nesting of lists and maps.
const DEPTH: usize = 120;

/// A value with its place in bytes of the source. Clones share everything below it.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) value: Value,
    pub(super) span: Range<usize>,
}

/// A value of a document.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// A string, or any other scalar as written.
    Text(Rc<str>),
    List(Rc<[Tree]>),
    /// Members in the order of the source, each with the place of its name.
    Map(Rc<[Member]>),
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) name: Rc<str>,
    pub(super) name_span: Range<usize>,
    pub(super) tree: Tree,
}

impl Tree {
    /// Returns the last member with that name.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().rev().find(|member| &*member.name == name).map(|member| &member.tree)
    }

    /// Follows the names of members.
    pub(super) fn at(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |tree, name| tree.get(name))
    }

    /// Returns the members of a map; empty for other values.
    pub(super) fn members(&self) -> &[Member] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    /// Returns the items of a list; empty for other values.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the items of a list in a member; empty if there is none.
    pub(super) fn items_of(&self, name: &str) -> &[Self] {
        self.get(name).map(Self::items).unwrap_or_default()
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::text)
    }

    pub(super) fn is_true(&self) -> bool {
        matches!(self.value, Value::Bool(true)) || self.text() == Some("true")
    }

    /// Returns whether a member is false, which is not the same as missing.
    pub(super) fn is_false(&self, name: &str) -> bool {
        self.get(name).is_some_and(|tree| matches!(tree.value, Value::Bool(false)) || tree.text() == Some("false"))
    }

    /// Returns the strings of a list, or the string itself.
    pub(super) fn texts(&self) -> Vec<String> {
        let texts = std::slice::from_ref(self).iter().chain(self.items());
        texts.filter_map(Self::text).map(str::to_owned).collect()
    }

    /// Returns the strings of a list in a member; empty if there is none.
    pub(super) fn texts_of(&self, name: &str) -> Vec<String> {
        self.get(name).map(Self::texts).unwrap_or_default()
    }

    /// Visits every value, from the outside in.
    pub(super) fn visit<'t>(&'t self, visitor: &mut dyn FnMut(&'t Self)) {
        visitor(self);
        self.items().iter().for_each(|item| item.visit(visitor));
        self.members().iter().for_each(|member| member.tree.visit(visitor));
    }
}

/// Parses JSON, or the documents of a YAML stream.
///
/// # Errors
/// The syntax error with its place.
pub(super) fn parse(text: &str) -> Result<Vec<Tree>, String> {
    // JSON allows tabs between tokens, which YAML does not
    let blank = text.trim_start().starts_with(['{', '[']).then(|| text.replace('\t', " "));
    let text = blank.as_deref().unwrap_or(text);
    let starts: Option<Vec<usize>> = (!text.is_ascii()).then(|| text.char_indices().map(|(start, _)| start).collect());
    let byte = |index: usize| match &starts {
        None => index.min(text.len()),
        Some(starts) => starts.get(index).copied().unwrap_or(text.len()),
    };
    let mut builder = Builder::new(&byte);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            format!("{} at line {}, column {}", error.info(), error.marker().line(), error.marker().col() + 1)
        })?;
        builder
            .event(event, span.start.index()..span.end.index())
            .map_err(|problem| format!("{problem} at line {}, column {}", span.start.line(), span.start.col() + 1))?;
    }
    Ok(builder.documents)
}

enum Open {
    List(Vec<Tree>),
    Map(Vec<Member>, Option<(Rc<str>, Range<usize>)>),
}

struct Builder<'b> {
    byte: &'b dyn Fn(usize) -> usize,
    open: Vec<(Open, usize, usize, Option<Rc<str>>)>,
    anchors: HashMap<usize, Tree>,
    documents: Vec<Tree>,
}

impl<'b> Builder<'b> {
    fn new(byte: &'b dyn Fn(usize) -> usize) -> Self {
        Self { byte, open: Vec::new(), anchors: HashMap::new(), documents: Vec::new() }
    }

    fn event(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), &'static str> {
        let (start, end) = ((self.byte)(span.start), (self.byte)(span.end));
        let (tree, anchor) = match event {
            Event::Scalar(value, style, anchor, tag) => {
                let value = match (style == ScalarStyle::Plain && tag.is_none(), &*value) {
                    (true, "" | "~" | "null") => Value::Null,
                    (true, "true") => Value::Bool(true),
                    (true, "false") => Value::Bool(false),
                    (_, text) => Value::Text(text.into()),
                };
                let function = tag.as_deref().and_then(function);
                (called(function, Tree { value, span: start..end }), anchor)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(tree) => (tree.clone(), 0),
                None => return Err("an alias is inside its own anchor"),
            },
            Event::SequenceStart(anchor, tag) => {
                return self.enter(Open::List(Vec::new()), anchor, start, tag.as_deref().and_then(function));
            }
            Event::MappingStart(anchor, tag) => {
                return self.enter(Open::Map(Vec::new(), None), anchor, start, tag.as_deref().and_then(function));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((open, anchor, start, function)) = self.open.pop() else { return Err("unmatched end") };
                let value = match open {
                    Open::List(items) => Value::List(items.into()),
                    Open::Map(members, _) => Value::Map(members.into()),
                };
                (called(function, Tree { value, span: start..end.max(start) }), anchor)
            }
            _ => return Ok(()),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, tree.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(tree),
            Some((Open::List(items), ..)) => items.push(tree),
            Some((Open::Map(members, name), ..)) => match name.take() {
                Some((name, name_span)) => members.push(Member { name, name_span, tree }),
                None => {
                    let written: Rc<str> = match &tree.value {
                        Value::Text(text) => Rc::clone(text),
                        Value::Null => "null".into(),
                        Value::Bool(value) => value.to_string().into(),
                        Value::List(_) | Value::Map(_) => return Err("a list or map can't be a key"),
                    };
                    *name = Some((written, tree.span));
                }
            },
        }
        Ok(())
    }

    fn enter(
        &mut self,
        open: Open,
        anchor: usize,
        start: usize,
        function: Option<Rc<str>>,
    ) -> Result<(), &'static str> {
        self.open.push((open, anchor, start, function));
        if self.open.len() > DEPTH { Err("nested too deeply") } else { Ok(()) }
    }
}

/// Returns the long form of the function of `CloudFormation` that a tag stands for.
fn function(tag: &saphyr_parser::Tag) -> Option<Rc<str>> {
    let name = (tag.handle == "!").then_some(tag.suffix.as_str())?;
    Some(if name == "Ref" { name.into() } else { format!("Fn::{name}").into() })
}

fn called(function: Option<Rc<str>>, tree: Tree) -> Tree {
    match function {
        None => tree,
        Some(name) => {
            let span = tree.span.clone();
            let member = Member { name, name_span: span.clone(), tree };
            Tree { value: Value::Map(Rc::new([member])), span }
        }
    }
}
