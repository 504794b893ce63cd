//! JSON with one route per line, so that a change of one endpoint is a change of one line.

use std::rc::Rc;

use serde_json::Value;

/// A document that is written once, and whose lines may occur several times.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Value(Value),
    /// A value on one line, already written.
    Line(Rc<str>),
    Object(Vec<(String, Part)>),
    Array(Vec<Part>),
}

/// Formats a document whose member `place` has this content; `place` occurs once, with the value null.
pub(super) fn pretty(value: &Value, place: &str, content: &Part) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    let member = format!("\"{place}\": null");
    let Some((before, after)) = text.split_once(&member) else { return text };
    let indent = before.rsplit('\n').next().map_or(0, |line| line.len() / 2);
    let mut whole = String::with_capacity(text.len());
    whole.push_str(before);
    whole.push_str(&format!("\"{place}\": "));
    content.write(indent, &mut whole);
    whole.push_str(after);
    whole
}

fn line(text: &mut String, indent: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent * 2));
}

impl Part {
    fn write(&self, indent: usize, text: &mut String) {
        match self {
            Self::Value(value) => write(value, indent, text),
            Self::Line(written) => text.push_str(written),
            Self::Object(members) => {
                text.push('{');
                for (index, (name, member)) in members.iter().enumerate() {
                    text.push_str(if index > 0 { "," } else { "" });
                    line(text, indent + 1);
                    text.push_str(&Value::String(name.clone()).to_string());
                    text.push_str(": ");
                    member.write(indent + 1, text);
                }
                line(text, indent);
                text.push('}');
            }
            Self::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    text.push_str(if index > 0 { "," } else { "" });
                    line(text, indent + 1);
                    item.write(indent + 1, text);
                }
                line(text, indent);
                text.push(']');
            }
        }
    }
}

/// A value that is written on one line.
fn is_compact(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            // a route, or an object without a nested one
            members.contains_key("match") && members.contains_key("name")
                || members.values().all(|member| !member.is_object() && !member.is_array())
        }
        Value::Array(items) => items.iter().all(|item| !item.is_object() && !item.is_array()),
        _ => true,
    }
}

fn write(value: &Value, indent: usize, text: &mut String) {
    if is_compact(value) {
        text.push_str(&value.to_string());
        return;
    }
    match value {
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                line(text, indent + 1);
                text.push_str(&Value::String(name.clone()).to_string());
                text.push_str(": ");
                write(member, indent + 1, text);
            }
            line(text, indent);
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                line(text, indent + 1);
                write(item, indent + 1, text);
            }
            line(text, indent);
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}
