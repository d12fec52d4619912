"""Answers server/discover without its versions."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def discover(self):
        found = super().discover()
        del found["supportedVersions"]
        return found


Server().run()
