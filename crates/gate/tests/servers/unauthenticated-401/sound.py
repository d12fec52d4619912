"""Names no metadata in the challenge, but serves it at the well-known path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def challenge(self, given):
        return 'Bearer realm="notes"'


Endpoint().run()
