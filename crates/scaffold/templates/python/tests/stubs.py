"""A stand-in for the API, on a port of this machine."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from acme_notes.tool import State

KEY = "an-invented-key-that-stays-secret"


@dataclass(frozen=True)
class Asked:
    """A request that arrived."""

    call: str
    query: dict[str, list[str]]
    headers: str
    body: Any


@asynccontextmanager
async def serving(
    state: State,
    replies: Mapping[str, object],
    *,
    head: str = "200 OK",
    raw: bytes | None = None,
    delay: float = 0,
) -> AsyncIterator[tuple[State, list[Asked]]]:
    """Answer calls such as `GET /things` with JSON; anything else is not found."""
    asked: list[Asked] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, target, _ = request.split(" ", 2)
            length = request.lower().partition("content-length: ")[2].partition("\r\n")[0]
            body = await reader.readexactly(int(length or 0))
            url = urlsplit(target)
            call = f"{method} {unquote(url.path)}"
            content = json.loads(body) if body else None
            asked.append(Asked(call, parse_qs(url.query), request, content))
            await asyncio.sleep(delay)
            writer.write(raw if raw is not None else _reply(call, replies, head))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = replace(
        state.settings,
        api_url=f"http://127.0.0.1:{port}",
        # seaworthy:begin key
        api_key=KEY,
        # seaworthy:end key
    )
    async with server:
        yield replace(state, settings=settings), asked


def _reply(call: str, replies: Mapping[str, object], head: str) -> bytes:
    if call not in replies:
        head, body = "404 Not Found", b"{}"
    else:
        body = json.dumps(replies[call]).encode()
    lines = [f"HTTP/1.1 {head}", f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body
