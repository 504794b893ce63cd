//! Path templates of API descriptions.

use crate::manifest::Template;

/// Parses a path, and returns whether it had to be adapted: leading slash added, white space and stray braces
/// percent-encoded, repeated parameters renamed, patterns of parameters dropped (`{id: [0-9]+}`). The error is part of
/// a sentence.
pub(super) fn template(path: &str) -> Result<(Template, bool), String> {
    if !path.contains("+}")
        && let Ok(template) = Template::parse(path)
    {
        return Ok((template, false));
    }
    let mut adapted = String::with_capacity(path.len() + 8);
    if !path.starts_with('/') {
        adapted.push('/');
    }
    let mut names: Vec<String> = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        // the rest of the path: `{+name}` of RFC 6570, `{name+}` of Amazon API Gateway
        let greedy = name.strip_prefix('+').or_else(|| name.strip_suffix('+').filter(|name| !name.contains(':')));
        let (operator, name) = greedy.map_or(("", name), |plain| ("+", plain));
        let plain = name.split(':').next().unwrap_or_default().trim();
        let mut unique = plain.to_owned();
        let mut number = 1;
        while names.contains(&unique) {
            number += 1;
            unique = format!("{plain}{number}");
        }
        encode(before, &mut adapted);
        adapted.push_str(&format!("{{{operator}{unique}}}"));
        names.push(unique);
        rest = after;
    }
    encode(rest, &mut adapted);
    match Template::parse(&adapted) {
        Ok(template) => Ok((template, true)),
        Err(error) => Err(format!("its path is not a valid template: {error}")),
    }
}

/// Percent-encodes characters that are not allowed in a template's literals.
fn encode(literal: &str, adapted: &mut String) {
    for character in literal.chars() {
        match character {
            ' ' => adapted.push_str("%20"),
            '{' => adapted.push_str("%7B"),
            '}' => adapted.push_str("%7D"),
            other => adapted.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_real_descriptions_are_adapted() {
        for (path, written) in [
            ("/orders/{id}", "/orders/{id}"),
            ("v1/{+name}:cancel", "/v1/{+name}:cancel"),
            ("/files/{file_id}#add_shared_link", "/files/{file_id}#add_shared_link"),
            ("/groups/{id}/members/{id}/x/{id}", "/groups/{id}/members/{id2}/x/{id3}"),
            ("/range(deltarows={value}, deltacolumns={value})", "/range(deltarows={value},%20deltacolumns={value2})"),
            ("", "/"),
            ("/chats/{id}}/reply", "/chats/{id}%7D/reply"),
            ("/instances/{type: [^-]+}-{version}", "/instances/{type}-{version}"),
            ("/a/{ id }", "/a/{id}"),
            // Amazon API Gateway
            ("/{proxy+}", "/{+proxy}"),
            ("/drive/root:/{id}:/content", "/drive/root:/{id}:/content"),
        ] {
            assert_eq!(template(path).map(|(template, _)| template.to_string()).as_deref(), Ok(written), "{path}");
        }
        assert_eq!(template("/a/{b").map(|(template, _)| template.to_string()).as_deref(), Ok("/a/%7Bb"));
        assert!(template("/x/{}").is_err());
        assert!(template("/a\u{202e}").is_err());
    }
}
