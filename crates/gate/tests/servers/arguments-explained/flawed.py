"""Arguments that neither the description nor the schema explains."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

SCHEMA = base.FIND_NOTES["inputSchema"]
# what is left says the names again
PROPERTIES = {name: schema | {"description": f"The {name} (optional)."} for name, schema in SCHEMA["properties"].items()}
DESCRIPTION = (
    "Finds notes that contain a phrase, newest first. Returns one line a note: its id and what it says. Do not use it "
    "for one note whose id is known: use read_note."
)


class Server(base.Server):
    def tools(self):
        find = base.FIND_NOTES | {"description": DESCRIPTION, "inputSchema": SCHEMA | {"properties": PROPERTIES}}
        return [find, base.READ_NOTE]

Server().run()
