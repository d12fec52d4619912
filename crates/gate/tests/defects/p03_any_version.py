"""PLANTED P03: a request of a version that does not exist is served as if it were known."""

from sound_tickets import make

server = make()
server.check_version = lambda version: None
server.run()
