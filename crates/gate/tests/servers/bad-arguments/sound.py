"""Refuses by -32602, and its schemas allow arguments that they do not know, which are ignored."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


def open_to_all(tool):
    schema = {name: value for name, value in tool["inputSchema"].items() if name != "additionalProperties"}
    return tool | {"inputSchema": schema}


class Server(base.Server):
    def tools(self):
        return [open_to_all(tool) for tool in super().tools()]

    def validate(self, tool, arguments):
        try:
            super().validate(tool, arguments)
        except base.ToolError as error:
            raise base.RpcError(-32602, str(error)) from None


Server().run()
