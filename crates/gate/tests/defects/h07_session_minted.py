"""PLANTED H07: a request of 2026-07-28 gets an Mcp-Session-Id."""

import secrets

from base import Policy
from sound_http_orders import make


class Sessions(Policy):
    def headers(self, message, answer):
        return {"Mcp-Session-Id": secrets.token_hex(16)}


make().serve(Sessions())
