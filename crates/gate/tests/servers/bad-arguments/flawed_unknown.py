"""Says additionalProperties: false, and takes them all the same."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate(self, tool, arguments):
        known = tool["inputSchema"]["properties"]
        super().validate(tool, {name: value for name, value in arguments.items() if name in known})


Server().run()
