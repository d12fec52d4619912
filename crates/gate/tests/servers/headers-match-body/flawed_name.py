"""Does not look at Mcp-Name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_name_header(self, request, message, params):
        pass


Endpoint().run()
