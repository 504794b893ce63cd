//! What the paths of an OpenAPI description are relative to.

use super::findings::{SERVER_CHOSEN, SERVER_MISSING, SERVER_PLAIN};
use super::node::Node;
use super::source::Notes;
use crate::manifest::issuer::secure_url;

/// The domain that no server ever has (RFC 2606 §2): it stands for a host that the description does not name.
const NOWHERE: &str = "invalid";

/// The first of `servers` (OpenAPI 3.1 §4.8.5) with the defaults of its variables; the others are noted.
pub(super) fn of_servers(servers: Option<&Node>, notes: &mut Notes) -> Option<String> {
    let servers = servers?.items();
    let (first, others) = servers.split_first()?;
    let url = expand(first);
    if !first.get("variables").map(Node::members).unwrap_or_default().is_empty() {
        notes.add(
            &SERVER_CHOSEN,
            format!("the server has variables, and their defaults make `{url}`"),
            Some("name yours by `--base-url`"),
        );
    }
    if !others.is_empty() {
        let others: Vec<String> = others.iter().take(5).map(|server| format!("`{}`", expand(server))).collect();
        notes.add(
            &SERVER_CHOSEN,
            format!("of several servers the first is taken, `{url}`; there are also {}", others.join(", ")),
            Some("name another by `--base-url`"),
        );
    }
    Some(url)
}

/// `schemes`, `host` and `basePath` of Swagger 2.0.
pub(super) fn of_host(root: &Node) -> String {
    let schemes: Vec<&str> =
        root.get("schemes").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect();
    let scheme = if schemes.is_empty() || schemes.contains(&"https") { "https" } else { "http" };
    let path = root.text_of("basePath").unwrap_or_default();
    root.text_of("host").map_or_else(|| path.to_owned(), |host| format!("{scheme}://{host}{path}"))
}

fn expand(server: &Node) -> String {
    let variables = server.get("variables").map(Node::members).unwrap_or_default();
    variables.iter().fold(server.text_of("url").unwrap_or_default().to_owned(), |url, (name, variable)| {
        let first = variable.get("enum").and_then(|values| values.items().first()).and_then(Node::text);
        match variable.text_of("default").filter(|value| !value.is_empty()).or(first) {
            Some(value) => url.replace(&format!("{{{name}}}"), value),
            None => url,
        }
    })
}

/// A base URL that a manifest can have: `https`, without query, fragment and slash at the end. A host that is not known
/// becomes one below `.invalid`, so that nothing is ever sent to a guess.
pub(super) fn base_url(server: &str, notes: &mut Notes) -> String {
    let help = Some("name it by `--base-url`");
    let plain: String = server.chars().filter(|character| !matches!(character, '{' | '}')).collect();
    let plain = plain.split(['?', '#']).next().unwrap_or_default().trim().trim_end_matches('/');
    let plain = if plain.ends_with(':') { "" } else { plain };
    let secure = match plain.strip_prefix("http://") {
        Some(rest) if secure_url(plain).is_err() => {
            notes.add(&SERVER_PLAIN, format!("`{plain}` is taken as `https`"), help);
            format!("https://{rest}")
        }
        _ => plain.to_owned(),
    };
    let secure = secure.strip_prefix("//").map_or_else(|| secure.clone(), |rest| format!("https://{rest}"));
    if !server.contains('{') && secure_url(&secure).is_ok() {
        return secure;
    }
    let (host, path) = match secure.split_once("://") {
        Some((_, rest)) => {
            rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")))
        }
        None if secure.is_empty() || secure.starts_with('/') => ("server", secure.clone()),
        None => ("server", format!("/{secure}")),
    };
    let host: String = host
        .split(':')
        .next()
        .unwrap_or_default()
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' })
        .collect();
    let host = host.trim_matches(['-', '.']);
    let made = format!("https://{}.{NOWHERE}{path}", if host.is_empty() { "server" } else { host });
    let made = if secure_url(&made).is_ok() { made } else { format!("https://server.{NOWHERE}") };
    let said = match server {
        "" => "the description names no server".to_owned(),
        server => format!("`{server}` is no server that can be called"),
    };
    notes.add(&SERVER_MISSING, format!("{said}: `{made}` stands for it"), help);
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::import::parse::parse;

    #[test]
    fn base_urls_are_such_that_a_manifest_can_have_them() {
        for (server, url) in [
            ("https://api.example.com/v1/", "https://api.example.com/v1"),
            ("http://api.example.com/v1", "https://api.example.com/v1"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("//api.example.com", "https://api.example.com"),
            ("/open-banking/v4", "https://server.invalid/open-banking/v4"),
            ("v4", "https://server.invalid/v4"),
            ("", "https://server.invalid"),
            ("https://", "https://server.invalid"),
            ("https://{tenant}.example.com/v1", "https://tenant.example.com.invalid/v1"),
            ("https://{box-upload}/api", "https://box-upload.invalid/api"),
            ("{apiRoot}/qod", "https://server.invalid/apiRoot/qod"),
            ("wss://api.example.com", "https://api.example.com.invalid"),
            ("https://user:secret@api.example.com/?a#b", "https://user.invalid"),
        ] {
            assert_eq!(base_url(server, &mut Notes::default()), url, "{server}");
            assert!(secure_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn variables_take_their_defaults() {
        let servers = parse(
            b"- {url: 'https://{org}.test/{v}{w}', variables: {org: {default: acme}, v: {enum: [v2, v1]}, w: {}}}\n- {url: /x}",
        );
        let mut notes = Notes::default();
        assert_eq!(of_servers(servers.ok().as_ref(), &mut notes).as_deref(), Some("https://acme.test/v2{w}"));
        assert_eq!(notes.findings().len(), 2);
        for (source, server) in [
            ("{host: a.test, basePath: /v1, schemes: [http, https]}", "https://a.test/v1"),
            ("{host: a.test, schemes: [http]}", "http://a.test"),
            ("{basePath: /v1}", "/v1"),
        ] {
            assert_eq!(of_host(&parse(source.as_bytes()).unwrap()), server);
        }
    }
}
