"""Takes whatever comes, and makes the best of it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate(self, tool, arguments):
        pass

    def find_notes(self, arguments):
        limit = arguments.get("limit") if isinstance(arguments.get("limit"), int) else 20
        return super().find_notes({"text": str(arguments.get("text", "")), "limit": max(1, min(limit, 50))})

    def call(self, name, arguments):
        if name == "read_note" and str(arguments.get("id")) not in base.NOTES:
            return base.NOTES["n1"]
        return super().call(name, arguments)


Server().run()
