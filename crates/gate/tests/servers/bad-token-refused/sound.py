"""Refuses addresses with a token in them with 400, header or not."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_token(self, request):
        if "access_token=" in request.path:
            raise http_base.Refusal(400, message="A token does not belong into an address.")
        super().check_token(request)


Endpoint().run()
