"""Ends at random moments, the same ones for the same seed; now and then in the middle of a line."""

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

SEED = sys.argv[1]


class Server(base.Server):
    def take(self, line):
        chance = random.Random(SEED + line).random()
        if chance < 0.15:
            sys.stdout.write('{"jsonrpc": "2.0", "id": 3, "res')
            sys.stdout.flush()
        if chance < 0.3:
            os._exit(int(chance * 20))
        super().take(line)


Server().run()
