"""Believes the limit, whatever its schema says."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def validate_one(self, name, value, schema):
        super().validate_one(name, value, {"type": "integer"} if name == "limit" else schema)

    def find_notes(self, arguments):
        found = [f"{key} {text}" for key, text in base.NOTES.items() if arguments["text"].lower() in text.lower()]
        return "\n".join(found[: arguments.get("limit", 20)]) or "No note contains that. Try a shorter phrase."


Server().run()
