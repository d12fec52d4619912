"""Tidies up for a moment when stdin ends."""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def run(self):
        for line in sys.stdin:
            if line.strip():
                self.take(line)
        time.sleep(0.3)
        sys.exit(0)


threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
Server().run()
