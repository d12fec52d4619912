"""Nothing is to be kept, and nothing is anybody else's."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def handle(self, method, params, request):
        result = super().handle(method, params, request)
        if "ttlMs" in result:
            result |= {"ttlMs": 0, "cacheScope": "private"}
        return result


Server().run()
