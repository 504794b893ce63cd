//! Collections of requests: Postman (2.0 and 2.1, JSON) and Bruno (`.bru`).

use serde_json::Value;

use super::{RecordError, Recorded};

/// How deep the folders of a collection are followed.
const MOST_DEPTH: usize = 64;

/// The requests of a collection, in their order. Variables stand for any value: a leading `{{base_url}}` is left out,
/// so that the path is relative to the base URL, and any other one is a value of its own.
///
/// # Errors
/// When the text is neither a Postman collection nor a Bruno request.
pub fn collection(text: &str) -> Result<Vec<Recorded>, RecordError> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return bruno(text).map(|request| vec![request]).ok_or_else(|| RecordError::Format {
            format: "Postman collection and no Bruno request",
            reason: "it has no block such as `get { url: … }`".to_owned(),
        });
    }
    let wrong = |reason: String| RecordError::Format { format: "Postman collection", reason };
    let document: Value = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    // an export through the API wraps it
    let root = document.get("collection").unwrap_or(&document);
    if root.get("item").is_none() {
        return Err(wrong("it has no `item`".to_owned()));
    }
    let mut requests = Vec::new();
    items(root, MOST_DEPTH, &mut requests);
    Ok(requests)
}

fn items(folder: &Value, depth: usize, requests: &mut Vec<Recorded>) {
    for item in folder.get("item").and_then(Value::as_array).into_iter().flatten() {
        if let Some(request) = item.get("request") {
            // a request may be its URL alone
            let url = request.get("url").unwrap_or(request);
            let raw = url.get("raw").unwrap_or(url).as_str().unwrap_or_default();
            let method = request.get("method").and_then(Value::as_str).unwrap_or("GET");
            requests.extend(filled(raw).and_then(|target| Recorded::new(method, &target)));
        }
        if depth > 0 {
            items(item, depth - 1, requests);
        }
    }
}

/// The one request of a Bruno file.
fn bruno(text: &str) -> Option<Recorded> {
    let mut method = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_suffix('{').map(str::trim) {
            let known = ["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect"];
            method = known.into_iter().find(|known| *known == name);
        } else if let Some(method) = method
            && let Some(url) = line.strip_prefix("url:")
        {
            return Recorded::new(method, &filled(url.trim())?);
        }
    }
    None
}

/// A URL with its variables filled: `{{name}}` and `:name` as a segment.
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
    fn a_postman_collection_with_folders_and_variables() {
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
    fn a_bruno_request() {
        let text =
            "meta {\n  name: one\n}\n\npatch {\n  url: {{base}}/orders/:id\n  body: json\n}\n\nbody:json {\n  {}\n}\n";
        assert_eq!(found(text), "PATCH /orders/value");
    }

    #[test]
    fn what_is_neither() {
        for text in ["", "{", "{}", "get {", "[]", "meta {\n url: /x\n}"] {
            assert!(collection(text).is_err(), "{text}");
        }
    }
}
