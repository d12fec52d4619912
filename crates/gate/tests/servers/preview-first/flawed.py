"""Deletes at once."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Deleting):
    def is_confirmed(self, arguments):
        return arguments.get("confirm") is not False or "confirm" not in arguments


Server().run()
