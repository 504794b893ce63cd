#!/usr/bin/env bash
# RFC 6749 section 5.1: `expires_in` is the lifetime in seconds. A server that answers 0 says: expired now.
# Seen: Authlib 1.9.10 (PyPI) and @badgateway/oauth2-client 3.3.1 (npm) take 0 as "not given", so the token never expires;
# simple-oauth2 5.1.0 (npm) calls it expired at once.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv && venv/bin/pip -q install 'Authlib==1.9.10' requests
npm init -y >/dev/null && npm install --silent --no-audit --no-fund @badgateway/oauth2-client@3.3.1 simple-oauth2@5.1.0
cat >authlib_client.py <<'PY'
from authlib.oauth2.rfc6749 import OAuth2Token
token = OAuth2Token.from_dict({"access_token": "t", "token_type": "Bearer", "expires_in": 0})
print("Authlib: is_expired() is", token.is_expired())
PY
cat >clients.mjs <<'JS'
import http from 'node:http';
import { OAuth2Client } from '@badgateway/oauth2-client';
import { ClientCredentials } from 'simple-oauth2';
const server = http.createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"access_token":"t","token_type":"Bearer","expires_in":0}');
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${server.address().port}`;
const first = await new OAuth2Client({ server: url, clientId: 'c', clientSecret: 's', tokenEndpoint: '/token' }).clientCredentials();
console.log('@badgateway/oauth2-client: expiresAt is', first.expiresAt);
const second = await new ClientCredentials({ client: { id: 'c', secret: 's' }, auth: { tokenHost: url, tokenPath: '/token' } }).getToken({});
console.log('simple-oauth2: expired() is', second.expired());
server.closeAllConnections();
server.close();
JS
seen=$(venv/bin/python authlib_client.py; node clients.mjs)
echo "$seen"
[ "$seen" = "Authlib: is_expired() is None
@badgateway/oauth2-client: expiresAt is null
simple-oauth2: expired() is true" ] || { echo "the behaviour has changed" >&2; exit 1; }
