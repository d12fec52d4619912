"""Blames itself for what the caller did."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate(self, tool, arguments):
        try:
            super().validate(tool, arguments)
        except base.ToolError as error:
            raise base.RpcError(-32603, str(error)) from None


Server().run()
