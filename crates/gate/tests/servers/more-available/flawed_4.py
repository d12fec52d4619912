"""Counts what it shows, and gives no way to the rest."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        lines = super().find_notes(arguments).split("\n")
        shown = [line for line in lines if not line.startswith("MORE")]
        if len(shown) < len(lines):
            shown.insert(0, f"Showing {len(shown)} of 120 notes:")
        return "\n".join(shown)


Server().run()
