"""Ends when its first message is not initialize, as early Rust servers did."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    eras = ("legacy",)
    greeted = False

    def reply(self, request, method, params):
        if not self.greeted and method != "initialize":
            sys.exit("expected initialize")
        self.greeted = True
        super().reply(request, method, params)


Server().run()
