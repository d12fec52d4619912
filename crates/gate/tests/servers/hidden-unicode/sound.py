"""Emoji, a flag, Persian and an accent, which need some of these characters."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


NEEDED = "\U0001f469\u200d\U0001f33e \u2764\ufe0f \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 caf\u00e9"


class Server(base.Server):
    instructions = base.Server.instructions + " " + NEEDED

    def call(self, name, arguments):
        answer = super().call(name, arguments)
        return answer + NEEDED + " co\u00adop" if name == "read_note" else answer

    def read(self, uri):
        return "\ufeff" + super().read(uri)


Server().run()
