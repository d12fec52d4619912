"""Gives the cursor of the next page."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        text = arguments["text"].lower()
        found = [{"id": key, "text": note} for key, note in base.NOTES.items() if text in note.lower()]
        start = 0
        if "cursor" in arguments:
            try:
                start = base.unseal(arguments["cursor"], "notes")
            except base.RpcError as error:
                raise base.ToolError(error.message) from None
        end = start + min(arguments.get("limit", 20), 50)
        answer = {"notes": found[start:end]}
        if end < len(found):
            answer |= {"next_cursor": base.seal(f"notes:{end}")}
        return {"content": [{"type": "text", "text": json.dumps(answer)}]}


Server().run()
