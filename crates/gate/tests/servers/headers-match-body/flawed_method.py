"""Does not look at Mcp-Method."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_method_header(self, request, message):
        pass


Endpoint().run()
