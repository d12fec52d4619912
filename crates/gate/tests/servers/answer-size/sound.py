"""Some 9,000 tokens, as text and once more structured, which a model sees once."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        answer = super().call(name, arguments)
        if name != "read_note":
            return answer
        note = {"text": answer * 1_400}
        return {"content": [{"type": "text", "text": json.dumps(note)}], "structuredContent": note}


Server().run()
