"""A description of which clients show the beginning."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

DESCRIPTION = base.FIND_NOTES["description"] + " For example, the phrase may be: water the plants of the office." * 30


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"description": DESCRIPTION}, base.READ_NOTE]

Server().run()
