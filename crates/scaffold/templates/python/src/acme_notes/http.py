"""The HTTP mode: streamable HTTP on /mcp behind a bearer token."""

import hmac
import socket
from typing import Any

import uvicorn
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .settings import HTTP_TOKEN

PATH = "/mcp"
METADATA_PATH = "/.well-known/oauth-protected-resource/mcp"
BODY_LIMIT = 1024 * 1024
_SHUTDOWN_SECONDS = 2
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class AddressError(ValueError):
    """The address to listen on cannot be used."""


def parse_address(address: str) -> tuple[str, int]:
    """Split ADDR:PORT; without ADDR it is this machine only."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if colon else ""
    if not (port.isascii() and port.isdigit() and int(port) < 65536):  # noqa: PLR2004
        raise AddressError(f"{address!r} is not ADDR:PORT, such as 127.0.0.1:8000")
    return host or "127.0.0.1", int(port)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket, so that a port that is taken is told before anything else starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise AddressError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listener


def origin_of(listener: socket.socket) -> str:
    """Give the address of a socket as http://HOST:PORT."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def build_app(server: MCPServer[Any], token: str, origin: str) -> ASGIApp:
    """Make the application: the SDK's, behind the token."""
    own = origin.removeprefix("http://")
    security = TransportSecuritySettings(
        # a page of a foreign site could reach this port by DNS rebinding: only known names pass
        allowed_hosts=[own, *(f"{host}:*" for host in _LOOPBACK)],
        allowed_origins=[origin, *(f"http://{host}:*" for host in _LOOPBACK)],
    )
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=BODY_LIMIT,
        transport_security=security,
    )
    return BearerToken(app, token, origin)


class BearerToken:
    """Lets nothing through without the token, but the metadata that says how to send it."""

    def __init__(self, app: ASGIApp, token: str, origin: str) -> None:
        self._app = app
        self._token = token.encode()
        self._resource = origin + PATH
        self._challenge = f'Bearer resource_metadata="{origin}{METADATA_PATH}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan" or self._is_allowed(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == METADATA_PATH:
            # RFC 9728; the token is handed out by the operator, so no authorization server is named
            metadata = {"resource": self._resource, "bearer_methods_supported": ["header"]}
            await JSONResponse(metadata)(scope, receive, send)
        elif scope["type"] == "http":
            refusal = {
                "error": "invalid_token",
                "error_description": "Send the header Authorization: Bearer TOKEN, "
                f"with the token that {HTTP_TOKEN} holds on the server.",
            }
            headers = {"WWW-Authenticate": self._challenge}
            await JSONResponse(refusal, 401, headers)(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        sent = [value for name, value in scope.get("headers", ()) if name == b"authorization"]
        if len(sent) != 1:
            return False
        scheme, _, token = sent[0].partition(b" ")
        # in constant time: how long it takes must not tell how much of a guess is right
        return scheme.lower() == b"bearer" and hmac.compare_digest(token, self._token)


async def serve(server: MCPServer[Any], token: str, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        build_app(server, token, origin_of(listener)),
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        ws="none",
    )
    await uvicorn.Server(config).serve(sockets=[listener])
