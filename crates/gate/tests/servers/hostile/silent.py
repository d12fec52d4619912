"""Reads everything and answers nothing."""

import sys

for line in sys.stdin:
    pass
