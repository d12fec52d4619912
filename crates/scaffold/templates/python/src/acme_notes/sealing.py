"""Seals what a caller must hand back unchanged: cursors and confirm tokens.

A sealed text is base64url(payload + HMAC-SHA256(key, purpose + 0 + payload)). It can be read,
but not forged; and a text that was sealed for one purpose does not open for another.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

_TAG = 16


class Sealer:
    """Holds a random key of its own, so what it seals opens in this process only."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def seal(self, purpose: str, payload: bytes) -> str:
        """Seal a payload for a purpose."""
        sealed = payload + self._tag(purpose, payload)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, purpose: str, sealed: str) -> bytes | None:
        """Open what was sealed for this purpose; None for anything else."""
        try:
            encoded = sealed.encode("ascii")
            raw = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        payload, tag = raw[:-_TAG], raw[-_TAG:]
        if not hmac.compare_digest(tag, self._tag(purpose, payload)):
            return None
        # the last character of base64 has bits that decode to nothing: one spelling only
        return payload if self.seal(purpose, payload) == sealed else None

    def _tag(self, purpose: str, payload: bytes) -> bytes:
        message = purpose.encode() + b"\0" + payload
        return hmac.digest(self._key, message, "sha256")[:_TAG]


def digest(*parts: str) -> str:
    """Give a short fingerprint of the parts, which knows where each ends."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode()
        hasher.update(len(data).to_bytes(8, "little") + data)
    return hasher.hexdigest()[:24]
