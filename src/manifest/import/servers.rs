//! Server URLs of an OpenAPI description.

use super::findings::{SERVER_CHOSEN, SERVER_MISSING, SERVER_PLAIN};
use super::node::Node;
use super::source::Notes;
use crate::manifest::issuer::secure_url;

/// A reserved domain (RFC 2606 §2), used if the description does not name the host.
const NOWHERE: &str = "invalid";

/// Returns the first of `servers` (OpenAPI 3.1 §4.8.5) with the defaults of its variables; the others are reported.
pub(super) fn of_servers(servers: Option<&Node>, notes: &mut Notes) -> Option<String> {
    let servers = servers?.items();
    let (first, others) = servers.split_first()?;
    let url = expand(first);
    if !first.get("variables").map(Node::members).unwrap_or_default().is_empty() {
        notes.add(
            &SERVER_CHOSEN,
            format!("the server URL has variables; with their defaults it is `{url}`"),
            Some("set the base URL with `--base-url`"),
        );
    }
    if !others.is_empty() {
        let others: Vec<String> = others.iter().take(5).map(|server| format!("`{}`", expand(server))).collect();
        notes.add(
            &SERVER_CHOSEN,
            format!("the first of several servers is used, `{url}`; the others are {}", others.join(", ")),
            Some("choose another one with `--base-url`"),
        );
    }
    Some(url)
}

/// Maximum number of servers that a base URL is compared with.
const MAX_SERVERS: usize = 50;

/// Returns the base URLs of `servers`.
pub(super) fn all(servers: Option<&Node>) -> Vec<String> {
    let servers = servers.map(Node::items).unwrap_or_default().iter().take(MAX_SERVERS);
    servers.map(|server| base_url(&expand(server), &mut Notes::default())).collect()
}

/// Whether a base URL stands for one that the description does not name.
pub(super) fn is_placeholder(base_url: &str) -> bool {
    let host = base_url.split_once("://").map_or(base_url, |(_, rest)| rest).split(['/', ':']).next();
    host.is_some_and(|host| host.ends_with(&format!(".{NOWHERE}")))
}

/// Returns the server of Swagger 2.0: `schemes`, `host` and `basePath`.
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

/// Returns a base URL that is valid in a manifest: `https`, without query, fragment and trailing slash. An unknown host
/// is placed below `.invalid`, so that nothing is ever sent to a guessed host.
pub(super) fn base_url(server: &str, notes: &mut Notes) -> String {
    let help = Some("set the base URL with `--base-url`");
    let plain: String = server.chars().filter(|character| !matches!(character, '{' | '}')).collect();
    let plain = plain.split(['?', '#']).next().unwrap_or_default().trim().trim_end_matches('/');
    let plain = if plain.ends_with(':') { "" } else { plain };
    let secure = match plain.strip_prefix("http://") {
        Some(rest) if secure_url(plain).is_err() => {
            notes.add(&SERVER_PLAIN, format!("`{plain}` is imported with `https`"), help);
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
    let reason = match server {
        "" => "the description has no server".to_owned(),
        server => format!("server `{server}` can't be called"),
    };
    notes.add(&SERVER_MISSING, format!("{reason}; `{made}` is used as a placeholder"), help);
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::import::parse::parse;

    #[test]
    fn base_urls_are_valid_in_a_manifest() {
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
    fn server_variables_use_their_defaults() {
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
