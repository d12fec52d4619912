"""The last page of tools gives the cursor of the second again."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def page_of(self, entries, params, kind):
        page = super().page_of(entries, params, kind)
        if kind == "tools":
            page.setdefault("nextCursor", base.seal("tools:1"))
        return page


Server().run()
