"""Takes static tokens, which no authorization server issues."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import http_base


class Endpoint(http_base.Endpoint):
    def metadata(self):
        return {"resource": self.origin() + self.path, "bearer_methods_supported": ["header"]}


Endpoint().run()
