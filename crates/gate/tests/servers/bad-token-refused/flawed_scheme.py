"""Takes the token after any scheme."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        if not self.is_valid(request.headers.get("Authorization", "").split(" ")[-1]):
            raise self.unauthorized(True)


Endpoint().run()
