"""Returns the text of an error as if it were a result."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def called(self, params, request):
        answer = super().called(params, request)
        if answer.pop("isError", False):
            answer["content"][0]["text"] = "Error: " + answer["content"][0]["text"]
        return answer


Server().run()
