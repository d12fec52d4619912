"""Small repositories for the rules that read one: `python3 projects.py NAME FOLDER` writes the project NAME into FOLDER.

`sound` has no defect; every other name is the sound one with one change. `python3 projects.py` lists all names. The server
needs the Python SDK (crates/gate/tests/real/requirements.txt); what it does without its environment variable it does before it.
"""

import sys
from pathlib import Path

SHA = "0123456789abcdef0123456789abcdef01234567"

SOUND = {
    "README.md": """# stock-mcp

Answers questions about one warehouse's stock.

## Configuration

| variable | required | what |
| --- | --- | --- |
| `STOCK_API_KEY` | yes | key of the stock service |

## Start

`STOCK_API_KEY=... python -m stock_mcp`
""",
    "SECURITY.md": "# Security\n\nReport a vulnerability to security@stock.example; we answer within three days. Do not open an issue for it.\n",
    "CONTRIBUTING.md": "# Contributing\n\n`python -m unittest discover -s tests -t .` runs all three layers of tests. A change needs a test that fails without it.\n",
    ".github/workflows/ci.yml": f"""name: ci
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@{SHA} # v5.0.0
        with:
          persist-credentials: false
      - uses: actions/setup-python@{SHA} # v6.0.0
        with:
          python-version: "3.13"
      - run: pip install --require-hashes -r requirements.lock
      - run: python -m unittest discover -s tests -t .
""",
    "pyproject.toml": """[project]
name = "stock-mcp"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["mcp>=2.3,<3"]

[build-system]
requires = ["setuptools==80.9.0"]
build-backend = "setuptools.build_meta"
""",
    "requirements.lock": "mcp==2.3.0 \\\n    --hash=sha256:" + "0" * 64 + "\n",
    ".env.example": "# key of the stock service\nSTOCK_API_KEY=\n",
    "stock_mcp/__init__.py": '"""Answers questions about one warehouse\'s stock."""\n',
    "stock_mcp/stock.py": '''"""The stock itself."""

STOCK = {"hinge": 12, "bolt": 400}


def pieces(item: str) -> int:
    """How many pieces of an item there are; KeyError for an unknown one."""
    return STOCK[item.strip().lower()]
''',
    "stock_mcp/__main__.py": '''"""Starts the server over stdio."""

import os
import sys

if not os.environ.get("STOCK_API_KEY"):
    sys.exit("stock-mcp: the environment variable STOCK_API_KEY is missing: set it to the key of the stock service")

from .server import server

server.run()
''',
    "stock_mcp/server.py": '''"""The server and its tool."""

from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from . import stock

server = MCPServer("stock", version="1.0.0")


@server.tool(
    title="Count pieces",
    description="Tells how many pieces of one item the warehouse has. Takes the item's name. Returns a number. Reads only. Not for prices.",
    annotations=ToolAnnotations(read_only_hint=True, destructive_hint=False),
)
def count_pieces(item: Annotated[str, Field(description="The item's name, as hinge.", max_length=60)]) -> int:
    try:
        return stock.pieces(item)
    except KeyError:
        raise ToolError("There is no such item. NEXT: try hinge or bolt.") from None
''',
    "tests/__init__.py": "",
    "tests/unit/__init__.py": "",
    "tests/unit/test_stock.py": '''import unittest

from stock_mcp import stock


class Stock(unittest.TestCase):
    def test_known_item(self):
        self.assertEqual(stock.pieces(" Hinge "), 12)
''',
    "tests/protocol/__init__.py": "",
    "tests/protocol/test_stdio.py": '''"""Talks to the real process over stdio."""

import json
import os
import subprocess
import sys
import unittest


def initialized(key="k"):
    first = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
             "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}
    done = subprocess.run([sys.executable, "-m", "stock_mcp"], input=json.dumps(first) + "\\n", text=True, capture_output=True, timeout=30,
                          env={"PATH": os.environ["PATH"], "STOCK_API_KEY": key})
    return done


class Stdio(unittest.TestCase):
    def test_initialize(self):
        self.assertEqual(json.loads(initialized().stdout.splitlines()[0])["result"]["protocolVersion"], "2025-11-25")
''',
    "tests/adversarial/__init__.py": "",
    "tests/adversarial/test_hostile.py": '''"""What a hostile caller may try."""

import unittest

from stock_mcp import stock


class Hostile(unittest.TestCase):
    def test_traversal_and_long_names_are_unknown_items(self):
        for item in ("../../etc/passwd", "hinge; rm -rf /", "x" * 100_000):
            with self.assertRaises(KeyError):
                stock.pieces(item)
''',
}


def without(*prefixes: str) -> dict:
    return {path: text for path, text in SOUND.items() if not path.startswith(prefixes)}


def changed(path: str, old: str, new: str) -> dict:
    assert old in SOUND[path]
    return SOUND | {path: SOUND[path].replace(old, new)}


PROJECTS = {
    # name: (the rule that must find it, or None; the files)
    "r01_failing_test": ("R01", changed("tests/unit/test_stock.py", "12)", "13)")),
    "r01_no_adversarial_tests": ("R01", without("tests/adversarial/")),
    "r01_no_protocol_tests": ("R01", without("tests/protocol/")),
    "r02_action_by_tag": ("R02", changed(".github/workflows/ci.yml", f"checkout@{SHA} # v5.0.0", "checkout@v5")),
    "r02_no_contributing": ("R02", without("CONTRIBUTING.md")),
    "r02_security_without_contact": ("R02", SOUND | {"SECURITY.md": "# Security\n\nWe take security seriously.\n"}),
    "r03_no_lock": ("R03", without("requirements.lock")),
    "r03_unbounded_sdk": ("R03", changed("pyproject.toml", "mcp>=2.3,<3", "mcp>=2.3")),
    "r04_missing_key_accepted": ("R04", changed("stock_mcp/__main__.py", 'if not os.environ.get("STOCK_API_KEY"):', 'if os.environ.get("STOCK_API_KEY", "-") == "":')),
    "r04_exit_zero": ("R04", changed("stock_mcp/__main__.py", "    sys.exit(\"stock-mcp: the environment variable STOCK_API_KEY is missing: set it to the key of the stock service\")",
                                     "    print(\"stock-mcp: STOCK_API_KEY is missing\", file=sys.stderr)\n    sys.exit(0)")),
    "r04_unnamed": ("R04", changed("stock_mcp/__main__.py", "stock-mcp: the environment variable STOCK_API_KEY is missing: set it to the key of the stock service", "stock-mcp: bad configuration")),
    "sound": (None, SOUND),
    "x04_key_in_repository": ("X04", SOUND | {"deploy/staging.env": "STOCK_API_KEY=" + "sk_" + "live_" + "9fT2bWq7Zk4LmX0cVd8RnY3s\n"}),
}


def write(name: str, folder: Path):
    for path, text in PROJECTS[name][1].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in PROJECTS:
        write(sys.argv[1], Path(sys.argv[2]))
    else:
        for name, (rule, _) in PROJECTS.items():
            print(name, rule or "-")
