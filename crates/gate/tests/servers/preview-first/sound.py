"""Previews, and numbers its previews, which is no change."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Deleting):
    previews = 0

    def delete_note(self, arguments):
        answer = super().delete_note(arguments)
        if answer.startswith("PREVIEW"):
            self.previews += 1
            answer += f" (preview {self.previews})"
        return answer


Server().run()
