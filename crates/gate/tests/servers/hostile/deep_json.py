"""Lists, calls and reads are answered with 10,000 levels of arrays."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def send(self, message):
        if "tools" in message.get("result", {}) or "content" in message.get("result", {}):
            with self.lock:
                deep = "[" * 10_000 + "]" * 10_000
                sys.stdout.write(f'{{"jsonrpc": "2.0", "id": {message["id"]}, "result": {deep}}}\n')
                sys.stdout.flush()
        else:
            super().send(message)


Server().run()
