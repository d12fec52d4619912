"""Asks for a token for the metadata."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def get(self, request):
        self.check_token(request)
        super().get(request)


Endpoint().run()
