//! Overlays: changes that are applied to a description before it is read (Overlay 1.1.0; targets are `JSONPath`, RFC 9535).

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::node::Node;
use super::parse::parse;

/// Maximum number of actions of an overlay.
const MAX_ACTIONS: usize = 10_000;

/// Maximum number of values of the description times the number of actions, each of which may look at all of them.
const MAX_VISITED: usize = 200_000_000;

/// Maximum number of values that the actions of an overlay change or add, in total.
const MAX_CHANGED: usize = 1_000_000;

/// Maximum number of `..` in a path, since each multiplies the work.
const MAX_DESCENTS: usize = 2;

/// Maximum nesting after an action.
const DEPTH: usize = 100;

/// What an overlay did.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Targets of actions that selected nothing.
    pub(super) unmatched: Vec<String>,
}

/// Applies the actions of an overlay, in order. The error is a message without the overlay's name.
pub(super) fn apply(root: &Node, overlay: &[u8]) -> Result<(Node, Applied), String> {
    let overlay = parse(overlay).map_err(|error| error.to_string())?;
    let version = overlay.text_of("overlay").ok_or("it is not an overlay: `overlay` is missing")?;
    if !version.starts_with("1.") {
        return Err(format!("version `{version}` of Overlay is not supported"));
    }
    let actions = overlay.get("actions").map(Node::items).unwrap_or_default();
    if actions.len() > MAX_ACTIONS {
        return Err(format!("it has more than {MAX_ACTIONS} actions"));
    }
    let mut document = value_of(root);
    let mut applied = Applied::default();
    if size(&document).saturating_mul(actions.len()) > MAX_VISITED {
        return Err("it has too many actions for a description of this size".to_owned());
    }
    let mut left = MAX_CHANGED;
    for action in actions {
        let target = action.text_of("target").ok_or("an action has no `target`")?;
        let path = |text: &str| {
            if text.matches("..").count() > MAX_DESCENTS {
                return Err(format!("`{text}` has more than {MAX_DESCENTS} descendant segments"));
            }
            JsonPath::parse(text).map_err(|error| format!("`{text}` is not a JSONPath: {error}"))
        };
        let selected = path(target)?.query_located(&document);
        let pointers: Vec<String> = selected.iter().map(|one| one.location().to_json_pointer()).collect();
        if pointers.is_empty() {
            applied.unmatched.push(target.to_owned());
        }
        let update = if action.get("remove").is_some_and(Node::is_true) {
            None
        } else if let Some(from) = action.text_of("copy") {
            let found = path(from)?.query(&document).all();
            let [only] = found.as_slice() else {
                return Err(format!("`copy` of an action must select one value, but `{from}` selects {}", found.len()));
            };
            Some((*only).clone())
        } else {
            let Some(update) = action.get("update") else { continue };
            Some(value_of(update))
        };
        let cost = update.as_ref().map_or(1, size);
        left = pointers
            .len()
            .checked_mul(cost)
            .and_then(|cost| left.checked_sub(cost))
            .ok_or_else(|| format!("it changes more than {MAX_CHANGED} values"))?;
        let added = update.as_ref().map_or(0, depth);
        if pointers.iter().any(|pointer| pointer.matches('/').count() + added > DEPTH) {
            return Err("it nests values too deeply".to_owned());
        }
        match update {
            Some(update) => {
                for pointer in &pointers {
                    if let Some(target) = document.pointer_mut(pointer) {
                        merge(target, &update);
                    }
                }
            }
            None => remove(&mut document, &pointers),
        }
    }
    Ok((node_of(&document), applied))
}

/// Merges an update into its target: objects by member, arrays by appending, other values by replacing.
fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (name, value) in update {
                match target.get_mut(name) {
                    Some(known) => merge(known, value),
                    None => {
                        target.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (Value::Array(target), update) => target.push(update.clone()),
        (target, update) => *target = update.clone(),
    }
}

/// Removes values from the arrays and objects that contain them, the deepest first, so that positions stay valid.
fn remove(document: &mut Value, pointers: &[String]) {
    let mut parents: HashMap<&str, HashSet<String>> = HashMap::new();
    for (parent, name) in pointers.iter().filter_map(|pointer| pointer.rsplit_once('/')) {
        parents.entry(parent).or_default().insert(name.replace("~1", "/").replace("~0", "~"));
    }
    let mut parents: Vec<(&str, HashSet<String>)> = parents.into_iter().collect();
    parents.sort_by_key(|(parent, _)| std::cmp::Reverse(parent.matches('/').count()));
    for (parent, names) in parents {
        match document.pointer_mut(parent) {
            Some(Value::Object(members)) => members.retain(|name, _| !names.contains(name)),
            Some(Value::Array(items)) => {
                let mut index = 0_usize..;
                items.retain(|_| !index.next().is_some_and(|index| names.contains(&index.to_string())));
            }
            _ => {}
        }
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn value_of(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Text(text) => Value::String((**text).to_owned()),
        Node::List(items) => Value::Array(items.iter().map(value_of).collect()),
        Node::Map(members) => Value::Object(
            members.iter().map(|(name, value)| ((**name).to_owned(), value_of(value))).collect::<Map<_, _>>(),
        ),
    }
}

fn node_of(value: &Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::String(text) => Node::Text(text.as_str().into()),
        Value::Number(number) => Node::Text(number.to_string().into()),
        Value::Array(items) => Node::List(items.iter().map(node_of).collect()),
        Value::Object(members) => {
            Node::Map(members.iter().map(|(name, value)| (name.as_str().into(), node_of(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(document: &str, actions: &str) -> Result<(Node, Vec<String>), String> {
        let overlay = format!("overlay: 1.1.0\nactions: {actions}");
        let (node, applied) = apply(&parse(document.as_bytes()).unwrap(), overlay.as_bytes())?;
        Ok((node, applied.unmatched))
    }

    #[test]
    fn actions_update_copy_and_remove() {
        for (document, actions, expected) in [
            ("{a: {b: [x]}}", "[{target: $.a, update: {b: [y], c: z}}]", "{a: {b: [x, y], c: z}}"),
            ("{a: [x]}", "[{target: $.a, update: y}]", "{a: [x, y]}"),
            ("{a: x}", "[{target: $.a, update: y}]", "{a: y}"),
            ("{a: [x, y, z]}", "[{target: '$.a[?@ != \"y\"]', remove: true}]", "{a: [y]}"),
            (
                "{p: {/x: {get: {}}, /y: {}}}",
                "[{target: '$.p.*.get', update: {s: [a]}}]",
                "{p: {/x: {get: {s: [a]}}, /y: {}}}",
            ),
            ("{a: {x: 1}, b: {}}", "[{target: $.b, copy: $.a}]", "{a: {x: 1}, b: {x: 1}}"),
            ("{a: 1, b: 2}", "[{target: $.a, remove: true, update: 3}]", "{b: 2}"),
        ] {
            let (node, unmatched) = applied(document, actions).unwrap();
            assert_eq!(node, parse(expected.as_bytes()).unwrap(), "{document} {actions}");
            assert_eq!(unmatched, [] as [&str; 0]);
        }
        assert_eq!(applied("{a: 1}", "[{target: $.b, update: 2}]").unwrap().1, ["$.b"]);
    }

    #[test]
    fn wrong_overlays_are_rejected() {
        for (actions, expected) in [
            ("[{update: 1}]", "an action has no `target`"),
            ("[{target: 'a b', update: 1}]", "`a b` is not a JSONPath"),
            ("[{target: $.a, copy: $.b.*}]", "must select one value, but `$.b.*` selects 2"),
        ] {
            let error = applied("{a: 1, b: {x: 1, y: 2}}", actions).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert!(apply(&Node::Null, b"openapi: 3.0.0").unwrap_err().contains("not an overlay"));
        assert!(apply(&Node::Null, b"overlay: 2.0.0").unwrap_err().contains("`2.0.0`"));
    }

    #[test]
    fn growth_is_bounded() {
        let actions: Vec<String> = (0..40).map(|_| "{target: $.a, copy: $.a}".to_owned()).collect();
        let error = applied("{a: [1, 2]}", &format!("[{}]", actions.join(", "))).unwrap_err();
        assert!(error.contains("more than 1000000 values"), "{error}");
        let actions: Vec<String> =
            (0..40).map(|_| "{target: $..z, update: {z: {z: {z: {z: {z: 1}}}}}}".to_owned()).collect();
        assert!(applied("{z: {}}", &format!("[{}]", actions.join(", "))).is_err());
    }
}
