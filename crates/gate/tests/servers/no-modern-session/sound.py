"""Opens a stream for GET in a session of the older era alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def get(self, request):
        if request.path != self.path or request.headers.get("MCP-Protocol-Version") == "2026-07-28":
            super().get(request)
            return
        self.admit(request)
        self.check_token(request)
        self.session(request)
        request.answer(200, b": nothing yet\n\n", {"Content-Type": "text/event-stream"})


Endpoint().run()
