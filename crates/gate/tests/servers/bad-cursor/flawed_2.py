"""Fails with an internal error on a cursor that it cannot read."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1

    def page_of(self, entries, params, kind):
        try:
            return super().page_of(entries, params, kind)
        except base.RpcError:
            raise base.RpcError(-32603, "Internal error") from None


Server().run()
