// The tool `echo` on the official TypeScript SDK: node peer.mjs NODE_MODULES PORT, token in
// PEER_TOKEN. `createMcpHandler` on node:http, one process, JSON answers, the SDK's own guards for
// Host, Origin and bearer tokens.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, port] = process.argv.slice(2);
const installed = createRequire(`${modules}/`);
const load = async name => import(pathToFileURL(installed.resolve(name)).href);
const { McpServer, OAuthError, OAuthErrorCode, bearerAuthChallengeResponse, createMcpHandler, verifyBearerToken } =
    await load('@modelcontextprotocol/server');
const { localhostHostValidation, localhostOriginValidation, toNodeHandler } = await load('@modelcontextprotocol/node');
const { z } = await load('zod');

const digest = text => createHash('sha256').update(text).digest();
const expected = digest(process.env.PEER_TOKEN);
const verifier = {
    async verifyAccessToken(token) {
        if (!timingSafeEqual(digest(token), expected)) throw new OAuthError(OAuthErrorCode.InvalidToken, 'unknown token');
        return { token, clientId: 'load', scopes: ['read'], expiresAt: Math.floor(Date.now() / 1000) + 3600 };
    }
};
const access = { verifier, requiredScopes: ['read'] };

const inputSchema = z.object({ text: z.string() });
const echo = async ({ text }) => ({ content: [{ type: 'text', text }] });
const handler = createMcpHandler(
    () => {
        const server = new McpServer({ name: 'echo', version: '1.0.0' });
        server.registerTool('echo', { description: 'Answers the text it is given.', inputSchema }, echo);
        return server;
    },
    { responseMode: 'json' }
);
const answer = toNodeHandler(handler);
const isOurHost = localhostHostValidation();
const isOurOrigin = localhostOriginValidation();

createServer(async (request, response) => {
    if (!isOurHost(request, response) || !isOurOrigin(request, response)) return;
    try {
        request.auth = await verifyBearerToken(request.headers.authorization, access);
    } catch (error) {
        const refusal = bearerAuthChallengeResponse(error, access);
        response.writeHead(refusal.status, Object.fromEntries(refusal.headers)).end(await refusal.text());
        return;
    }
    await answer(request, response);
}).listen(Number(port), '127.0.0.1');
