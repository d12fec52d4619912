"""Each page has a new tool and a new cursor."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def page_of(self, entries, params, kind):
        last = int(params.get("cursor", 0))
        entry = {key: f"{value}{last}" for key, value in entries[0].items() if isinstance(value, str)} if entries else {}
        return {"entries": [base.READ_NOTE | entry], "nextCursor": str(last + 1)}


Server().run()
