import json
import subprocess
import sys
import unittest
from pathlib import Path

SERVER = Path(__file__).parent.parent / "server.py"


def speak(*requests):
    """Starts the server, sends the requests, and gives the answers."""
    lines = "".join(json.dumps({"jsonrpc": "2.0", **request}) + "\n" for request in requests)
    ran = subprocess.run([sys.executable, SERVER], input=lines, capture_output=True, text=True, timeout=30)
    return [json.loads(line) for line in ran.stdout.splitlines()]


class Protocol(unittest.TestCase):
    def test_the_tools_are_listed(self):
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        answers = speak(
            {"id": 1, "method": "initialize", "params": hello},
            {"method": "notifications/initialized"},
            {"id": 2, "method": "tools/list"},
        )
        names = [tool["name"] for tool in answers[1]["result"]["tools"]]
        self.assertEqual(names, ["find_notes", "read_note"])


if __name__ == "__main__":
    unittest.main()
