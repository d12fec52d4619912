"""Mints a session for every request."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def answer(self, request, message, modern=False, headers=()):
        super().answer(request, message, modern, headers or self.minted())


Endpoint().run()
