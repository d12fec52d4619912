"""A description that is the name in a sentence."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = (
    "This tool is used to find the notes, by calling the find_notes function."
)


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
