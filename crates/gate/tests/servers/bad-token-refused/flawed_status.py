"""Refuses a wrong token with 403."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def unauthorized(self, given):
        if given:
            return http_base.Refusal(403, message="This token is not valid.")
        return super().unauthorized(given)


Endpoint().run()
