"""The tool `echo` on the official Python SDK: python peer.py PORT, token in PEER_TOKEN.

Streamable HTTP without sessions, JSON answers, bearer tokens by the SDK's own middleware; one
process of uvicorn with uvloop and httptools, as its documentation has it for production.
"""

import hmac
import os
import sys

import uvicorn
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

PORT = int(sys.argv[1])
TOKEN = os.environ["PEER_TOKEN"]
HERE = f"http://127.0.0.1:{PORT}/mcp"


class OneToken(TokenVerifier):
    """Knows one token."""

    async def verify_token(self, token: str) -> AccessToken | None:
        if not hmac.compare_digest(token.encode(), TOKEN.encode()):
            return None
        return AccessToken(token=token, client_id="load", scopes=["read"], resource=HERE)


server = MCPServer(
    "echo",
    token_verifier=OneToken(),
    auth=AuthSettings(
        issuer_url="http://127.0.0.1:1",
        resource_server_url=HERE,
        required_scopes=["read"],
        validate_token_resource=True,
    ),
    log_level="WARNING",
)


@server.tool(structured_output=False)
async def echo(text: str) -> str:
    """Answers the text it is given."""
    return text


app = server.streamable_http_app(stateless_http=True, json_response=True)
uvicorn.run(
    app, host="127.0.0.1", port=PORT, loop="uvloop", http="httptools", log_level="warning", access_log=False
)
