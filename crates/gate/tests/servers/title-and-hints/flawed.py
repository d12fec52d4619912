"""A tool without title and hints."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


BARE = {key: value for key, value in base.READ_NOTE.items() if key not in ("title", "annotations")}


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES, BARE]


Server().run()
