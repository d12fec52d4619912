"""Refuses with 403."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def unauthorized(self, given):
        return http_base.Refusal(403, message="A valid token is needed.")


Endpoint().run()
