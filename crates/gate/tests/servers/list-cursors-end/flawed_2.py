"""Each page begins with the last entry of the page before."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 2

    def tools(self):
        return super().tools() + [base.READ_NOTE | {"name": "read_old_note"}]

    def page_of(self, entries, params, kind):
        page = super().page_of(entries, params, kind)
        if "nextCursor" in page:
            page["nextCursor"] = base.seal(f"{kind}:{base.unseal(page['nextCursor'], kind) - 1}")
        return page


Server().run()
