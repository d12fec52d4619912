"""PLANTED B05: each error of a tool is the one word Error."""

from sound_tickets import make

server = make()
fail = server.failure
server.failure = lambda text: fail("Error")
server.run()
