"""Ends when an argument is of a wrong type."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


import os


class Server(base.Server):
    def validate_one(self, name, value, schema):
        if schema.get("type") == "string" and not isinstance(value, str):
            os._exit(1)
        super().validate_one(name, value, schema)


Server().run()
