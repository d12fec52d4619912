"""Says how many are left, and advises to refine."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def find_notes(self, arguments):
        lines = super().find_notes(arguments).split("\n")
        if lines[-1].startswith("MORE"):
            lines[-1] = "[cut: there are more results; " + lines[-1].split(" - ")[1] + ", or refine the phrase]"
        return "\n".join(lines)


Server().run()
