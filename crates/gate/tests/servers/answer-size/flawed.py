"""A note of some 30,000 tokens comes whole."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def call(self, name, arguments):
        answer = super().call(name, arguments)
        return answer * 5_000 if name == "read_note" else answer


Server().run()
