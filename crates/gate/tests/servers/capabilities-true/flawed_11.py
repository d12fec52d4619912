"""Declares completions as a flag."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def capabilities(self):
        return super().capabilities() | {"completions": True}

    def answer(self, method, params, request, era):
        if method == "completion/complete":
            return {"completion": {"values": []}}
        return super().answer(method, params, request, era)


Server().run()
