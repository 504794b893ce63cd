"""A server of the Model Context Protocol by PyPI mcp 1.x or 2.x, or FastMCP: app.py PORT KIND [stateless].

Its one tool needs a token with the scope files:read. Tokens: `reader-0123456789abcdef` and `nobody-0123456789abcdef`."""

import sys

import uvicorn

PORT, KIND = int(sys.argv[1]), sys.argv[2]
STATELESS = "stateless" in sys.argv[3:]
BASE = f"http://127.0.0.1:{PORT}"
SCOPES = {"reader-0123456789abcdef": ["files:read"], "nobody-0123456789abcdef": []}


def search(query: str = "") -> str:
    """Search files."""
    return f"found {query}"


if KIND == "fastmcp":
    from fastmcp import FastMCP
    from fastmcp.server.auth import StaticTokenVerifier

    tokens = {token: {"client_id": "c", "scopes": scopes} for token, scopes in SCOPES.items()}
    server = FastMCP("test", auth=StaticTokenVerifier(tokens=tokens, required_scopes=["files:read"]))
    server.tool(search)
    app = server.http_app(path="/mcp", stateless_http=STATELESS)
else:
    from mcp.server.auth.provider import AccessToken
    from mcp.server.auth.settings import AuthSettings

    class Verifier:
        async def verify_token(self, token):
            if token not in SCOPES:
                return None
            return AccessToken(token=token, client_id="c", scopes=SCOPES[token], expires_at=None, resource=f"{BASE}/mcp")

    auth = AuthSettings(issuer_url="http://127.0.0.1:9/", resource_server_url=f"{BASE}/mcp", required_scopes=["files:read"])
    if KIND == "1":
        from mcp.server.fastmcp import FastMCP

        server = FastMCP("test", token_verifier=Verifier(), auth=auth, stateless_http=STATELESS)
        server.tool()(search)
        app = server.streamable_http_app()
    else:
        from mcp.server.mcpserver import MCPServer

        server = MCPServer("test", token_verifier=Verifier(), auth=auth)
        server.tool()(search)
        app = server.streamable_http_app(stateless_http=STATELESS)

print("ready", BASE, flush=True)
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="error")
