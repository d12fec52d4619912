"""Refuses the cursor that it gave out."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def page_of(self, entries, params, kind):
        if "cursor" in params:
            raise base.RpcError(-32602, "This cursor is not one of this server's. Call again without a cursor.")
        return super().page_of(entries, params, kind)


Server().run()
