"""An API that fails in every way, on a port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from acme_notes import api
from acme_notes.errors import NotesError
from acme_notes.settings import (
    API_KEY,
    Settings,
)

KEY = "an-invented-key-that-stays-secret"
Reply = Callable[[asyncio.StreamWriter], None]


def reply(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


@asynccontextmanager
async def serving(
    settings: Settings, answer: bytes, *, repeat: int = 1, delay: float = 0
) -> AsyncIterator[tuple[Settings, list[bytes]]]:
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            await asyncio.sleep(delay)
            for _ in range(repeat):
                writer.write(answer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone, as it should
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield replace(settings, api_url=f"http://127.0.0.1:{port}", api_key=KEY), requests


async def refusal(settings: Settings, seconds: float = 10) -> str:
    with pytest.raises(NotesError) as raised:
        await api.read_issue(settings, "octocat/hello", 7, seconds)
    text = str(raised.value)
    assert "; next: " in text
    assert KEY not in text
    return text


async def test_an_issue_is_read_with_the_key(settings: Settings) -> None:
    body = b'{"title": "t", "state": "open", "user": {"login": "ann"}, "body": null}'
    async with serving(settings, reply("200 OK", body)) as (stubbed, requests):
        issue = await api.read_issue(stubbed, "octocat/hello", 7)
    assert issue == api.Issue(title="t", state="open", author="ann", body="")
    assert requests[0].startswith(b"GET /repos/octocat/hello/issues/7 HTTP/1.1\r\n")
    assert f"Authorization: Bearer {KEY}".lower().encode() in requests[0].lower()


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (reply("401 Unauthorized"), f"valid key into {API_KEY}"),
        (reply("403 Forbidden"), "the key may not read octocat/hello#7"),
        (reply("403 Forbidden", b"{}", "X-RateLimit-Remaining: 0"), "rate limit"),
        (reply("404 Not Found"), "there is no issue octocat/hello#7"),
        (reply("410 Gone"), "there is no issue octocat/hello#7"),
        (reply("429 Too Many Requests", b"{}", "Retry-After: 30"), "wait 30 seconds"),
        (reply("429 Too Many Requests", b"{}", "Retry-After: evil"), "wait some minutes"),
        (reply("500 Internal Server Error"), "status 500"),
        (reply("200 OK", b"<html>"), "malformed"),
        (reply("200 OK", b"[1]"), "malformed"),
        (reply("200 OK", b"[" * 100_000), "malformed"),
        (reply("200 OK", b'{"title": 7}'), "malformed"),
        (b"nonsense\r\n\r\n", "cannot be reached"),
        (b"", "cannot be reached"),
    ],
    ids=lambda value: value[:24].decode() if isinstance(value, bytes) else value,
)
async def test_each_failure_has_its_next_move(settings: Settings, answer: bytes, what: str) -> None:
    async with serving(settings, answer) as (stubbed, _):
        assert what in await refusal(stubbed)


async def test_a_redirect_is_not_followed(settings: Settings) -> None:
    async with serving(settings, reply("200 OK")) as (other, stolen):
        moved = reply("301 Moved Permanently", b"", f"Location: {other.api_url}/repos")
        async with serving(settings, moved) as (stubbed, _):
            assert "new name of the repository" in await refusal(stubbed)
    assert stolen == []


async def test_a_slow_api_is_given_up(settings: Settings) -> None:
    async with serving(settings, reply("200 OK"), delay=5) as (stubbed, _):
        assert "did not answer in time" in await refusal(stubbed, 0.2)


async def test_an_endless_answer_is_cut_off(settings: Settings) -> None:
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving(settings, head + chunk + chunk * 3, repeat=1) as (stubbed, _):
        assert "too large" in await refusal(stubbed)


async def test_an_answer_of_100_mb_is_cut_off(settings: Settings) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"
    async with serving(settings, head + b" " * 0x100000, repeat=100) as (stubbed, _):
        assert "too large" in await refusal(stubbed)


async def test_nobody_listening_is_told(settings: Settings) -> None:
    assert "cannot be reached" in await refusal(replace(settings, api_url="http://127.0.0.1:9"))
