"""Speaks 2025-11-25 and older alone, and says nothing to server/discover."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    eras = ("legacy",)

    def reply(self, request, method, params):
        if method != "server/discover":
            super().reply(request, method, params)


Server().run()
