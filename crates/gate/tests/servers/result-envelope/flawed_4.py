"""The scope changes from page to page."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def handle(self, method, params, request):
        result = super().handle(method, params, request)
        if "_meta" in params and method == "tools/list" and "cursor" in params:
            result["cacheScope"] = "private"
        return result


Server().run()
