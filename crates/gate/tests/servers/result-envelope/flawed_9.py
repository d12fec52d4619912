"""Results that are errors of a tool lack their resultType."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def handle(self, method, params, request):
        result = super().handle(method, params, request)
        if result.get("isError"):
            result.pop("resultType", None)
        return result


Server().run()
