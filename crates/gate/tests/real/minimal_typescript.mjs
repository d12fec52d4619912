// A first server on the TypeScript SDK (v2), as its quick start leads one to write it: two tools, a resource, a prompt, stdio.
// Run it from the folder that holds node_modules: node --input-type=module --eval "$(cat THIS)".
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod/v4';

function desk() {
  const server = new McpServer({ name: 'parcel-desk', version: '1.0.0' });

  server.registerTool(
    'postage',
    { description: 'Calculate the postage of a parcel', inputSchema: z.object({ grams: z.number(), abroad: z.boolean().optional() }) },
    async ({ grams, abroad }) => ({ content: [{ type: 'text', text: `${(grams / 500 + (abroad ? 9 : 4)).toFixed(2)} EUR` }] }),
  );

  server.registerTool(
    'track',
    {
      title: 'Track a parcel',
      description: 'Find out where a parcel is',
      inputSchema: z.object({ code: z.string() }),
      outputSchema: z.object({ place: z.string(), delivered: z.boolean() }),
    },
    async ({ code }) => {
      const status = { place: code.endsWith('7') ? 'Lisbon' : 'Porto', delivered: false };
      return { content: [{ type: 'text', text: JSON.stringify(status) }], structuredContent: status };
    },
  );

  server.registerResource('prices', 'parcels://prices', { title: 'Prices', mimeType: 'text/plain' }, async (uri) => ({
    contents: [{ uri: uri.href, text: 'from 4 EUR' }],
  }));

  server.registerPrompt('complaint', { description: 'Write a complaint', argsSchema: z.object({ code: z.string() }) }, ({ code }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Write a polite complaint about parcel ${code}.` } }],
  }));

  return server;
}

serveStdio(desk);
