"""PLANTED B05: an error names a status, and neither the problem nor what to do."""

from sound_billing import make

server = make()
fail = server.failure
server.failure = lambda text: fail("Request failed with status code 422")
server.run()
