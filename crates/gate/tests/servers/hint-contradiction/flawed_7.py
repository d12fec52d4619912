"""A tool that claims to read, takes what it shows, and does not say how many are left."""

from flawed_6 import Server


class Quiet(Server):
    def next(self):
        return f"{self.queue.pop(0)} is next." if self.queue else "None waits."


Quiet().run()
