//! The published JSON Schema of a record, made from the table of its members.

use serde_json::{Map, Value, json};

use super::record::{Event, MEMBERS, Member, Outcome, Phase, SCHEMA};

fn names<T: ToString + Copy>(all: &[(T, &str)]) -> Value {
    all.iter().map(|(one, about)| json!({ "const": one.to_string(), "description": about })).collect()
}

/// Returns the JSON Schema (draft 2020-12).
#[must_use]
pub fn schema() -> Value {
    let mut properties = Map::new();
    for (name, kind, about) in MEMBERS {
        let mut property = match kind {
            Member::Text => json!({ "type": "string" }),
            Member::Time => json!({ "type": "string", "format": "date-time" }),
            Member::Count => json!({ "type": "integer", "minimum": 0 }),
            Member::Number => json!({ "type": "number" }),
            Member::Flag => json!({ "type": "boolean" }),
            Member::List => json!({ "type": "array", "items": { "type": "string" } }),
        };
        let values = match *name {
            "event" => Some(names(Event::ALL)),
            "phase" => Some(names(Phase::ALL)),
            "outcome" => Some(names(Outcome::ALL)),
            _ => None,
        };
        if let Some(members) = property.as_object_mut() {
            members.insert("description".to_owned(), Value::from(about.trim_start_matches("(text) ")));
            if about.starts_with("(text) ") {
                members.insert("$comment".to_owned(), Value::from("text from a manifest, a server or the machine"));
            }
            members.extend(values.map(|values| ("oneOf".to_owned(), values)));
        }
        properties.insert((*name).to_owned(), property);
    }
    properties.insert(
        "mac".to_owned(),
        json!({
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "HMAC-SHA-256 of the line up to this member, under a key derived from the log's key.",
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "A record of the audit log of tokscope: one line of a JSON Lines file. A member without a value is omitted.",
        "type": "object",
        "properties": properties,
        "required": ["time", "event", "phase", "seq", "log", "segment", "prev", "mac"],
        "additionalProperties": false,
    })
}
