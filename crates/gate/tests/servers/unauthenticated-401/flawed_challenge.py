"""Says 401 without WWW-Authenticate."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def unauthorized(self, given):
        return http_base.Refusal(401, message="A valid token is needed.")


Endpoint().run()
