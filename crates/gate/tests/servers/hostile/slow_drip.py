"""Answers at one byte a second."""

import sys
import time

for line in sys.stdin:
    for character in '{"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-11-25"}}':
        sys.stdout.write(character)
        sys.stdout.flush()
        time.sleep(1)
