"""Leaves a call and its progress when it is cancelled."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def called(self, params, request):
        token = (params.get("_meta") or {}).get("progressToken")
        for step in range(1, 11 if params.get("name") == "find_notes" else 1):
            time.sleep(0.05)
            if request in self.cancelled:
                break
            if token is not None:
                progress = {"progressToken": token, "progress": step, "total": 10}
                self.send({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress})
        return super().called(params, request)


Server().run()
