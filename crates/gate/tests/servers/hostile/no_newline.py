"""Writes to stdout without end and without a line's end."""

import sys

while True:
    sys.stdout.write("x" * 65_536)
