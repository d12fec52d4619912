"""Says nothing to calls of unknown tools."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def dispatch(self, request, method, params):
        if method != "tools/call" or not isinstance(params, dict) or params.get("name") in [tool["name"] for tool in self.tools()]:
            super().dispatch(request, method, params)


Server().run()
