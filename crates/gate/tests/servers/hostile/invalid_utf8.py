"""Answers with bytes that are no UTF-8."""

import sys

for line in sys.stdin:
    sys.stdout.buffer.write(b'{"jsonrpc": "2.0", "id": 1, "result": {"x": "\xff\xfe\xc3\x28"}}\n\x80\x81\n')
    sys.stdout.buffer.flush()
