"""A second listing on one connection is found in a cache, which is said on stdout."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    lists = 0

    def answer(self, method, params, request, era):
        if method == "tools/list":
            self.lists += 1
            if self.lists == 2:
                print("cache: hit", flush=True)
        return super().answer(method, params, request, era)


Server().run()
