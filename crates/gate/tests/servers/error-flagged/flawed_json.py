"""Tells a failure within JSON alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import json


class Server(base.Server):
    def called(self, params, request):
        answer = super().called(params, request)
        if answer["isError"]:
            text = answer["content"][0]["text"]
            answer = {"content": [{"type": "text", "text": json.dumps({"success": False, "message": text})}]}
        return answer


Server().run()
