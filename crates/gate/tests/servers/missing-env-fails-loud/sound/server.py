"""It ends without either, and says which."""

import os
import sys

from base import Server

if __name__ == "__main__":
    for name in ("NOTES_TOKEN", "NOTES_FOLDER"):
        if not os.environ.get(name):
            sys.exit(f"{name} is not set: see README.md")
    Server().run()
