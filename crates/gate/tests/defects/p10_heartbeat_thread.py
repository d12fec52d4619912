"""PLANTED P10: a thread that is no daemon keeps the process alive after stdin has closed (for a minute)."""

import threading
import time

from sound_recipes import make


def heartbeat():
    for _ in range(60):
        time.sleep(1)


threading.Thread(target=heartbeat).start()
make().run()
