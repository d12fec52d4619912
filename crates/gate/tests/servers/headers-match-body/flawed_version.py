"""Goes by the version in the body alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def check_headers(self, request, message, params):
        self.check_method_header(request, message)
        self.check_name_header(request, message, params)


Endpoint().run()
