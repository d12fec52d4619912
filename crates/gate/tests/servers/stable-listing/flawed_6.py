"""Shows one tool to every other session alone."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def tools(self):
        return super().tools()[: 1 + os.getpid() % 2]


Server().run()
