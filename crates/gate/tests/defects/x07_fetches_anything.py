"""PLANTED X07: read_link fetches any address for its caller, also those of this machine and file: URLs."""

import urllib.request

from base import READS, ToolError
from sound_contacts import make

server = make()


@server.tool("read_link", "Read a contact's page",
             "Fetches a contact's home page over the network. Takes its url. Returns the first 2,000 characters. Reads only. Not for other pages.",
             properties={"url": {"type": "string", "format": "uri", "maxLength": 300, "examples": ["https://example.com/"], "description": "The page's address."}},
             required=["url"], annotations=READS | {"openWorldHint": True})
def read_link(arguments):
    try:
        with urllib.request.urlopen(arguments["url"], timeout=2) as page:
            return page.read(2000).decode("utf-8", "replace")
    except (OSError, ValueError):
        raise ToolError("The page cannot be read. NEXT: check the address with the user.") from None


server.run()
