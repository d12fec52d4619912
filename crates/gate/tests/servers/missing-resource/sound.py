"""Refuses with the code of each era, and greets whoever is named."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def templates(self):
        return [
            {
                "uriTemplate": "greeting://{name}",
                "name": "greeting",
                "title": "A greeting",
                "description": "Greets whoever is named.",
                "mimeType": "text/plain",
            }
        ]

    def answer(self, method, params, request, era):
        try:
            return super().answer(method, params, request, era)
        except base.RpcError as error:
            if method == "resources/read" and era == "legacy":
                error.code = -32002
            raise

    def read(self, uri):
        if uri.startswith("greeting://"):
            return f"Hello, {uri.removeprefix('greeting://')}!"
        return super().read(uri)


Server().run()
