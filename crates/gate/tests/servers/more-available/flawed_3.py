"""Says so where a limit was given, and cuts in silence where none was."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        answer = super().find_notes(arguments)
        if "limit" in arguments:
            return answer
        return "\n".join(line for line in answer.split("\n") if not line.startswith("MORE"))


Server().run()
