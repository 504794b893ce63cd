#!/usr/bin/env bash
# RFC 9110 section 11.6.1 and RFC 6750 section 3: parameters of a challenge are tokens, `=`, and a token or quoted string, with
# optional spaces around `=`; names are case-insensitive.
# Seen in the official MCP SDKs, @modelcontextprotocol/sdk 1.32.2 (npm) and mcp 2.3.0 (PyPI): the header is searched for
# `name=value` with an unanchored regular expression. A `scope=` inside a quoted description wins over the parameter, a
# parameter that only ends in `scope` is taken for it, spaces or capitals hide it; `scope=""` becomes a scope of two quotation
# marks in Python. The npm SDK also ignores the header when another scheme stands before Bearer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv && venv/bin/pip -q install 'mcp==2.3.0' 'httpx==0.28.1'
npm init -y >/dev/null && npm install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2
cat >challenges <<'TXT'
Bearer error_description="granted scope=orders:read is not enough", scope="orders:write"
Bearer max_scope="all", scope="orders:read"
Bearer scope = "orders:read"
Bearer SCOPE="orders:read"
Bearer error="insufficient_scope", scope=""
Basic realm="orders", Bearer scope="orders:read"
TXT
cat >read.py <<'PY'
import httpx
from mcp.client.auth.utils import extract_scope_from_www_auth
for line in open("challenges").read().splitlines():
    print("python", extract_scope_from_www_auth(httpx.Response(403, headers={"WWW-Authenticate": line})))
PY
cat >read.mjs <<'JS'
import fs from 'node:fs';
import { extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js';
for (const line of fs.readFileSync('challenges', 'utf8').trim().split('\n')) {
  const response = new Response('', { status: 403, headers: { 'www-authenticate': line } });
  console.log('npm', extractWWWAuthenticateParams(response).scope);
}
JS
seen=$(venv/bin/python read.py; node read.mjs)
echo "$seen"
[ "$seen" = 'python orders:read
python all
python None
python None
python ""
python orders:read
npm orders:read
npm all
npm undefined
npm undefined
npm ""
npm undefined' ] || { echo "the behaviour has changed" >&2; exit 1; }
