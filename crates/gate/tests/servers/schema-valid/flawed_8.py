"""An outputSchema that does not compile, a required name without a property, bounds that contradict."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


ID = base.READ_NOTE["inputSchema"]["properties"]["id"]
INPUT = base.READ_NOTE["inputSchema"] | {
    "properties": {"id": ID, "lines": {"type": "integer", "description": "How many lines.", "minimum": 9, "maximum": 1}},
    "required": ["id", "note"],
}
READ_NOTE = base.READ_NOTE | {"inputSchema": INPUT, "outputSchema": {"type": "object", "properties": ["text"]}}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, READ_NOTE]


Server().run()
