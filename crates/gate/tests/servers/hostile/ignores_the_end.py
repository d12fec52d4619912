"""Ignores the end of stdin and SIGTERM, and says that it goes on."""

import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)


class Server(base.Server):
    def run(self):
        for line in sys.stdin:
            self.take(line)
        while True:
            time.sleep(1)


Server().run()
