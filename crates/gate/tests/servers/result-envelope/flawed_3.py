"""Lists are cached by a scope that does not exist."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def handle(self, method, params, request):
        result = super().handle(method, params, request)
        if "_meta" in params and method == "tools/list":
            result["cacheScope"] = "shared"
        return result


Server().run()
