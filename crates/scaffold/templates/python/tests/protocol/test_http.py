"""The HTTP mode, as a process of its own on a port of this machine."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from acme_notes.tools import TOOLS

from support import COMMAND, MODES, environment, text_of

TOKEN = "an-invented-token-of-32-characters"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "--http",
        "127.0.0.1:0",
        stderr=asyncio.subprocess.PIPE,
        env=environment(tmp_path, HTTP_TOKEN=TOKEN),
    )
    assert process.stderr
    async with asyncio.timeout(20):
        line = (await process.stderr.readline()).decode()
    yield line.split()[-1]
    process.terminate()
    async with asyncio.timeout(10):
        errors = await process.stderr.read()
        ended = await process.wait()
    assert errors == b""
    if sys.platform != "win32":
        assert ended == -signal.SIGTERM


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_with_the_token_is_served(url: str, mode: str) -> None:
    async with httpx2.AsyncClient(headers=AUTHORIZED) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, mode=mode) as client:
            listed = (await client.list_tools()).tools
            assert [tool.name for tool in listed] == [tool.name for tool in TOOLS]
            await client.call_tool("add_note", {"name": "a", "content": "text"})
            assert "| a - text" in text_of(await client.call_tool("find_notes", {}))


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}],
    ids=["none", "wrong", "scheme"],
)
async def test_without_the_token_nothing_is_served(url: str, headers: dict[str, str]) -> None:
    async with httpx2.AsyncClient() as http:
        refused = await http.post(f"{url}?token={TOKEN}", json=PING, headers=headers)
        assert refused.status_code == 401
        challenge = refused.headers["WWW-Authenticate"]
        metadata = await http.get(challenge.split('resource_metadata="')[1].rstrip('"'))
        assert metadata.json() == {"resource": url, "bearer_methods_supported": ["header"]}


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Origin", "https://evil.example", 403),
        ("Origin", "null", 403),
        ("Host", "evil.example", 421),
    ],
)
async def test_a_foreign_page_is_refused(url: str, header: str, value: str, status: int) -> None:
    async with httpx2.AsyncClient(headers={**AUTHORIZED, header: value}) as http:
        assert (await http.post(url, json=PING)).status_code == status


async def test_a_huge_body_is_refused(url: str) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    async with httpx2.AsyncClient(headers={**AUTHORIZED, **headers}) as http:
        assert (await http.post(url, content=b" " * 2_000_000)).status_code == 413
