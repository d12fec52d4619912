"""PLANTED B06: an error about bad arguments is not flagged: isError is false."""

from sound_inventory import make

server = make()
server.failure = lambda text: {"content": [{"type": "text", "text": "Error: " + text}], "isError": False}
server.run()
