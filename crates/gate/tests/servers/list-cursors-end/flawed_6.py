"""The last page has a nextCursor that is null."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def page_of(self, entries, params, kind):
        page = super().page_of(entries, params, kind)
        page.setdefault("nextCursor", None)
        return page


Server().run()
