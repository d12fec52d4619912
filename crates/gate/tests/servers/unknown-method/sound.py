"""Refuses unknown tools as tools do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def called(self, params, request):
        try:
            return super().called(params, request)
        except base.RpcError as error:
            return {"content": [{"type": "text", "text": error.message}], "isError": True}


Server().run()
