"""Ends at once, and well."""

import sys

print("\x1b[31mnothing to do\x1b[0m", file=sys.stderr)
sys.exit(0)
