"""Also takes the token from the query."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        import urllib.parse

        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        if query.get("api_key") != [self.token]:
            super().check_token(request)


Endpoint().run()
