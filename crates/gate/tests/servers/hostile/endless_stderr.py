"""Answers, and writes to stderr without end."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


def write():
    while True:
        sys.stderr.write("still alive " * 1_000 + "\x1b[31m\n")


threading.Thread(target=write, daemon=True).start()
base.Server().run()
