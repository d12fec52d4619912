"""The server of a project; `base.py` is copied beside it."""

from base import Server

if __name__ == "__main__":
    Server().run()
