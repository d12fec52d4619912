"""Refuses with the code of the older era."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def read(self, uri):
        try:
            return super().read(uri)
        except base.RpcError as error:
            error.code = -32002
            raise


Server().run()
