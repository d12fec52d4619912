"""A tool that reads what changes by itself: how many microseconds the next note still waits."""

import time

from flawed_6 import Server

BEGUN = time.monotonic()


class Waiting(Server):
    def next(self):
        left = 3_600_000_000 - int((time.monotonic() - BEGUN) * 1_000_000)
        return f"{self.queue[0]} is next, in {left} us; {len(self.queue)} wait."


Waiting().run()
