"""Two-phase confirm: a destructive tool previews first, then acts on a token for that preview.

The token is sealed over tool, arguments, expiry and the state of the object, and works once.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable

from .errors import ConflictError, RefusedError
from .sealing import Sealer, digest

TOKEN_SECONDS = 600
_PURPOSE = "confirm"
_AGAIN = "nothing was done; call with confirm=false for a fresh preview and token"


class Confirmations:
    """Issues tokens and takes each back once."""

    def __init__(self, sealer: Sealer, clock: Callable[[], float] = time.time) -> None:
        self._sealer = sealer
        self._clock = clock
        self._spent: dict[str, float] = {}
        self._lock = threading.Lock()

    def issue(self, tool: str, arguments: str, state: str) -> str:
        """Make the token for one preview."""
        expires = self._clock() + TOKEN_SECONDS
        claims = [secrets.token_hex(8), expires, digest(tool, arguments), digest(state)]
        return self._sealer.seal(_PURPOSE, json.dumps(claims).encode())

    def redeem(self, token: str | None, tool: str, arguments: str, state: str) -> None:
        """Take a token back, or say why it does not allow the call. Nothing is done either way."""
        if token is None:
            raise RefusedError(
                "nothing was done: confirm=true needs the confirm_token of a preview",
                cause="no confirm_token was given",
                hint="call with confirm=false, show the preview to the user, "
                "then confirm with its token",
            )
        payload = self._sealer.open(_PURPOSE, token)
        if payload is None:
            raise RefusedError(
                "confirm_token is not one of this server's",
                cause="it was changed, cut short, or made by an earlier run of the server",
                hint=_AGAIN,
            )
        nonce, expires, call, previewed = json.loads(payload)
        if call != digest(tool, arguments):
            raise RefusedError(
                "confirm_token is for other arguments",
                cause="confirm=true needs exactly the arguments of the preview",
                hint=_AGAIN,
            )
        if expires < self._clock():
            raise RefusedError(
                "confirm_token has expired",
                cause=f"a token is good for {TOKEN_SECONDS // 60} minutes",
                hint=_AGAIN,
            )
        if previewed != digest(state):
            raise changed()
        self._spend(nonce, expires)

    def _spend(self, nonce: str, expires: float) -> None:
        now = self._clock()
        with self._lock:
            self._spent = {kept: until for kept, until in self._spent.items() if until >= now}
            if nonce in self._spent:
                raise RefusedError(
                    "confirm_token was used before",
                    cause="a token works once",
                    hint="look whether the first call did it, else preview again",
                )
            self._spent[nonce] = expires


def changed() -> ConflictError:
    """Tell that the object is not the previewed one any more."""
    return ConflictError(
        "what was previewed has changed since the preview",
        cause="somebody edited it in between, so it is no longer what the user saw",
        hint=_AGAIN,
    )
