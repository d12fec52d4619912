"""The same as was recorded, in another order, by a newer version, with another `_meta`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    version = "1.0.1"

    def tools(self):
        return [base.READ_NOTE | {"_meta": {"notes.test/build": 7}}, base.FIND_NOTES]


Server().run()
