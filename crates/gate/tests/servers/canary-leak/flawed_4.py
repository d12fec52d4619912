"""Logs the environment when it starts."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    pass


print("starting with", dict(os.environ), file=sys.stderr)


Server().run()
