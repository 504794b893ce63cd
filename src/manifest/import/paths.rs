//! Path templates as other sources write them.

use crate::manifest::Template;

/// The template of a path, and whether the path had to be adapted: a slash in front, white space percent-encoded, a
/// parameter renamed that occurs twice. The error is a part of a sentence.
pub(super) fn template(path: &str) -> Result<(Template, bool), String> {
    if let Ok(template) = Template::parse(path) {
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
        let (operator, plain) = if let Some(plain) = name.strip_prefix('+') { ("+", plain) } else { ("", name) };
        let mut unique = plain.trim().to_owned();
        let mut number = 1;
        while names.contains(&unique) {
            number += 1;
            unique = format!("{}{number}", plain.trim());
        }
        adapted.push_str(&before.replace(' ', "%20"));
        adapted.push_str(&format!("{{{operator}{unique}}}"));
        names.push(unique);
        rest = after;
    }
    adapted.push_str(&rest.replace(' ', "%20"));
    match Template::parse(&adapted) {
        Ok(template) => Ok((template, true)),
        Err(error) => Err(format!("its path is no template: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_real_descriptions() {
        for (path, written) in [
            ("/orders/{id}", "/orders/{id}"),
            ("v1/{+name}:cancel", "/v1/{+name}:cancel"),
            ("/files/{file_id}#add_shared_link", "/files/{file_id}#add_shared_link"),
            ("/groups/{id}/members/{id}/x/{id}", "/groups/{id}/members/{id2}/x/{id3}"),
            ("/range(deltarows={value}, deltacolumns={value})", "/range(deltarows={value},%20deltacolumns={value2})"),
            ("", "/"),
            ("/a/{ id }", "/a/{id}"),
            ("/drive/root:/{id}:/content", "/drive/root:/{id}:/content"),
        ] {
            assert_eq!(template(path).map(|(template, _)| template.to_string()).as_deref(), Ok(written), "{path}");
        }
        assert!(template("/a/{b").is_err());
        assert!(template("/a\u{202e}").is_err());
    }
}
