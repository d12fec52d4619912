"""Refuses with 400."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_origin(self, request):
        try:
            super().check_origin(request)
        except http_base.Refusal:
            raise http_base.Refusal(400, message="This origin is not allowed.") from None


Endpoint().run()
