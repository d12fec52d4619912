"""Takes what is no boolean for no confirmation, and previews."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Deleting):
    def validate_one(self, name, value, schema):
        if name != "confirm":
            super().validate_one(name, value, schema)


Server().run()
