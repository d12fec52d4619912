"""Takes any version in the older era."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def legacy(self, request, message):
        del request.headers["MCP-Protocol-Version"]
        super().legacy(request, message)


Endpoint().run()
