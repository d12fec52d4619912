"""Puts its arguments into paths, a shell, requests and a template as they are."""

import re
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
        try:
            return (FOLDER / path).read_text()
        except (OSError, ValueError):
            raise base.ToolError("There is no such page. Call again with garden.txt.") from None

    def count(self, pattern):
        done = subprocess.run(
            f"grep -c {pattern} {FOLDER}/garden.txt", shell=True, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL
        )
        return f"{done.stdout.strip()[:5] or '0'} lines match"

    def fetch(self, url):
        try:
            return urllib.request.urlopen(url, timeout=1).read(200).decode()
        except (OSError, ValueError):
            raise base.ToolError("The page cannot be reached. Call again with another address.") from None

    def greet(self, name):
        def evaluate(match):
            one, other = match[1].split("*")
            return str(int(one) * int(other))

        return re.sub(r"\{\{([0-9]+\*[0-9]+)\}\}", evaluate, f"Hello {name}")


Server().run()
