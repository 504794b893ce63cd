//! Two tokens compared: scopes and claims.

use crate::text::visible;
use crate::token::Json;
use crate::tui::item::{Item, Tone};
use crate::tui::model::{Model, SessionToken};

/// Compares two tokens of the session, given by their indices.
pub(super) fn diff(model: &Model, left: usize, right: usize) -> Vec<Item> {
    let (Some(left), Some(right)) = (model.tokens.get(left), model.tokens.get(right)) else {
        return vec![Item::muted("one of the tokens is gone")];
    };
    let name = |held: &SessionToken| Model::name_of(&held.token, "~");
    let mut items = vec![
        Item::new(Tone::Bad, "- ").and(Tone::Heading, name(left)),
        Item::new(Tone::Good, "+ ").and(Tone::Heading, name(right)),
        Item::default(),
        Item::heading("scopes"),
    ];
    let (old, new) = (left.token.scopes(), right.token.scopes());
    for scope in old.union(&new).iter() {
        let (mark, tone) = match (old.contains(scope.as_str()), new.contains(scope.as_str())) {
            (true, true) => ("  ", Tone::Muted),
            (true, false) => ("- ", Tone::Bad),
            (false, _) => ("+ ", Tone::Good),
        };
        items.push(Item::new(tone, format!("  {mark}{scope}")).copies(scope.as_str(), scope.as_str()));
    }
    if old.is_empty() && new.is_empty() {
        items.push(Item::muted("    none in either token"));
    }
    items.push(Item::default());
    items.push(Item::heading("claims"));
    items.extend(claims(left.token.decoded.claims(), right.token.decoded.claims()));
    items
}

/// Compares claims by name. Claims that are the same are counted.
fn claims(left: Option<&Json>, right: Option<&Json>) -> Vec<Item> {
    let (Some(left), Some(right)) = (left, right) else {
        return vec![Item::muted("    at least one of the tokens has no readable claims")];
    };
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in left.members().iter().chain(right.members()) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let width = names.iter().map(|name| name.chars().count()).filter(|width| *width <= 16).max().unwrap_or_default();
    let line = |tone: Tone, mark: &str, name: &str, value: &Json| {
        Item::new(tone, format!("  {mark} "))
            .and(Tone::Key, format!("{:<width$}  ", visible(name)))
            .and(tone, visible(&value.to_string()))
            .indent(width + 6)
            .copies(visible(name), value.to_string())
    };
    let mut items = Vec::new();
    let mut same = 0;
    for name in names {
        match (left.get(name), right.get(name)) {
            (Some(old), Some(new)) if old == new => same += 1,
            (old, new) => {
                items.extend(old.map(|old| line(Tone::Bad, "-", name, old)));
                items.extend(new.map(|new| line(Tone::Good, "+", name, new)));
            }
        }
    }
    if same > 0 {
        items.push(Item::muted(format!("    {same} the same")));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_that_differ_are_shown_with_both_values() {
        let parse = |text: &str| Json::parse(text).unwrap();
        let (left, right) = (parse(r#"{"a":1,"b":"x","c":[1]}"#), parse(r#"{"b":"y","a":1,"d":null}"#));
        let lines: Vec<String> = claims(Some(&left), Some(&right)).iter().map(Item::text).collect();
        assert_eq!(lines, ["  - b  \"x\"", "  + b  \"y\"", "  - c  [1]", "  + d  null", "    1 the same"]);
    }
}
