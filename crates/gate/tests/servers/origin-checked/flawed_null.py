"""Takes "null" for a program without a page."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_origin(self, request):
        if request.headers.get("Origin") != "null":
            super().check_origin(request)


Endpoint().run()
