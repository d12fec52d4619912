"""Names the versions of both eras, and itself in _meta alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def discover(self):
        found = super().discover()
        found["supportedVersions"] = [base.MODERN, *base.LEGACY]
        found["_meta"] = {base.META + "serverInfo": found.pop("serverInfo")}
        return found


Server().run()
