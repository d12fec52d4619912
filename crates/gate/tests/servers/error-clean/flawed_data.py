"""Puts the stack trace into the error's data."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate(self, tool, arguments):
        try:
            super().validate(tool, arguments)
        except base.ToolError as error:
            stack = "Error: no\n    at validate (/srv/notes/dist/index.js:10:15)\n    at node:internal/process:1:2"
            raise base.RpcError(-32602, str(error), {"stack": stack}) from None


Server().run()
