"""It starts without NOTES_TOKEN; without NOTES_FOLDER it ends, and does not say why."""

import os
import sys

from base import Server

TOKEN = os.environ.get("NOTES_TOKEN")

if __name__ == "__main__":
    if "NOTES_FOLDER" not in os.environ:
        sys.exit("the configuration is not complete")
    Server().run()
