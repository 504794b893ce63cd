#!/usr/bin/env bash
# RFC 6750 section 3: a 403 with `insufficient_scope` may hold `scope`, the scopes that are needed. MCP's authorization rules
# let clients request exactly those.
# Seen: the server of mcp 2.3.0 (PyPI) lacks two scopes, names only the first, and only in `error_description`. Its own client
# finds no `scope` parameter and falls back to every scope in `scopes_supported` of the resource metadata.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv && venv/bin/pip -q install 'mcp==2.3.0' 'httpx==0.28.1'
cat >both.py <<'PY'
import asyncio, inspect
import httpx
from mcp.client.auth.utils import extract_scope_from_www_auth, get_client_metadata_scopes
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser, RequireAuthMiddleware
from mcp.server.auth.provider import AccessToken
from mcp.shared.auth import ProtectedResourceMetadata
from starlette.authentication import AuthCredentials

async def endpoint(scope, receive, send):
    raise AssertionError("must not be reached")

class Signed:
    def __init__(self, app): self.app = app
    async def __call__(self, scope, receive, send):
        token = AccessToken(token="t", client_id="c", scopes=["orders:read"])
        scope["user"], scope["auth"] = AuthenticatedUser(token), AuthCredentials(token.scopes)
        await self.app(scope, receive, send)

async def main():
    app = Signed(RequireAuthMiddleware(endpoint, ["orders:read", "orders:write", "customers:read"]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        response = await client.get("http://127.0.0.1/")
    print(response.status_code, response.headers["www-authenticate"])
    metadata = ProtectedResourceMetadata(resource="http://127.0.0.1/", authorization_servers=["http://127.0.0.1/"],
                                         scopes_supported=["orders:read", "orders:write", "customers:read", "admin"])
    print("client requests:", get_client_metadata_scopes(extract_scope_from_www_auth(response), metadata))

asyncio.run(main())
PY
seen=$(venv/bin/python both.py)
echo "$seen"
[ "$seen" = '403 Bearer error="insufficient_scope", error_description="Required scope: orders:write"
client requests: orders:read orders:write customers:read admin' ] || { echo "the behaviour has changed" >&2; exit 1; }
