"""Takes null for a confirmation."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Deleting):
    def validate_one(self, name, value, schema):
        if name != "confirm" or value is not None:
            super().validate_one(name, value, schema)

    def is_confirmed(self, arguments):
        return "confirm" in arguments and arguments["confirm"] is not False


Server().run()
