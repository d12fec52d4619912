"""Lists 100,000 tools, as many a page as its argument says."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

TOOLS = [
    {
        "name": f"read_note_{number}",
        "description": f"Reads note {number}.",
        "inputSchema": {"type": "object", "properties": {"id": {"type": "string", "description": "The id."}}},
    }
    for number in range(100_000)
]


class Server(base.Server):
    page = int(sys.argv[1])

    def tools(self):
        return TOOLS


Server().run()
