//! A manifest's text in one form, comments kept.

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, Table, Value};

/// The most columns of a line; a list that is longer is written one member on a line.
const MOST_COLUMNS: usize = 120;

/// The text in one form: a blank line before each table, at most one between lines, one space around `=` and in
/// lists, a requirement of one alternative written as that alternative. `sort`: endpoints by path and method, scopes by
/// name, each with the comment above it. What it means stays the same, and so does a text that has the form already.
///
/// # Errors
/// What is wrong with the text, where it is no TOML.
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

/// The lines of a comment, each trimmed; blank lines come one at a time, and none at the start unless `leading`.
fn comments(text: &str, leading: bool) -> String {
    let mut lines = String::new();
    let mut blank = !leading;
    // what stands before a key on its line is no line
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

/// What stands behind a value on its line.
fn behind(decor: &Decor) -> String {
    let suffix = decor.suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().trim();
    if suffix.is_empty() { String::new() } else { format!(" {suffix}") }
}

/// `path`: the keys that lead to the table.
fn table(table: &mut Table, first: &mut bool, path: &[&str], sort: bool) {
    if !path.is_empty() && !table.is_implicit() && !table.is_dotted() {
        let before = comments(prefix(table.decor()), false);
        let gap = if *first { "" } else { "\n" };
        let behind = behind(table.decor());
        *table.decor_mut() = Decor::new(format!("{gap}{before}"), behind);
        *first = false;
    }
    let endpoints = matches!(path, ["api", _, "endpoints"]);
    if sort && endpoints {
        table.sort_values_by(|one, _, other, _| place(one.get()).cmp(&place(other.get())));
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
                // the blank line above the first key of a table goes
                let above = comments(prefix(key.leaf_decor()), !start && !path.is_empty());
                let above = if start { above.trim_start_matches('\n').to_owned() } else { above };
                *key.leaf_decor_mut() = Decor::new(above, " ");
                if endpoints {
                    simplify(value);
                }
                let behind = behind(value.decor());
                one_line(value);
                let width = name.len() + 5 + value.to_string().len();
                if let Value::Array(array) = value
                    && width > MOST_COLUMNS
                {
                    several_lines(array);
                }
                *value.decor_mut() = Decor::new(" ", behind);
                start = false;
                *first = false;
            }
            Item::None => {}
        }
    }
}

/// By path, then by method: what belongs together stands together.
fn place(endpoint: &str) -> (&str, &str) {
    endpoint.split_once(' ').map_or((endpoint, ""), |(method, path)| (path, method))
}

/// `{ any_of = ["a"] }`, `{ all_of = ["a"] }` and `["a"]` are `"a"`, unless a comment stands in them.
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

/// Whether a `#` stands in the white space of a value.
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

/// Writes lists and inline tables on one line, unless a comment stands in them.
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
    fn one_form_and_every_comment() {
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
    fn a_long_list_is_written_on_several_lines() {
        let scopes: Vec<String> = (0..30).map(|number| format!("\"scope:{number}\"")).collect();
        let source = format!("[client.c]\nmay_request = [{}]\n", scopes.join(","));
        let formed = format(&source, false).unwrap();
        assert!(formed.contains("may_request = [\n    \"scope:0\",\n    \"scope:1\",\n"), "{formed}");
        assert!(formed.ends_with("    \"scope:29\",\n]\n"), "{formed}");
        assert_eq!(format(&formed, false).unwrap(), formed);
    }

    proptest! {
        #[test]
        fn the_meaning_stays_and_twice_is_once(
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
