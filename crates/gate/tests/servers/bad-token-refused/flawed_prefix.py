"""Compares the beginning of the token."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def is_valid(self, token):
        return token.startswith(self.token)


Endpoint().run()
