"""Listens on loopback, and is called by its name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    address = "127.0.0.1"


Endpoint().run()
