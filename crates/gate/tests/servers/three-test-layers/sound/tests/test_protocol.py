"""Its helpers start the server and assert; its tests only call them."""

import json
import subprocess
import sys
import unittest
from pathlib import Path


def exchange(requests):
    server = Path(__file__).parent.parent / "server.py"
    lines = "".join(json.dumps({"jsonrpc": "2.0", **request}) + "\n" for request in requests)
    ran = subprocess.run([sys.executable, server], input=lines, capture_output=True, text=True, timeout=30)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def expect_tools(count):
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    answers = exchange([{"id": 1, "method": "initialize", "params": hello}, {"id": 2, "method": "tools/list"}])
    assert len(answers[1]["result"]["tools"]) == count


class Protocol(unittest.TestCase):
    def test_two(self):
        expect_tools(2)


if __name__ == "__main__":
    unittest.main()
