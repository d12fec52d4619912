"""Goes by the version in the header alone, as one may who speaks both eras."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base
import http_base


class Endpoint(http_base.Endpoint):
    def is_modern(self, request, message):
        header = request.headers.get("MCP-Protocol-Version")
        if header in base.LEGACY and isinstance(message.get("params"), dict):
            message["params"].pop("_meta", None)
            return False
        return super().is_modern(request, message)


Endpoint().run()
