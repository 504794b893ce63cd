//! JSON from a server, parsed without ambiguity: an object with duplicate names is refused.
//!
//! `serde_json` uses the last of two members with the same name, other parsers the first. Parameters "MUST NOT be
//! included more than once" (RFC 6749 §3.2); the same is required here of metadata and key sets.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

/// Reason why a document is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not JSON (RFC 8259).
    #[error("it is not JSON")]
    NotJson,
    /// An object has a duplicate name.
    #[error("it has a duplicate member, and parsers differ in which value they use")]
    Repeated,
}

/// Parses a JSON document.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    let mut repeated = false;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Unambiguous { repeated: &mut repeated }.deserialize(&mut deserializer);
    match value.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) if repeated => Err(Fault::Repeated),
        Err(_) => Err(Fault::NotJson),
    }
}

/// Visitor that builds a value and records whether it stopped at a duplicate name. The parser limits the depth.
struct Unambiguous<'r> {
    repeated: &'r mut bool,
}

impl<'de> DeserializeSeed<'de> for Unambiguous<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unambiguous<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Unambiguous { repeated: &mut *self.repeated })? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Unambiguous { repeated: &mut *self.repeated })?;
            if object.insert(name, value).is_some() {
                *self.repeated = true;
                return Err(A::Error::custom("repeated"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_names_are_refused_at_any_depth() {
        for text in [
            r#"{"access_token":"a","access_token":"b"}"#,
            r#"{"access_token":"a","access_token":"a"}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":[{"b":{"c":1,"d":2,"c":3}}]}"#,
        ] {
            assert_eq!(parse(text.as_bytes()), Err(Fault::Repeated), "{text}");
        }
        for text in ["", "{", r#"{"a":1}x"#, r#"{"a":1,}"#, "{\"a\":1e999}", r#"{"a":1,"b":"#, "\u{feff}{}"] {
            assert_eq!(parse(text.as_bytes()), Err(Fault::NotJson), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(parse(deep.as_bytes()), Err(Fault::NotJson));
    }

    #[test]
    fn other_documents_parse_as_with_serde_json() {
        let text =
            r#"{"a":[null,true,-1,18446744073709551615,1.5e3,"\u00e9\ud83d\ude00",{"a":{}}],"A":{"a":[]},"b":""}"#;
        assert_eq!(parse(text.as_bytes()), Ok(serde_json::from_str(text).unwrap()));
    }
}
