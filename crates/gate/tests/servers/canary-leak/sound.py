"""Reads its own settings only, and names variables without their values."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


READ_SETTING = base.READ_NOTE | {
    "name": "read_setting",
    "title": "Read a setting",
    "description": (
        "Shows one setting of the notes server. `name` is the name of the setting, such as PAGE_SIZE. Returns the value "
        "of the setting. Do not use it to read a note: use read_note. It only reads the server's own configuration."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "description": "The name of the setting.",
                "pattern": "^[A-Z_]{1,40}$",
                "maxLength": 40,
                "examples": ["PAGE_SIZE"],
            }
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    "annotations": base.READ_NOTE["annotations"] | {"title": "Read a setting"},
}


class Server(base.Server):
    def tools(self):
        return super().tools() + [READ_SETTING]

    def call(self, name, arguments):
        if name != "read_setting":
            return super().call(name, arguments)
        value = {"PAGE_SIZE": "50"}.get(arguments["name"])
        if value is None:
            raise base.ToolError(f"There is no setting {arguments['name']}. Call again with PAGE_SIZE; variables such as " + "SEAWORTHY_CANARY_SECRET are never shown.")
        return f"{arguments['name']} is {value}"


Server().run()
