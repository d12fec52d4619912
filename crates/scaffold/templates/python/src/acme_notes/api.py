"""The API behind `import_issue`: one bounded request, and an error for each way it can fail."""

import json
from dataclasses import dataclass
from http import HTTPStatus

import anyio
import httpx2

from . import NAME, __version__
from .errors import NotFoundError, RefusedError, UnavailableError
from .settings import API_KEY, API_URL, Settings

TIMEOUT_SECONDS = 15.0
BODY_LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True)
class Issue:
    """What is kept of an issue."""

    title: str
    state: str
    author: str
    body: str


async def read_issue(
    settings: Settings, repository: str, number: int, seconds: float = TIMEOUT_SECONDS
) -> Issue:
    """Read an issue. The repository was checked before, so it cannot lead to another address."""
    url = f"{settings.api_url}/repos/{repository}/issues/{number}"
    try:
        with anyio.fail_after(seconds):
            status, headers, body = await _get(url, settings.api_key)
    except (TimeoutError, httpx2.TimeoutException):
        raise UnavailableError(
            "the API did not answer in time",
            cause=f"it took longer than {seconds:g} seconds",
            hint="try again in a minute",
        ) from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        # the error's own text may hold the address or headers, so only its kind is told
        raise UnavailableError(
            "the API cannot be reached",
            cause=f"the connection failed ({type(error).__name__})",
            hint=f"check the network and {API_URL}, then try again",
        ) from None
    if status != HTTPStatus.OK:
        raise _refusal(status, headers, f"{repository}#{number}")
    return _parse(body)


async def _get(url: str, key: str) -> tuple[int, httpx2.Headers, bytes]:
    headers = {
        "Accept": "application/vnd.github+json",
        # an answer that unpacks to a thousand times its size would get past the limit
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {key}",
        "User-Agent": f"{NAME}/{__version__}",
    }
    # a redirect could carry the key to another host, so none is followed
    async with (
        httpx2.AsyncClient(follow_redirects=False, timeout=None) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > BODY_LIMIT:
                raise UnavailableError(
                    "the API's answer is too large",
                    cause=f"it has more than {BODY_LIMIT // 1024} KiB",
                    hint="read this issue in a browser; another one may be smaller",
                )
        return response.status_code, response.headers, bytes(body)


def _refusal(status: int, headers: httpx2.Headers, issue: str) -> Exception:
    is_limit = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and is_limit):
        seconds = headers.get("retry-after", "")
        wait = f"{seconds} seconds" if seconds.isascii() and seconds.isdigit() else "some minutes"
        return UnavailableError(
            "the API's rate limit is reached",
            cause="the key has made all requests that it may for now",
            hint=f"wait {wait[:20]}, then call again",
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return RefusedError(
            "the API refused the key",
            cause="it has expired, was revoked, or is not whole",
            hint=f"ask the user to put a valid key into {API_KEY} and to restart the server",
        )
    if status == HTTPStatus.FORBIDDEN:
        return RefusedError(
            f"the key may not read {issue}",
            cause="it lacks a permission, or the repository forbids it",
            hint=f"ask the user for a key that may read issues, in {API_KEY}",
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return NotFoundError(
            f"there is no issue {issue}",
            cause="repository or number is wrong, or the key may not see it",
            hint="check both; for a private repository, ask the user for a key that may read it",
        )
    if httpx2.codes.is_redirect(status):
        return NotFoundError(
            f"{issue} is at another address",
            cause="the repository was renamed or the issue was transferred",
            hint="call again with the new name of the repository",
        )
    return UnavailableError(
        f"the API answered with status {status}",
        cause="it has a fault, or is not the API that is expected",
        hint=f"try again in a minute, then check {API_URL}",
    )


def _parse(body: bytes) -> Issue:
    malformed = UnavailableError(
        "the API's answer is malformed",
        cause="it is not the JSON of an issue",
        hint=f"check that {API_URL} is the base of the API, then try again",
    )
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise malformed from None
    if not isinstance(data, dict) or not isinstance(data.get("title"), str):
        raise malformed
    user = data.get("user")
    author = user.get("login") if isinstance(user, dict) else None
    return Issue(
        title=data["title"],
        state=str(data.get("state") or "unknown"),
        author=str(author or "unknown"),
        body=str(data.get("body") or ""),
    )
