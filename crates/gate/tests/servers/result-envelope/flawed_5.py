"""Discovery has no resultType."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def handle(self, method, params, request):
        result = super().handle(method, params, request)
        if "_meta" in params and method == "server/discover":
            del result["resultType"]
        return result


Server().run()
