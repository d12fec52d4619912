"""Reads a JSON Web Token without looking at its signature."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def is_valid(self, token):
        import base64
        import json
        import time

        try:
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            return claims["aud"] == self.origin() + self.path and claims["exp"] > time.time()
        except (ValueError, IndexError, KeyError):
            return token == self.token


Endpoint().run()
