"""Takes whatever begins with tools/ for a list of tools."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def answer(self, method, params, request, era):
        if method.startswith("tools/") and method != "tools/call":
            method = "tools/list"
        return super().answer(method, params, request, era)


Server().run()
