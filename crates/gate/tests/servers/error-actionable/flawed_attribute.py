"""Passes on what the interpreter said."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate_one(self, name, value, schema):
        if schema["type"] == "string" and not isinstance(value, str):
            raise base.ToolError(f"'{type(value).__name__}' object has no attribute 'lower'")
        super().validate_one(name, value, schema)


Server().run()
