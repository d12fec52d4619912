"""One tool a page; an empty page lies between, which the protocol allows."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def page_of(self, entries, params, kind):
        page = super().page_of(entries, params, kind)
        if kind == "tools" and "cursor" not in params:
            return {"entries": [], "nextCursor": base.seal("tools:0")}
        return page


Server().run()
