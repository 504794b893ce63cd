//! Endpoints of Model Context Protocol servers: `MCP tools/call search`, `MCP tools/list`. A server has one URL, so the
//! JSON-RPC method and the name of the tool or prompt identify an endpoint.

use super::Endpoint;

/// Used in place of an HTTP method.
pub(super) const METHOD: &str = "MCP";

/// Methods of three parts, which would otherwise read as a method and a name.
const LONG_METHODS: &[&str] = &["resources/templates/list"];

/// Returns the path template for `tools/call search`: `/tools/call/search`, and for `tools/list`: `/tools/list`. `None` if
/// the string is not a method, or a method and a name.
pub(super) fn path(text: &str) -> Option<String> {
    if text.starts_with('/') {
        return Some(text.to_owned());
    }
    let (method, name) = match text.split_once(' ') {
        Some((method, name)) => (method, Some(name.trim())),
        None => (text, None),
    };
    let is_word = |part: &str| !part.is_empty() && !part.contains(['/', ' ', '{', '}', '#', '?']);
    let is_method = match method.split_once('/') {
        Some((first, second)) => is_word(first) && is_word(second),
        None => false,
    };
    match name {
        Some(name) => (is_method && is_word(name)).then(|| format!("/{method}/{name}")),
        None => (is_method || LONG_METHODS.contains(&method)).then(|| format!("/{method}")),
    }
}

impl Endpoint {
    /// Returns the JSON-RPC method, and the name if it has one, if this is an endpoint of a Model Context Protocol server.
    #[must_use]
    pub fn mcp(&self) -> Option<(&str, Option<&str>)> {
        let path = self.template.as_str().strip_prefix('/').filter(|_| self.method == METHOD)?;
        let (method, name) = path.rsplit_once('/')?;
        let has_name = method.contains('/') && !LONG_METHODS.contains(&path);
        Some(if has_name { (method, Some(name)) } else { (path, None) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mcp_tools_are_routed_as_endpoints() {
        let source = "[api.m]\nbase_url = \"https://m.test/mcp\"\n[api.m.scopes]\n\"files:read\" = {}\n[api.m.endpoints]\n\
                      \"MCP tools/call search\" = \"files:read\"\n\"MCP tools/call list\" = \"files:read\"\n\
                      \"MCP tools/list\" = []\n\"MCP resources/templates/list\" = []\n";
        let manifest = super::super::parse(source).manifest.unwrap();
        for (endpoint, operation) in [
            ("MCP tools/call search", ("tools/call", Some("search"))),
            ("MCP tools/call list", ("tools/call", Some("list"))),
            ("MCP tools/list", ("tools/list", None)),
            ("MCP resources/templates/list", ("resources/templates/list", None)),
        ] {
            let route = manifest.route(endpoint, None).unwrap();
            assert_eq!(route.endpoint.to_string(), endpoint);
            assert_eq!(route.endpoint.mcp(), Some(operation));
        }
        assert!(manifest.route("MCP tools/call other", None).is_err());
        for wrong in ["tools", "tools call x", "tools/call a/b", "tools/call {x}", "tools/call/x", "tools/", ""] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
    }
}
