"""Fails inside at such texts, and says so in an answer."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        try:
            if len(arguments["text"]) > 150 or "\0" in arguments["text"]:
                raise ValueError
            return super().find_notes(arguments)
        except ValueError:
            raise base.ToolError("text must be a plain phrase of at most 150 characters. Call again with one.") from None


Server().run()
