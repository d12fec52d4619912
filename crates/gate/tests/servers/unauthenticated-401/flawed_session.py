"""Takes the id of a session for a token."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        if request.headers.get("Mcp-Session-Id") not in self.sessions:
            super().check_token(request)


Endpoint().run()
