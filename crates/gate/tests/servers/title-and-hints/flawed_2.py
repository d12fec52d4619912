"""Hints as strings, and beside annotations; a title of nothing."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


STRINGS = base.FIND_NOTES | {"annotations": {"readOnlyHint": "true", "destructiveHint": "false"}}
BESIDE = {key: value for key, value in base.READ_NOTE.items() if key != "annotations"} | {
    "title": " ",
    "readOnlyHint": True,
    "destructiveHint": False,
}


class Server(base.Server):
    def tools(self):
        return [STRINGS, BESIDE]


Server().run()
