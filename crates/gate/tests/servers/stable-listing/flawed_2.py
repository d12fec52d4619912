"""Names its session in a description."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


SESSION = os.urandom(4).hex()


class Server(base.Server):
    def tools(self):
        read = base.READ_NOTE | {"description": base.READ_NOTE["description"] + f" Session: {SESSION}."}
        return [base.FIND_NOTES, read]


Server().run()
