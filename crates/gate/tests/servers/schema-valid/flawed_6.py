"""A schema that is no object schema."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


ID = base.READ_NOTE["inputSchema"]["properties"]["id"]
READ_NOTE = base.READ_NOTE | {"inputSchema": {"properties": {"id": ID}, "required": ["id"]}}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, READ_NOTE]


Server().run()
