"""Zero-width characters in the instructions and in the server's own title."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    instructions = base.Server.instructions + "\u2063\u2062\u200d\u2063"
    version = "1.0.0\u200b"


Server().run()
