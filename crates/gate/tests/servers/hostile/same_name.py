"""Lists 100,000 tools of one name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

TOOLS = [base.READ_NOTE | {"description": f"Reads note {number}."} for number in range(20_000)]


class Server(base.Server):
    page = 100_000

    def tools(self):
        return TOOLS


Server().run()
