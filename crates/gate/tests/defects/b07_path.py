"""PLANTED B07: errors name the file on the server's disk."""

from sound_wiki import make

server = make()
fail = server.failure
server.failure = lambda text: fail(text + " (checked by /home/deploy/wiki-mcp/releases/41/server/validate.py:88)")
server.run()
