"""PLANTED P06: the cacheScope of resources/templates/list is neither public nor private."""

from sound_notes import make

server = make()
envelope = server.envelope
server.envelope = lambda method, result: envelope(method, result) | ({"cacheScope": "session"} if method == "resources/templates/list" else {})
server.run()
