"""Takes any limit, and gives 50 at most."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import copy

FIND_NOTES = copy.deepcopy(base.FIND_NOTES)
FIND_NOTES["inputSchema"]["properties"]["limit"] |= {
    "description": "How many notes to return; more than 50 are never returned.",
    "maximum": 1000000,
}


class Server(base.Server):
    def tools(self):
        return [FIND_NOTES, base.READ_NOTE]


Server().run()
