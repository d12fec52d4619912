"""Another dialect, references within the document, a look-ahead: all legal."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


INPUT = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "definitions": {"NoteId": base.READ_NOTE["inputSchema"]["properties"]["id"] | {"pattern": "^(?=n)n[0-9]{1,6}$"}},
    "properties": {"id": {"$ref": "#/definitions/NoteId"}},
    "required": ["id"],
    "additionalProperties": False,
}
READ_NOTE = base.READ_NOTE | {"inputSchema": INPUT}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, READ_NOTE]

    def validate(self, tool, arguments):
        known = {"read_note": base.READ_NOTE}
        super().validate(known.get(tool["name"], tool), arguments)


Server().run()
