"""Answers, and writes lines to stdout without end."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


def write():
    while True:
        sys.stdout.write("still alive\n" * 1_000)


threading.Thread(target=write, daemon=True).start()
base.Server().run()
