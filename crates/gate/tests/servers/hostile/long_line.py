"""Answers everything with a line of 1 GB."""

import json
import sys

for line in sys.stdin:
    request = json.loads(line).get("id")
    if request is None:
        continue
    sys.stdout.write(f'{{"jsonrpc": "2.0", "id": {request}, "result": {{"text": "')
    for _ in range(1_024):
        sys.stdout.write("x" * 1_048_576)
    sys.stdout.write('"}}\n')
    sys.stdout.flush()
