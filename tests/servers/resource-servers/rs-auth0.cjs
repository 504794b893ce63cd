// express-oauth2-jwt-bearer (auth0). usage: node rs-auth0.cjs PORT ISSUER AUDIENCE
const express = require('express');
const { auth, requiredScopes, scopeIncludesAny } = require('express-oauth2-jwt-bearer');

const [, , port, issuer, audience] = process.argv;
const app = express();
app.set('env', 'production');
app.use(auth({ issuerBaseURL: issuer, audience, tokenSigningAlg: 'RS256' }));
const answer = (request, response) => response.json({ ok: true, scope: request.auth.payload.scope });
app.get('/read', requiredScopes('api:read'), answer);
app.get('/write', requiredScopes('api:write'), answer);
app.get('/both', requiredScopes('api:read api:write'), answer);
app.get('/any', scopeIncludesAny('api:write api:admin'), answer);
// the library knows nothing of RFC 9470: this is its example
app.get('/fresh', (request, response, next) => {
  if (request.auth.payload.acr === 'phr') return next();
  response.set('WWW-Authenticate', 'Bearer error="insufficient_user_authentication", '
    + 'error_description="A different authentication level is required", acr_values="phr", max_age="300"');
  response.status(401).json({ error: 'insufficient_user_authentication' });
}, answer);
app.listen(Number(port), '127.0.0.1', () => console.log('ready', `http://127.0.0.1:${port}`));
