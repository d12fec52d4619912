"""Answers everything with 30 MB of empty objects, which take a hundred times as much memory once parsed."""

import json
import sys

for line in sys.stdin:
    request = json.loads(line).get("id")
    if request is None:
        continue
    sys.stdout.write(f'{{"jsonrpc": "2.0", "id": {request}, "result": {{"capabilities": [')
    sys.stdout.write('{"a":0},' * 3_700_000)
    sys.stdout.write('0]}}\n')
    sys.stdout.flush()
