"""A heartbeat keeps it alive."""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


def beat():
    while True:
        time.sleep(1)


class Server(base.Server):
    def run(self):
        for line in sys.stdin:
            if line.strip():
                self.take(line)


threading.Thread(target=beat).start()
Server().run()
