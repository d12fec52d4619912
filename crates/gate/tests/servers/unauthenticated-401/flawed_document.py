"""Serves metadata without its required parts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def metadata(self):
        return {"name": "notes", "bearer_methods_supported": ["header", "query"], "authorization_servers": []}


Endpoint().run()
