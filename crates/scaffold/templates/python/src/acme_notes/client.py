"""Calls of the API: one bounded request each, and an error for each way that it can fail.

`operations.py` says which requests there are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, urlencode

import anyio
import httpx2

from . import (
    NAME,
    __version__,
    # seaworthy:begin key
    credentials,
    # seaworthy:end key
)
from .answer import one_line
from .errors import ConflictError, InvalidInputError, NotFoundError, RefusedError, UnavailableError
from .settings import API_URL, Settings

TIMEOUT_SECONDS = 15.0
BODY_LIMIT = 2 * 1024 * 1024
_SAID = 200


@dataclass(frozen=True)
class Request:
    """A request: what is None in query, headers and body is left out."""

    method: str
    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, object] = field(default_factory=dict)
    body: object = None


class Operation(Protocol):
    """What the API can be asked for."""

    def request(self) -> Request:
        """Give the request that asks for it."""


def path(template: str, *values: object) -> str:
    """Put values into a path, each as one segment or a part of one."""
    segments = [quote(_plain(value), safe="") for value in values]
    if any(segment in ("", ".", "..") for segment in segments):
        raise InvalidInputError(
            "an argument cannot be part of an address",
            cause="it is empty, or only dots",
            hint="give it as the API shows it",
        )
    return template.format(*segments)


def given(values: Mapping[str, object]) -> dict[str, object] | None:
    """Give the fields of a body that have a value; None where none has."""
    return {name: value for name, value in values.items() if value is not None} or None


async def send(
    settings: Settings, operation: Operation, seconds: float = TIMEOUT_SECONDS
) -> object:
    """Ask the API; give its JSON, or None where it answers without a body."""
    request = operation.request()
    key = ""
    # seaworthy:begin key
    key = settings.api_key
    # seaworthy:end key
    try:
        with anyio.fail_after(seconds):
            status, headers, body = await _exchange(settings, request)
    except (TimeoutError, httpx2.TimeoutException):
        raise UnavailableError(
            "the API did not answer in time",
            cause=f"it took longer than {seconds:g} seconds",
            hint="try again in a minute; after a change, look first whether it was done",
        ) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        # the error's own text may hold the address or headers, so only its kind is told
        raise UnavailableError(
            "the API cannot be reached",
            cause=f"the connection failed ({type(error).__name__})",
            hint=f"check the network and {API_URL}, then try again",
        ) from None
    if not httpx2.codes.is_success(status):
        raise _refusal(status, headers, _said(body, key))
    return _parse(body)


async def _exchange(settings: Settings, request: Request) -> tuple[int, httpx2.Headers, bytes]:
    headers = {
        "Accept": "application/json",
        # an answer that unpacks to a thousand times its size would get past the limit
        "Accept-Encoding": "identity",
        "User-Agent": f"{NAME}/{__version__}",
    }
    headers |= dict(_pairs(request.headers))
    query = _pairs(request.query)
    # seaworthy:begin key
    key_headers, key_query = credentials.of(settings.api_key)
    headers |= key_headers
    query += key_query.items()
    # seaworthy:end key
    url = f"{settings.api_url}{request.path}"
    if query:
        url += f"?{urlencode(query, quote_via=quote)}"
    content = None
    if request.body is not None:
        content = json.dumps(request.body).encode()
        headers["Content-Type"] = "application/json"
    # a redirect could carry the key to another host, so none is followed
    async with (
        httpx2.AsyncClient(follow_redirects=False, timeout=None) as client,
        client.stream(request.method, url, headers=headers, content=content) as response,
    ):
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise UnavailableError(
                    "the API's answer is too large",
                    cause=f"it has more than {BODY_LIMIT // 1024} KiB",
                    hint="ask for less: a smaller page, or narrower arguments",
                )
        return response.status_code, response.headers, bytes(body)


def _pairs(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write parameters out; a list becomes the same name several times."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        each = value if isinstance(value, list) else [value]
        pairs += [(name, _plain(one)) for one in each if one is not None]
    return pairs


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _refusal(status: int, headers: httpx2.Headers, said: str) -> Exception:
    is_limit = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and is_limit):
        return _limited(headers.get("retry-after", ""))
    if httpx2.codes.is_client_error(status):
        return _client_error(status, said)
    if httpx2.codes.is_redirect(status):
        return UnavailableError(
            "the API points to another address",
            cause="redirects are not followed, for they could take the key along",
            hint=f"ask the operator to check {API_URL}",
        )
    return UnavailableError(
        f"the API answered with status {status}",
        cause=f"it has a fault, or is not the API that is expected{said}",
        hint=f"try again in a minute, then check {API_URL}",
    )


def _limited(seconds: str) -> Exception:
    wait = f"{seconds} seconds" if seconds.isascii() and seconds.isdigit() else "some minutes"
    return UnavailableError(
        "the API's rate limit is reached",
        cause="all requests that are allowed for now were made",
        hint=f"wait {wait[:20]}, then call again",
    )


def _client_error(status: int, said: str) -> Exception:
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return RefusedError(
            f"the API refused access (status {status})",
            cause=f"the server's key is missing, not valid, or lacks a permission{said}",
            hint="ask the user for a key that may do this, and to restart the server with it",
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return NotFoundError(
            "the API has nothing of that kind",
            cause=f"an id is wrong, or the key may not see it{said}",
            hint="list first, and take the id from there",
        )
    if status in (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED):
        return ConflictError(
            "the API refused the change",
            cause=f"the object is not in the state that this needs{said}",
            hint="read it again, then decide anew",
        )
    return InvalidInputError(
        f"the API refused the arguments (status {status})",
        cause=f"a value is missing, or not one that it takes{said}",
        hint="correct the arguments and call again",
    )


def _said(body: bytes, key: str) -> str:
    """Quote what the API says of its refusal, without the key, if it is short and plain."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    while isinstance(data, dict):
        names = ("message", "detail", "error_description", "error", "title")
        data = next((data[name] for name in names if data.get(name)), None)
    if not isinstance(data, str) or (key and key in data):
        return ""
    return f" (it says: {one_line(data, _SAID)!r})"


def _parse(body: bytes) -> object:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UnavailableError(
            "the API's answer is malformed",
            cause="it is not JSON",
            hint=f"check that {API_URL} is the base of the API, then try again",
        ) from None
