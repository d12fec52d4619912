"""Never answers when an argument is missing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import time


class Server(base.Server):
    def validate(self, tool, arguments):
        if "text" not in arguments and tool["name"] == "find_notes":
            time.sleep(3600)
        super().validate(tool, arguments)


Server().run()
