"""No inputSchema."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


READ_NOTE = {key: value for key, value in base.READ_NOTE.items() if key != "inputSchema"}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, READ_NOTE]


Server().run()
