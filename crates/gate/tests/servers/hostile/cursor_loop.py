"""Its cursors come back: every one, or every other one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

PERIOD = int(sys.argv[1])


class Server(base.Server):
    def page_of(self, entries, params, kind):
        last = int(params["cursor"]) if "cursor" in params else 0
        return {"entries": entries, "nextCursor": str((last + 1) % PERIOD)}


Server().run()
