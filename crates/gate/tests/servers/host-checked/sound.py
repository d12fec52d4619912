"""Is served under another name too, and refuses with 403."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_host(self, request):
        host = request.headers.get("Host", "").lower()
        if host.rsplit(":", 1)[0] not in self.own_hosts() | {"notes.internal"}:
            raise http_base.Refusal(403, message="This server is not served under that name.")


Endpoint().run()
