"""A title among the annotations, and readOnlyHint alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


FIND = {key: value for key, value in base.FIND_NOTES.items() if key != "title"}
READ = base.READ_NOTE | {"annotations": {"readOnlyHint": True}}


class Server(base.Server):
    def tools(self):
        return [FIND, READ]


Server().run()
