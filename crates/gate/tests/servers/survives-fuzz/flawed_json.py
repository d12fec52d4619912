"""Ends when a line is no JSON."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import json


class Server(base.Server):
    def take(self, line):
        json.loads(line)
        super().take(line)


Server().run()
