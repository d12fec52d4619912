"""One tool a page; refuses what is not its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    page = 1


Server().run()
