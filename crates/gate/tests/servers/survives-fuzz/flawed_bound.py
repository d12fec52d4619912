"""Dies of the largest limit, which its schema allows."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        if arguments.get("limit") == 50:
            os._exit(1)
        return super().find_notes(arguments)


Server().run()
