#!/usr/bin/env bash
# GitHub and others answer a failed token request with status 200 and `{"error": ...}`.
# Seen: simple-oauth2 5.1.0 (npm) returns that body as a token; `expired()` is false, because no expiry is given, so a caller
# that renews on expiry keeps sending `undefined`.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund simple-oauth2@5.1.0
cat >client.mjs <<'JS'
import http from 'node:http';
import { ClientCredentials } from 'simple-oauth2';
const server = http.createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}');
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const auth = { tokenHost: `http://127.0.0.1:${server.address().port}`, tokenPath: '/token' };
const token = await new ClientCredentials({ client: { id: 'c', secret: 's' }, auth }).getToken({});
console.log(`error ${token.token.error}, access_token ${token.token.access_token}, expired ${token.expired()}`);
server.closeAllConnections();
server.close();
JS
seen=$(node client.mjs)
echo "$seen"
[ "$seen" = "error bad_verification_code, access_token undefined, expired false" ] || { echo "the behaviour has changed" >&2; exit 1; }
