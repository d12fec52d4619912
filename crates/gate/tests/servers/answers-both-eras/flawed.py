"""Speaks 2025-11-25 and older alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    eras = ("legacy",)


Server().run()
