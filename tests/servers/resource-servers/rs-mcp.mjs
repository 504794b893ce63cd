// @modelcontextprotocol/sdk: requireBearerAuth and the router of RFC 9728; tokens are verified by jose with the keys of
// the authorization server. usage: node rs-mcp.mjs PORT ISSUER AUDIENCE    (`self`: its own URL)
import { createRequire } from 'node:module';
import express from 'express';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import {
  getOAuthProtectedResourceMetadataUrl, mcpAuthMetadataRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';

const { createRemoteJWKSet, jwtVerify } = createRequire(import.meta.url)('jose');
const [, , port, issuer, wanted] = process.argv;
const self = new URL(`http://127.0.0.1:${port}/`);
const audience = wanted === 'self' ? self.href : wanted;
const metadata = await (await fetch(issuer + '/.well-known/openid-configuration')).json();
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));
const verifier = {
  verifyAccessToken: async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt' });
      const scopes = (payload.scope || '').split(' ');
      return { token, clientId: payload.client_id, scopes, expiresAt: payload.exp };
    } catch (error) {
      throw new InvalidTokenError(error.message);
    }
  },
};

const app = express();
app.set('env', 'production');
app.use(mcpAuthMetadataRouter({
  oauthMetadata: metadata, resourceServerUrl: self, scopesSupported: ['api:read', 'api:write'], resourceName: 'demo',
}));
const guard = (...scopes) => requireBearerAuth({
  verifier, requiredScopes: scopes, resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(self),
});
const answer = (request, response) => response.json({ ok: true, scope: request.auth.scopes });
app.get('/read', guard('api:read'), answer);
app.get('/write', guard('api:write'), answer);
app.get('/both', guard('api:read', 'api:write'), answer);

// revision 2026-07-28 is newer than the SDK, so the tools answer here; what guards them is the SDK's
const tools = { search: guard('api:read'), save: guard('api:write') };
app.post('/', express.json(), (request, response, next) => {
  const { method, params } = request.body ?? {};
  const said = [request.get('mcp-protocol-version'), request.get('mcp-method'), request.get('mcp-name')];
  if (said.join() !== ['2026-07-28', method, params?.name].join()) {
    return response.status(400).json({ jsonrpc: '2.0', id: null, error: { code: -32020, message: 'header mismatch' } });
  }
  return (tools[params.name] ?? guard())(request, response, next);
}, (request, response) => {
  const { id, params } = request.body;
  const result = { content: [{ type: 'text', text: `${params.name} with ${JSON.stringify(params.arguments)}` }] };
  response.json({ jsonrpc: '2.0', id, result });
});
app.listen(Number(port), '127.0.0.1', () => console.log('ready', `http://127.0.0.1:${port}`));
