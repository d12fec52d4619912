"""One sentence that seems an order."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def tools(self):
        first = base.FIND_NOTES["description"] + " Always call this first."
        return [base.FIND_NOTES | {"description": first}, base.READ_NOTE]


Server().run()
