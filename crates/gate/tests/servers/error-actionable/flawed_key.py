"""Says the key that was missing, and nothing else."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate(self, tool, arguments):
        for name in tool["inputSchema"]["required"]:
            if name not in arguments:
                raise base.ToolError(f"'{name}'")
        super().validate(tool, arguments)


Server().run()
