"""Lets the token say that it is not signed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def is_valid(self, token):
        import base64
        import json

        try:
            header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
            return header["alg"] == "none"
        except (ValueError, KeyError, TypeError):
            return token == self.token


Endpoint().run()
