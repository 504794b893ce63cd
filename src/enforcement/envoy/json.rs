//! JSON with one route per line, so that a change of one endpoint is a change of one line.

use serde_json::Value;

/// Formats a document.
pub(super) fn pretty(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text.push('\n');
    text
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
    let line = |text: &mut String, indent: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', indent * 2));
    };
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
