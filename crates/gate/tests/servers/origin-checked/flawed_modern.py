"""Looks at the origin in the older era only."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def admit(self, request):
        self.check_host(request)

    def legacy(self, request, message):
        self.check_origin(request)
        super().legacy(request, message)


Endpoint().run()
