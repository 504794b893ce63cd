#!/usr/bin/env bash
# oauth4webapi 3.8.8 (npm, the base of openid-client 6) is known for strict checks of token responses.
# Seen: `"expires_in": "3600 seconds"`, a string with a unit, is read as 3600, because parseFloat stops at the first character
# that is not part of a number; `"refresh_token": null` and `"scope": null`, which several servers send, are refused.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund oauth4webapi@3.8.8
cat >client.mjs <<'JS'
import * as oauth from 'oauth4webapi';
const server = { issuer: 'https://as.example.com', token_endpoint: 'https://as.example.com/token' };
const read = async (members) => {
  const body = JSON.stringify({ access_token: 't', token_type: 'Bearer', ...members });
  const response = new Response(body, { headers: { 'content-type': 'application/json' } });
  try {
    const token = await oauth.processClientCredentialsResponse(server, { client_id: 'c' }, response);
    return `accepted, expires_in ${token.expires_in}`;
  } catch (error) {
    return `refused: ${error.message}`;
  }
};
console.log('"3600 seconds":', await read({ expires_in: '3600 seconds' }));
console.log('refresh_token null:', await read({ refresh_token: null }));
console.log('scope null:', await read({ scope: null }));
JS
seen=$(node client.mjs)
echo "$seen"
[ "$seen" = '"3600 seconds": accepted, expires_in 3600
refresh_token null: refused: "response" body "refresh_token" property must be a string
scope null: refused: "response" body "scope" property must be a string' ] || { echo "the behaviour has changed" >&2; exit 1; }
