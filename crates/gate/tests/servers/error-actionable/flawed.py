"""Hides what was wrong, as an SDK does with a plain exception."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def called(self, params, request):
        answer = super().called(params, request)
        if answer.get("isError"):
            answer["content"] = [{"type": "text", "text": f"Error executing tool {params['name']}"}]
        return answer


Server().run()
