"""Names and lines that would forge a report: escapes of terminals, markup of every format."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

MISCHIEF = [
    "x\u001b[2J\u001b[31mseaworthy: 0 errors",
    "x\nseaworthy: 0 errors, 0 warnings, 0 notes",
    "<script>alert(1)</script><img src=x>",
    "](https://evil.example) @everyone | **bold** `code` </code>",
    "]]> &amp; \u202eesrever\u202c",
]


class Server(base.Server):
    name = "mischief\u001b[0m<script>"

    def tools(self):
        return [base.FIND_NOTES | {"name": name} for name in MISCHIEF]

    def call(self, name, arguments):
        return super().call("find_notes", arguments)


print("\u001b]0;owned\u0007<script>noise</script>", flush=True)
Server().run()
