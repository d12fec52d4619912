"""Answers calls of unknown tools as if they had worked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def called(self, params, request):
        if params.get("name") not in [tool["name"] for tool in self.tools()]:
            return {"content": [{"type": "text", "text": f"Unknown tool: {params.get('name')}"}]}
        return super().called(params, request)


Server().run()
