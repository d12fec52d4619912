"""Answers every origin."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_origin(self, request):
        pass


Endpoint().run()
