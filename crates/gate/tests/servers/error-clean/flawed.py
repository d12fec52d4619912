"""Answers with a stack trace."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import traceback


class Server(base.Server):
    def called(self, params, request):
        answer = super().called(params, request)
        if answer.get("isError"):
            try:
                raise ValueError(answer["content"][0]["text"])
            except ValueError:
                answer["content"][0]["text"] += "\n" + traceback.format_exc()
        return answer


Server().run()
