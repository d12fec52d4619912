"""Names with a hyphen and capitals."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    def tools(self):
        return [base.FIND_NOTES | {"name": "find-notes"}, base.READ_NOTE | {"name": "readNote"}]

    def call(self, name, arguments):
        return super().call({"find-notes": "find_notes", "readNote": "read_note"}.get(name, name), arguments)


Server().run()
