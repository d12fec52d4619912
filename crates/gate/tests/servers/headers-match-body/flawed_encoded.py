"""Does not decode Mcp-Name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def decoded(self, value):
        return value


Endpoint().run()
