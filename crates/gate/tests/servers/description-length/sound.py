"""Descriptions of exactly 40 and exactly 2,048 characters."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

SHORT = "Finds notes. Shows ids. Not for writing."
LONG = base.READ_NOTE["description"] + " "
LONG += "Notes are short. " * 200
LONG = LONG[:2047] + "."
assert (len(SHORT), len(LONG)) == (40, 2048)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": SHORT}, base.READ_NOTE | {"description": LONG}]

Server().run()
