"""Speaks 2026-07-28 alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    eras = ("modern",)


Server().run()
