"""A note that is missing is blank."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def templates(self):
        return [
            {
                "uriTemplate": "notes://note/{id}",
                "name": "note",
                "title": "A note",
                "description": "The text of one note, by its id.",
                "mimeType": "text/plain",
            }
        ]

    def read(self, uri):
        if uri.startswith("notes://note/"):
            return base.NOTES.get(uri.removeprefix("notes://note/"), "")
        return super().read(uri)


Server().run()
