"""Checks a token only where there is one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        if "Authorization" in request.headers:
            super().check_token(request)


Endpoint().run()
