"""What is missing is blank."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def read(self, uri):
        return {"notes://about": "Notes of a small office."}.get(uri, "")


Server().run()
