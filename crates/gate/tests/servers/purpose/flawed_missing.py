"""No description, and one that was never written."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

class Server(base.Server):
    def tools(self):
        find = dict(base.FIND_NOTES)
        del find["description"]
        return [find, base.READ_NOTE | {"description": "TODO: describe this tool before the release, please."}]

Server().run()
