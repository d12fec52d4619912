"""There is always a next page, and it is empty."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def page_of(self, entries, params, kind):
        page = super().page_of(entries, params, kind)
        start = base.unseal(params["cursor"], kind) if "cursor" in params else 0
        page["nextCursor"] = base.seal(f"{kind}:{start + self.page}")
        return page


Server().run()
