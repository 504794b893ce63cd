//! Request collections: Postman (2.0 and 2.1), Insomnia and Bruno (`.bru`, `OpenCollection`, exports).

use super::{RecordError, RecordedRequest};
use crate::manifest::import::{Node, parse};

/// Members that hold requests, or folders of requests, in any of the formats.
const CONTAINERS: &[&str] = &["item", "items", "request", "requests", "http", "resources", "collection", "children"];

/// Maximum number of nodes visited: aliases in YAML can multiply them.
const MAX_NODES: usize = 1_000_000;

/// Reads the requests of a collection, in order. Variables stand for any value: a leading `{{base_url}}` is dropped, so
/// that the path is relative to the base URL, and any other variable is replaced by a value.
///
/// # Errors
/// When the text is not a known collection format, or contains no request.
pub fn collection(text: &str) -> Result<Vec<RecordedRequest>, RecordError> {
    let wrong = |reason: String| RecordError::Format { format: "request collection", reason };
    if let Some(request) = bruno(text.trim_start_matches('\u{feff}')) {
        return Ok(vec![request]);
    }
    let document = parse(text.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    let mut found = Collector { requests: Vec::new(), left: MAX_NODES };
    found.visit(&document).ok_or_else(|| wrong(format!("it has more than {MAX_NODES} nodes")))?;
    if found.requests.is_empty() && CONTAINERS.iter().all(|name| document.get(name).is_none()) {
        return Err(wrong(format!(
            "none of the members {} found, nor a block such as `get {{ url: … }}`",
            CONTAINERS.join(", ")
        )));
    }
    Ok(found.requests)
}

struct Collector {
    requests: Vec<RecordedRequest>,
    left: usize,
}

impl Collector {
    /// Collects the requests of a node and those below it. `None` if there are too many nodes.
    fn visit(&mut self, node: &Node) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        // a request may consist of its URL only
        let url = node.get("url").or_else(|| node.get("request").filter(|request| request.text().is_some()));
        let raw = url.and_then(|url| url.text().map(str::to_owned).or_else(|| assembled(url)));
        let method = node.text_of("method").unwrap_or("GET");
        self.requests.extend(raw.and_then(|raw| filled(&raw)).and_then(|target| RecordedRequest::new(method, &target)));
        for (_, inside) in node.members().iter().filter(|(name, _)| CONTAINERS.contains(&&**name)) {
            inside.items().iter().try_for_each(|item| self.visit(item))?;
            if inside.is_map() {
                self.visit(inside)?;
            }
        }
        Some(())
    }
}

/// Assembles a URL from its parts: `{"raw": …}`, or `{"protocol": "https", "host": ["a", "test"], "path": ["orders",
/// ":id"]}`.
fn assembled(url: &Node) -> Option<String> {
    if let Some(raw) = url.text_of("raw") {
        return Some(raw.to_owned());
    }
    let part = |name: &str, joined: &str| {
        let part = url.get(name)?;
        let items: Vec<&str> = part.items().iter().filter_map(Node::text).collect();
        part.text().map(str::to_owned).or_else(|| (!items.is_empty()).then(|| items.join(joined)))
    };
    let path = part("path", "/")?;
    let host = part("host", ".").unwrap_or_default();
    let protocol = if host.is_empty() || host.starts_with("{{") { "" } else { "https://" };
    Some(format!("{protocol}{host}/{}", path.trim_start_matches('/')))
}

/// Parses the request of a Bruno file.
fn bruno(text: &str) -> Option<RecordedRequest> {
    let mut method = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix('{').map(str::trim) {
            let known = ["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect"];
            method = known.into_iter().find(|known| *known == name);
        } else if let Some(method) = method
            && let Some(url) = line.strip_prefix("url:")
        {
            return RecordedRequest::new(method, &filled(url.trim())?);
        }
    }
    None
}

/// Fills the variables of a URL: `{{name}}`, and `:name` as a segment.
fn filled(url: &str) -> Option<String> {
    let url = Some(url.trim()).filter(|url| !url.is_empty())?;
    let (url, rooted) = match url.strip_prefix("{{").and_then(|after| after.split_once("}}")) {
        Some((_, after)) => (after, false),
        None => (url, url.contains("://")),
    };
    let mut target = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once("{{") {
        target.push_str(before);
        target.push_str("value");
        rest = after.split_once("}}")?.1;
    }
    target.push_str(rest);
    let (path, query) = target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| match segment.strip_prefix(':') {
            Some(name) if !name.is_empty() => "value",
            _ => segment,
        })
        .collect();
    let path = segments.join("/");
    let path = if rooted || path.starts_with('/') { path } else { format!("/{path}") };
    Some(query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        let requests = collection(text).unwrap();
        let shown: Vec<String> = requests.iter().map(|one| format!("{} {}", one.method, one.target)).collect();
        shown.join("|")
    }

    #[test]
    fn postman_collections_with_folders_and_variables_are_read() {
        let text = r#"{"info":{"name":"x"},"item":[
            {"name":"folder","item":[
                {"request":{"method":"POST","url":{"raw":"{{baseUrl}}/orders/:id/items?full={{full}}","path":["orders"]}}},
                {"request":{"method":"GET","url":"https://{{host}}/v1/x"}}]},
            {"request":"{{baseUrl}}"},
            {"request":{"method":"GET","url":{}}}]}"#;
        assert_eq!(found(text), "POST /orders/value/items?full=value|GET https://value/v1/x|GET /");
        assert_eq!(found(r#"{"collection":{"item":[]}}"#), "");
    }

    #[test]
    fn bruno_requests_are_read() {
        let text =
            "meta {\n  name: one\n}\n\npatch {\n  url: {{base}}/orders/:id\n  body: json\n}\n\nbody:json {\n  {}\n}\n";
        assert_eq!(found(text), "PATCH /orders/value");
    }

    #[test]
    fn collections_of_other_programs_are_read() {
        for (text, expected) in [
            // OpenCollection, a file for each request
            (
                "info:\n  name: one\n  type: http\nhttp:\n  method: put\n  url: '{{base}}/orders/:id'\n",
                "PUT /orders/value",
            ),
            // Insomnia 4 and 5
            (
                r#"{"_type":"export","resources":[{"_type":"request","method":"GET","url":"{{ _.base }}/x"},{"_type":"workspace"}]}"#,
                "GET /x",
            ),
            (
                "type: collection.insomnia.rest/5.0\ncollection:\n  - name: folder\n    children:\n      - url: https://a.test/y\n        method: DELETE\n",
                "DELETE https://a.test/y",
            ),
            // an export of Bruno
            (r#"{"name":"c","items":[{"type":"http","request":{"method":"POST","url":"{{b}}/z"}}]}"#, "POST /z"),
            // Postman without `raw`, with saved responses
            (
                r#"{"item":[{"request":{"method":"GET","url":{"host":["{{b}}"],"path":["x",":id"]}},"response":[{"originalRequest":{"method":"GET","url":"/no"}}]}]}"#,
                "GET /x/value",
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        let mut laughs = "a: &l0 {method: GET, url: /x}\n".to_owned();
        for level in 1..40 {
            laughs.push_str(&format!("b{level}: &l{level} {{item: [{0}, {0}, {0}]}}\n", format!("*l{}", level - 1)));
        }
        laughs.push_str("item: [*l39]\n");
        assert!(collection(&laughs).unwrap_err().to_string().contains("more than"));
    }

    #[test]
    fn other_documents_are_rejected() {
        for text in ["", "{", "{}", "get {", "[]", "meta {\n url: /x\n}"] {
            assert!(collection(text).is_err(), "{text}");
        }
    }
}
