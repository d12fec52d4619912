"""Says that it is not there, and leaves it at that."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        if name == "read_note" and arguments["id"] not in base.NOTES:
            raise base.ToolError("Not found")
        return super().call(name, arguments)


Server().run()
