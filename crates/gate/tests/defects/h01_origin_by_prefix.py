"""PLANTED H01: the Origin is compared by its beginning: http://localhost.evil.example passes."""

from base import Policy
from sound_http_orders import make


class Prefix(Policy):
    def origin_is_ours(self, origin):
        return origin is None or origin.startswith(("http://localhost", "http://127.0.0.1", "https://localhost", "https://127.0.0.1"))


make().serve(Prefix())
