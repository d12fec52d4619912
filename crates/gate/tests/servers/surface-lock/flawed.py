"""Not what base.py shows: another description, another schema, a new tool, one gone."""

import copy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    instructions = base.Server.instructions + " Notes are shown as they were written."

    def tools(self):
        find = copy.deepcopy(base.FIND_NOTES)
        find["description"] = find["description"].replace("newest first", "newest and longest first")
        find["inputSchema"]["properties"]["limit"]["maximum"] = 40
        return [find, base.READ_NOTE | {"name": "show_note"}]

    def call(self, name, arguments):
        return super().call({"show_note": "read_note"}.get(name, name), arguments)


Server().run()
