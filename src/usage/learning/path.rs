//! Templates from paths.

use std::collections::{BTreeMap, BTreeSet};

/// A parameter of unknown name.
const PARAMETER: &str = "{id}";

/// Number of distinct values from which a segment is proposed as a parameter.
const SEVERAL: usize = 3;

/// Whether a segment is a number, a UUID, a long hexadecimal number, an e-mail address, or another long mix of letters and
/// digits.
#[must_use]
pub fn is_identifier(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let is_number = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let groups: Vec<usize> = segment.split('-').map(str::len).collect();
    let is_hex = bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_uuid = is_hex && groups == [8, 4, 4, 4, 12];
    let has_digit = bytes.iter().any(u8::is_ascii_digit);
    let is_long_hex = is_hex && has_digit && bytes.len() >= 12;
    let has_letter = bytes.iter().any(u8::is_ascii_alphabetic);
    let is_word = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let is_mix = is_word && has_digit && has_letter && bytes.len() >= 20;
    is_number || is_uuid || is_long_hex || is_mix || segment.contains('@')
}

/// Returns a path with its identifiers replaced by parameters. Segments with braces are parameters already.
pub(super) fn shape(path: &str) -> String {
    let segments = path.split('/').map(|segment| if is_identifier(segment) { PARAMETER } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Gives distinct names to parameters of unknown name: `/users/{id}/posts/{id}` becomes `/users/{user_id}/posts/{id}`.
pub(super) fn named(shape: &str) -> String {
    let segments: Vec<&str> = shape.split('/').collect();
    let last = segments.iter().rposition(|segment| *segment == PARAMETER);
    let mut taken: BTreeSet<String> =
        segments.iter().filter(|segment| segment.starts_with('{')).map(|segment| (*segment).to_owned()).collect();
    let mut before = "";
    let mut named = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let is_other = *segment == PARAMETER && Some(index) != last;
        let name = match is_other {
            true => {
                let base = format!("{}_id", singular(before));
                let numbered = (2..).map(|number| format!("{{{base}_{number}}}"));
                let free = std::iter::once(format!("{{{base}}}")).chain(numbered).find(|name| !taken.contains(name));
                free.unwrap_or_default()
            }
            false => (*segment).to_owned(),
        };
        if is_other {
            taken.insert(name.clone());
        }
        if !segment.starts_with('{') && !segment.is_empty() {
            before = segment;
        }
        named.push(name);
    }
    named.join("/")
}

/// Returns a word for a parameter: letters and digits, without a plural `s`.
fn singular(word: &str) -> String {
    let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let short = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
    let short = short.or_else(|| word.strip_suffix('s').filter(|stem| !stem.ends_with('s')).map(str::to_owned));
    short.filter(|word| !word.is_empty()).unwrap_or(word)
}

/// Returns whether a path is of the form of a template, in which a segment in braces stands for any one.
pub(super) fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(wanted, found)| {
            (wanted.starts_with('{') && wanted.ends_with('}') && !found.is_empty()) || wanted == found
        })
}

/// Returns templates that would join several paths, which differ only in one segment: the template, and the number of paths.
pub(super) fn proposals<'p>(paths: impl IntoIterator<Item = &'p str>) -> Vec<(String, usize)> {
    let mut groups: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for path in paths {
        let segments: Vec<&str> = path.split('/').collect();
        // the first segment is empty, the second names the collection
        for (index, value) in segments.iter().enumerate().skip(2).filter(|(_, value)| !value.starts_with('{')) {
            let mut joined = segments.clone();
            if let Some(place) = joined.get_mut(index) {
                *place = "{name}";
            }
            groups.entry(joined.join("/")).or_default().insert(value);
        }
    }
    groups
        .into_iter()
        .filter(|(_, values)| values.len() >= SEVERAL)
        .map(|(path, values)| (path, values.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_become_parameters_with_distinct_names() {
        for (path, template) in [
            ("/users/17", "/users/{id}"),
            ("/users/17/posts/8f14e45f-ceea-467f-a0e6-6c3b1d2f9a11", "/users/{user_id}/posts/{id}"),
            ("/users/ana@example.com/categories/4/items/9", "/users/{user_id}/categories/{category_id}/items/{id}"),
            ("/users/1/users/2/users/3", "/users/{user_id}/users/{user_id_2}/users/{id}"),
            ("/users/{name}/posts/5", "/users/{name}/posts/{id}"),
            ("/v2/orders", "/v2/orders"),
            ("/", "/"),
        ] {
            assert_eq!(named(&shape(path)), template, "{path}");
        }
    }

    #[test]
    fn several_values_of_one_segment_are_proposed_as_a_parameter() {
        let paths = ["/teams/red/members", "/teams/blue/members", "/teams/green/members", "/teams/red", "/health"];
        assert_eq!(proposals(paths), [("/teams/{name}/members".to_owned(), 3)]);
        assert!(fits("/teams/{name}/members", "/teams/red/members") && !fits("/teams/{name}", "/teams/red/members"));
    }
}
