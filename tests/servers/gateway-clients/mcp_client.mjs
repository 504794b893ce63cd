// npm @modelcontextprotocol/sdk: lists the tools of a server and calls one, with a token in a header and no OAuth
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const headers = { Authorization: `Bearer ${process.env.FILES_TOKEN}` };
const transport = new StreamableHTTPClientTransport(new URL(process.env.FILES_BASE_URL), { requestInit: { headers } });
const client = new Client({ name: 'test', version: '1' });
await client.connect(transport);
const { tools } = await client.listTools();
let answer;
try {
  const result = await client.callTool({ name: process.argv[2], arguments: { query: 'tea' } });
  answer = result.content[0].text;
} catch (error) {
  answer = `refused: ${error.message}`;
}
console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), answer }));
await transport.terminateSession();
await client.close();
