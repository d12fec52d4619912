"""Lets the pages of any port of this machine in, as inspectors need."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_origin(self, request):
        origin = request.headers.get("Origin")
        if origin is None:
            return
        scheme, _, rest = origin.partition("://")
        host, _, port = rest.rpartition(":")
        if scheme not in ("http", "https") or (host or rest) not in self.own_hosts() or not (port or "1").isdigit():
            raise http_base.Refusal(403, message="This origin is not allowed.")


Endpoint().run()
