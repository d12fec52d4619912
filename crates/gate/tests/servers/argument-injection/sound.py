"""Checks paths and addresses, and starts no shell."""

import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base

FOLDER = Path(tempfile.mkdtemp())
(FOLDER / "garden.txt").write_text("water the plants")


def tool(name, title, does, argument, says, example, more):
    return base.READ_NOTE | {
        "name": name,
        "title": title,
        "description": (
            f"{does} `{argument}` is {says}, such as {example}. Returns the text. Do not use it to look for a note by its "
            f"words: use find_notes. {more}"
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                argument: {
                    "type": "string",
                    "description": f"It is {says}.",
                    "minLength": 1,
                    "maxLength": 500,
                    "examples": [example],
                }
            },
            "required": [argument],
            "additionalProperties": False,
        },
        "annotations": base.READ_NOTE["annotations"] | {"title": title},
    }


OWN = "It only reads the server's own notes."
TOOLS = [
    tool("read_page", "Read a page", "Shows a page of the notes.", "path", "the path of the page", "garden.txt", OWN),
    tool("search_pages_count", "Count matches", "Shows how many lines of the pages match.", "pattern", "the pattern", "water", OWN),
    tool("get_preview", "Get a preview", "Shows the start of a web page.", "url", "the address", "https://notes.example/1",
         "It sends a request to that address over the network."),
    tool("preview_greeting", "Preview a greeting", "Shows a greeting with a name.", "name", "the name", "Ada", OWN),
]


class Server(base.Server):
    def tools(self):
        return super().tools() + TOOLS

    def templates(self):
        return [
            {
                "uriTemplate": "pages://{path}",
                "name": "page",
                "title": "A page",
                "description": "The text of a page of the notes.",
                "mimeType": "text/plain",
            }
        ]

    def call(self, name, arguments):
        if name == "read_page":
            return self.page_text(arguments["path"])
        if name == "search_pages_count":
            return self.count(arguments["pattern"])
        if name == "get_preview":
            return self.fetch(arguments["url"])
        if name == "preview_greeting":
            return self.greet(arguments["name"])
        return super().call(name, arguments)

    def read(self, uri):
        if uri.startswith("pages://"):
            try:
                return self.page_text(urllib.parse.unquote(uri.removeprefix("pages://")))
            except base.ToolError as error:
                raise base.RpcError(-32602, str(error)) from None
        return super().read(uri)

    def page_text(self, path):
        wanted = "There is no such page. Call again with garden.txt."
        try:
            full = (FOLDER / path).resolve()
        except (OSError, ValueError):
            raise base.ToolError(wanted) from None
        if not full.is_relative_to(FOLDER.resolve()) or not full.is_file():
            raise base.ToolError(wanted)
        return full.read_text()

    def count(self, pattern):
        if "\0" in pattern:
            raise base.ToolError("A pattern has no such character. Call again with a word.")
        done = subprocess.run(
            ["grep", "-c", "-F", "-e", pattern, "--", f"{FOLDER}/garden.txt"],
            capture_output=True,
            text=True,
            timeout=5,
            stdin=subprocess.DEVNULL,
        )
        return f"{done.stdout.strip()[:5] or '0'} lines match"

    def fetch(self, url):
        parts = urllib.parse.urlsplit(url) if url.startswith("https://") else None
        if parts is None or not (parts.hostname or "").endswith(".example"):
            raise base.ToolError("Only pages of https hosts under .example can be shown. Call again with one.")
        return f"A preview of {parts.hostname}"

    def greet(self, name):
        return "Hello " + name


Server().run()
