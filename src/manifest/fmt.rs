//! Formatter for a manifest, which keeps comments.

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, Table, Value};

/// Maximum line width in columns; a longer array is written with one element per line.
const MAX_COLUMNS: usize = 120;

/// Formats the manifest: a blank line before each table, at most one between lines, one space around `=` and inside
/// arrays, a requirement with one alternative written as that alternative. With `sort`, endpoints are sorted by path
/// and method and scopes by name, each with the comment above it. The meaning does not change; formatted text is
/// returned unchanged.
///
/// # Errors
/// Describes the syntax error if the text is not valid TOML.
pub fn format(source: &str, sort: bool) -> Result<String, String> {
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut document: DocumentMut = source.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let mut first = true;
    table(document.as_table_mut(), &mut first, &[], sort);
    let trailing = comments(document.trailing().as_str().unwrap_or_default(), true);
    document.set_trailing(trailing);
    let text = document.to_string();
    Ok(format!("{}\n", text.trim_matches('\n')).trim_start_matches('\n').to_owned())
}

/// Returns the lines of a comment, trimmed. Consecutive blank lines are collapsed, and leading ones dropped unless
/// `leading`.
fn comments(text: &str, leading: bool) -> String {
    let mut lines = String::new();
    let mut blank = !leading;
    // text before a key on the same line is not a line
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n') || line.contains('#'));
    for line in whole.map(str::trim) {
        if line.is_empty() {
            if !blank {
                lines.push('\n');
            }
            blank = true;
        } else {
            lines.push_str(line);
            lines.push('\n');
            blank = false;
        }
    }
    lines
}

fn prefix(decor: &Decor) -> &str {
    decor.prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default()
}

/// Returns the comment after a value on its line.
fn trailing_comment(decor: &Decor) -> String {
    let suffix = decor.suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().trim();
    if suffix.is_empty() { String::new() } else { format!(" {suffix}") }
}

/// Formats a table and those below it. `path` holds the keys that lead to the table.
fn table(table: &mut Table, first: &mut bool, path: &[&str], sort: bool) {
    if !path.is_empty() && !table.is_implicit() && !table.is_dotted() {
        let before = comments(prefix(table.decor()), false);
        let gap = if *first { "" } else { "\n" };
        let comment = trailing_comment(table.decor());
        *table.decor_mut() = Decor::new(format!("{gap}{before}"), comment);
        *first = false;
    }
    let endpoints = matches!(path, ["api", _, "endpoints"]);
    if sort && endpoints {
        table.sort_values_by(|one, _, other, _| sort_key(one.get()).cmp(&sort_key(other.get())));
    }
    if sort && matches!(path, ["api", _, "scopes"]) {
        table.sort_values_by(|one, _, other, _| one.get().cmp(other.get()));
    }
    let mut start = true;
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for name in &keys {
        let Some((mut key, item)) = table.get_key_value_mut(name) else { continue };
        let deeper: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        match item {
            Item::Table(inner) if !inner.is_dotted() => {
                *key.leaf_decor_mut() = Decor::default();
                *key.dotted_decor_mut() = Decor::default();
                self::table(inner, first, &deeper, sort);
            }
            Item::Table(inner) => self::table(inner, &mut true, &deeper, sort),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|inner| self::table(inner, first, &deeper, sort)),
            Item::Value(value) => {
                // drop the blank line above the first key of a table
                let above = comments(prefix(key.leaf_decor()), !start && !path.is_empty());
                let above = if start { above.trim_start_matches('\n').to_owned() } else { above };
                *key.leaf_decor_mut() = Decor::new(above, " ");
                if endpoints {
                    simplify(value);
                }
                let comment = trailing_comment(value.decor());
                one_line(value);
                let width = name.len() + 5 + value.to_string().len();
                if let Value::Array(array) = value
                    && width > MAX_COLUMNS
                {
                    several_lines(array);
                }
                *value.decor_mut() = Decor::new(" ", comment);
                start = false;
                *first = false;
            }
            Item::None => {}
        }
    }
}

/// Sort key of an endpoint: path, then method.
fn sort_key(endpoint: &str) -> (&str, &str) {
    endpoint.split_once(' ').map_or((endpoint, ""), |(method, path)| (path, method))
}

/// Simplifies `{ any_of = ["a"] }`, `{ all_of = ["a"] }` and `["a"]` to `"a"`, unless they contain a comment.
fn simplify(value: &mut Value) {
    if has_comment(value) {
        return;
    }
    if let Value::InlineTable(details) = value
        && details.len() == 1
    {
        let inner = match (details.get("any_of"), details.get("all_of")) {
            (Some(Value::Array(any)), None) if any.len() == 1 => any.get(0).cloned(),
            (Some(Value::String(_)), None) | (None, Some(_)) => details.iter().next().map(|(_, inner)| inner.clone()),
            _ => None,
        };
        if let Some(inner) = inner {
            let decor = value.decor().clone();
            *value = inner;
            *value.decor_mut() = decor;
        }
    }
    if let Value::Array(list) = value
        && list.len() == 1
        && let Some(only @ Value::String(_)) = list.get(0).cloned()
    {
        let decor = value.decor().clone();
        *value = only;
        *value.decor_mut() = decor;
    }
}

/// Whether the white space of a value contains a comment.
fn has_comment(value: &Value) -> bool {
    let marked = |decor: &Decor| {
        let texts = [decor.prefix(), decor.suffix()].into_iter().flatten();
        texts.filter_map(|text| text.as_str()).any(|text| text.contains('#'))
    };
    match value {
        Value::Array(array) => {
            array.trailing().as_str().is_some_and(|text| text.contains('#'))
                || array.iter().any(|member| marked(member.decor()) || has_comment(member))
        }
        Value::InlineTable(inner) => {
            inner.trailing().as_str().is_some_and(|text| text.contains('#'))
                || inner.iter().any(|(name, member)| {
                    inner.key(name).is_some_and(|key| marked(key.leaf_decor()))
                        || marked(member.decor())
                        || has_comment(member)
                })
        }
        _ => false,
    }
}

/// Writes arrays and inline tables on one line, unless they contain a comment.
fn one_line(value: &mut Value) {
    if has_comment(value) {
        return;
    }
    match value {
        Value::Array(array) => list(array),
        Value::InlineTable(inner) => members(inner),
        _ => {}
    }
}

fn list(array: &mut Array) {
    for (index, member) in array.iter_mut().enumerate() {
        one_line(member);
        *member.decor_mut() = Decor::new(if index == 0 { "" } else { " " }, "");
    }
    array.set_trailing("");
    array.set_trailing_comma(false);
}

fn several_lines(array: &mut Array) {
    if array.iter().any(has_comment) || array.trailing().as_str().is_some_and(|text| text.contains('#')) {
        return;
    }
    for member in array.iter_mut() {
        *member.decor_mut() = Decor::new("\n    ", "");
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
}

fn members(inner: &mut InlineTable) {
    let last = inner.len().saturating_sub(1);
    for (index, (mut key, member)) in inner.iter_mut().enumerate() {
        one_line(member);
        *key.leaf_decor_mut() = Decor::new(" ", " ");
        *member.decor_mut() = Decor::new(" ", if index == last { " " } else { "" });
    }
    inner.set_trailing("");
    inner.set_trailing_comma(false);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::format;
    use crate::manifest::{diff, parse};

    const SOURCE: &str = "\u{feff}\n\n# the orders API\r\n[ api.orders ]   # here\n\n\nbase_url='https://a.test'\n   # who may\n\
        title   =   \"Orders\"   # shown\n[api.orders.scopes]\n\"w\"={risk=\"high\",implies=[ \"r\" , ]}\n# read\nr = { }\n\n\n\n\
        [api.orders.endpoints]\n# second\n\"POST /b\" = { any_of = [ \"w\" ] }\n\"GET /b\"=[\"r\",\n  # why\n  \"w\"]\n\
        \"GET /a\" = [ \"r\" ]  # first\n\"PUT /a\" = {any_of=[\"r\",[\"r\",\"w\"]],summary=\"x\"}\n\n\n# the end\n";

    const FORMED: &str = "# the orders API\n[api.orders] # here\nbase_url = 'https://a.test'\n# who may\n\
        title = \"Orders\" # shown\n\n[api.orders.scopes]\n\"w\" = { risk = \"high\", implies = [\"r\"] }\n# read\nr = {}\n\n\
        [api.orders.endpoints]\n# second\n\"POST /b\" = \"w\"\n\"GET /b\" = [\"r\",\n  # why\n  \"w\"]\n\
        \"GET /a\" = \"r\" # first\n\"PUT /a\" = { any_of = [\"r\", [\"r\", \"w\"]], summary = \"x\" }\n\n# the end\n";

    #[test]
    fn formatting_is_canonical_and_keeps_comments() {
        assert_eq!(format(SOURCE, false).unwrap(), FORMED);
        assert_eq!(format(FORMED, false).unwrap(), FORMED);
        let sorted = format(SOURCE, true).unwrap();
        let at = |text: &str| sorted.find(text).unwrap();
        assert!(at("\"GET /a\"") < at("\"PUT /a\"") && at("\"PUT /a\"") < at("# why") && at("# why") < at("# second"));
        assert!(
            at("# second") < at("\"POST /b\"") && at("# read") < at("\nr = {}") && at("\nr = {}") < at("\"w\" = {")
        );
        assert_eq!(format(&sorted, true).unwrap(), sorted);
        assert!(format("[a", false).is_err());
    }

    #[test]
    fn long_arrays_are_split_over_lines() {
        let scopes: Vec<String> = (0..30).map(|number| format!("\"scope:{number}\"")).collect();
        let source = format!("[client.c]\nmay_request = [{}]\n", scopes.join(","));
        let formed = format(&source, false).unwrap();
        assert!(formed.contains("may_request = [\n    \"scope:0\",\n    \"scope:1\",\n"), "{formed}");
        assert!(formed.ends_with("    \"scope:29\",\n]\n"), "{formed}");
        assert_eq!(format(&formed, false).unwrap(), formed);
    }

    proptest! {
        #[test]
        fn formatting_is_idempotent_and_keeps_the_meaning(
            places in prop::collection::vec((0usize..600, "[ \n\t]{0,3}|# x\n"), 0..4),
            sort in any::<bool>(),
        ) {
            let mut source = FORMED.to_owned();
            for (place, text) in places {
                if source.is_char_boundary(place.min(source.len())) {
                    source.insert_str(place.min(source.len()), &text);
                }
            }
            let Ok(once) = format(&source, sort) else { return Ok(()) };
            prop_assert_eq!(&format(&once, sort).unwrap(), &once);
            prop_assert_eq!(source.matches('#').count(), once.matches('#').count());
            if let (Some(before), after) = (parse(&source).manifest, parse(&once)) {
                let after = after.manifest.unwrap_or_else(|| panic!("{:?} {once}", after.findings));
                prop_assert_eq!(diff(&before, &after), vec![]);
            }
        }
    }
}
