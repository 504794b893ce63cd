// @modelcontextprotocol/sdk: its own transport, with the scope files:read for every message. `reader` and `nobody` are
// tokens. usage: node mcp-sessions.mjs PORT sessions|stateless
import { randomUUID } from 'node:crypto';
import express from 'express';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const [, , port, mode] = process.argv;
const scopes = { 'reader-0123456789abcdef': ['files:read'], 'nobody-0123456789abcdef': [] };
const verifier = {
  verifyAccessToken: async (token) => {
    if (!scopes[token]) throw new InvalidTokenError('unknown token');
    return { token, clientId: 'c', scopes: scopes[token], expiresAt: Math.floor(Date.now() / 1000) + 600 };
  },
};
const connect = async (options) => {
  const server = new McpServer({ name: 'test', version: '1' });
  server.registerTool('search', { inputSchema: { query: z.string().optional() } }, async ({ query }) => ({
    content: [{ type: 'text', text: `found ${query}` }],
  }));
  const transport = new StreamableHTTPServerTransport(options);
  await server.connect(transport);
  return transport;
};

const sessions = new Map();
const app = express();
app.use('/mcp', express.json(), requireBearerAuth({ verifier, requiredScopes: ['files:read'] }));
app.get('/sessions', (request, response) => response.json(sessions.size));
app.all('/mcp', async (request, response) => {
  let transport = sessions.get(request.get('mcp-session-id'));
  if (mode === 'stateless') {
    transport = await connect({ sessionIdGenerator: undefined });
  } else if (!transport && isInitializeRequest(request.body)) {
    transport = await connect({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => sessions.set(id, transport),
      onsessionclosed: (id) => sessions.delete(id),
    });
  } else if (!transport) {
    const error = { code: -32000, message: 'Bad Request: No valid session ID provided' };
    return response.status(400).json({ jsonrpc: '2.0', error, id: null });
  }
  await transport.handleRequest(request, response, request.body);
});
app.listen(Number(port), '127.0.0.1', () => console.log('ready', `http://127.0.0.1:${port}`));
