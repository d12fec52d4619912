"""What is missing has no content."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def answer(self, method, params, request, era):
        try:
            return super().answer(method, params, request, era)
        except base.RpcError:
            if method == "resources/read":
                return {"contents": []}
            raise


Server().run()
