"""Says it as the SDKs' validators do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate(self, tool, arguments):
        schema = tool["inputSchema"]
        for name in schema["required"]:
            if name not in arguments:
                raise base.ToolError(f"Input validation error: '{name}' is a required property")
        for name in arguments:
            if name not in schema["properties"]:
                raise base.ToolError(
                    f"Input validation error: Additional properties are not allowed ('{name}' was unexpected)"
                )
        super().validate(tool, arguments)

    def validate_one(self, name, value, schema):
        if schema["type"] == "string" and not isinstance(value, str):
            raise base.ToolError(f"Input validation error: {value!r} is not of type 'string'")
        super().validate_one(name, value, schema)


Server().run()
