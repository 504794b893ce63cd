//! Endpoints of Model Context Protocol servers: `MCP tools/call search`. A server has one URL, so its endpoints are
//! told apart by JSON-RPC method and the name of the tool, prompt or resource.

use super::Endpoint;

/// Used in place of an HTTP method.
pub(super) const METHOD: &str = "MCP";

/// Returns the path template for `tools/call search`: `/tools/call/search`. `None` if the string is not a two-part
/// method and a name.
pub(super) fn path(text: &str) -> Option<String> {
    if text.starts_with('/') {
        return Some(text.to_owned());
    }
    let (method, name) = text.split_once(' ')?;
    let name = name.trim();
    let named = |part: &str| !part.is_empty() && !part.contains(['/', ' ', '{', '}', '#', '?']);
    let (first, second) = method.split_once('/')?;
    (named(first) && named(second) && named(name)).then(|| format!("/{method}/{name}"))
}

impl Endpoint {
    /// Returns the JSON-RPC method and the name, if this is an endpoint of a Model Context Protocol server.
    #[must_use]
    pub fn mcp(&self) -> Option<(&str, &str)> {
        let path = self.template.as_str().strip_prefix('/').filter(|_| self.method == METHOD)?;
        path.rsplit_once('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mcp_tools_are_routed_as_endpoints() {
        let source = "[api.m]\nbase_url = \"https://m.test/mcp\"\n[api.m.scopes]\n\"files:read\" = {}\n[api.m.endpoints]\n\
                      \"MCP tools/call search\" = \"files:read\"\n";
        let manifest = super::super::parse(source).manifest.unwrap();
        let route = manifest.route("MCP tools/call search", None).unwrap();
        assert_eq!(route.endpoint.to_string(), "MCP tools/call search");
        assert_eq!(route.endpoint.mcp(), Some(("tools/call", "search")));
        assert!(manifest.route("MCP tools/call other", None).is_err());
        for wrong in ["tools/call", "tools call x", "tools/call a/b", "tools/call {x}", ""] {
            assert_eq!(path(wrong), None, "{wrong}");
        }
    }
}
