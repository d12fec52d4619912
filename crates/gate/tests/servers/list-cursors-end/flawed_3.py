"""The cursor is a number."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def page_of(self, entries, params, kind):
        page = super().page_of(entries, params, kind)
        if "nextCursor" in page:
            page["nextCursor"] = base.unseal(page["nextCursor"], kind)
        return page


Server().run()
