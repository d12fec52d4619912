"""Names no metadata and has none."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def challenge(self, given):
        return "Bearer"

    def get(self, request):
        self.admit(request)
        raise http_base.Refusal(404 if request.path != self.path else 405, message="Nothing is here.")


Endpoint().run()
