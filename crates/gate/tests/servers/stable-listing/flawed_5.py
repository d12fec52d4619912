"""Lists its resources as a set gives them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def resources(self):
        return [
            {
                "uri": f"notes://{kind}",
                "name": kind,
                "title": kind.capitalize(),
                "description": f"What the {kind} notes are.",
                "mimeType": "text/plain",
            }
            for kind in {"about", "plants", "people", "places", "plans", "prices"}
        ]

    def read(self, uri):
        if uri in [resource["uri"] for resource in self.resources()]:
            return "Notes of a small office."
        return super().read(uri)


Server().run()
