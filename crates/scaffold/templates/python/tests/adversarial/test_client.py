"""An API that fails in every way, on a port of this machine."""

from dataclasses import dataclass, replace

import pytest

from acme_notes import (
    client,
    # seaworthy:begin key
    credentials,
    # seaworthy:end key
)
from acme_notes.errors import InvalidInputError, NotesError
from acme_notes.tool import State

from stubs import KEY, serving


@dataclass(frozen=True)
class Ask:
    """An operation of the tests."""

    method: str = "GET"
    query: str | None = None
    body: object = None

    def request(self) -> client.Request:
        return client.Request(self.method, "/things", {"q": self.query}, {}, self.body)


async def refusal(state: State, seconds: float = 10) -> str:
    with pytest.raises(NotesError) as raised:
        await client.send(state.settings, Ask(), seconds)
    text = str(raised.value)
    assert "; next: " in text
    # seaworthy:begin key
    assert KEY not in text
    # seaworthy:end key
    return text


def reply(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


async def test_what_is_asked_arrives(state: State) -> None:
    async with serving(state, {"POST /things": {"id": 7}}) as (stubbed, asked):
        ask = Ask("POST", "a b&c=d", {"name": "n"})
        assert await client.send(stubbed.settings, ask) == {"id": 7}
    assert (asked[0].call, asked[0].query, asked[0].body) == (
        "POST /things",
        {"q": ["a b&c=d"]},
        {"name": "n"},
    )


# seaworthy:begin key
async def test_the_key_goes_along(state: State) -> None:
    async with serving(state, {"GET /things": None}) as (stubbed, asked):
        await client.send(stubbed.settings, Ask())
    headers, query = credentials.of(KEY)
    assert headers or query
    for name, value in headers.items():
        assert f"{name}: {value}".lower() in asked[0].headers.lower()
    for name, value in query.items():
        assert asked[0].query[name] == [value]


# seaworthy:end key
@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (reply("400 Bad Request", b'{"message": "no such colour"}'), "'no such colour'"),
        (reply("401 Unauthorized"), "refused access (status 401)"),
        (reply("403 Forbidden"), "refused access (status 403)"),
        (reply("403 Forbidden", b"{}", "X-RateLimit-Remaining: 0"), "rate limit"),
        (reply("404 Not Found"), "nothing of that kind"),
        (reply("409 Conflict"), "refused the change"),
        (reply("422 Unprocessable", f'{{"error": "{KEY}"}}'.encode()), "refused the arguments"),
        (reply("429 Too Many Requests", b"{}", "Retry-After: 30"), "wait 30 seconds"),
        (reply("429 Too Many Requests", b"{}", "Retry-After: evil"), "wait some minutes"),
        (reply("301 Moved", b"", "Location: http://127.0.0.1:9/"), "redirects are not followed"),
        (reply("500 Internal Server Error"), "status 500"),
        (reply("200 OK", b"<html>"), "malformed"),
        (reply("200 OK", b"[" * 100_000), "malformed"),
        (b"nonsense\r\n\r\n", "cannot be reached"),
        (b"", "cannot be reached"),
        (reply("200 OK", b" " * (client.BODY_LIMIT + 1)), "too large"),
    ],
    ids=lambda value: value[:24].decode() if isinstance(value, bytes) else value,
)
async def test_each_failure_has_its_next_move(state: State, answer: bytes, what: str) -> None:
    async with serving(state, {}, raw=answer) as (stubbed, _):
        assert what in await refusal(stubbed)


async def test_a_slow_api_is_given_up(state: State) -> None:
    async with serving(state, {}, delay=5) as (stubbed, _):
        assert "did not answer in time" in await refusal(stubbed, 0.2)


async def test_nobody_listening_is_told(state: State) -> None:
    settings = replace(state.settings, api_url="http://127.0.0.1:9")
    assert "cannot be reached" in await refusal(replace(state, settings=settings))


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_segment_cannot_lead_away(value: str) -> None:
    with pytest.raises(InvalidInputError, match="part of an address"):
        client.path("/things/{}", value)


def test_a_segment_stays_one() -> None:
    assert (
        client.path("/things/{}/x", "a/../b?c#d%2f{}") == "/things/a%2F..%2Fb%3Fc%23d%252f%7B%7D/x"
    )
