"""PLANTED X07: read_attachment opens any path, ../../ and absolute ones too."""

import os
import tempfile

from base import READS, ToolError
from sound_wiki import make

server = make()
folder = tempfile.gettempdir()


@server.tool("read_attachment", "Read an attachment",
             "Reads a text file that is attached to a wiki page, by its file name. Returns at most 4,000 characters of it. Reads only. Not for pages: "
             "use read_page.",
             properties={"name": {"type": "string", "minLength": 1, "maxLength": 200, "examples": ["plan.txt"], "description": "The file's name, as plan.txt."}},
             required=["name"], annotations=READS)
def read_attachment(arguments):
    try:
        with open(os.path.join(folder, arguments["name"]), errors="replace") as file:
            return file.read(4000)
    except (OSError, ValueError):
        raise ToolError("There is no such attachment. NEXT: call read_page; pages name their attachments.") from None


server.run()
