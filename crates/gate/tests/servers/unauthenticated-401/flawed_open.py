"""Asks for no token, and deletes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base
import http_base


class Endpoint(http_base.Endpoint):
    token = None


Endpoint(base.Deleting()).run()
