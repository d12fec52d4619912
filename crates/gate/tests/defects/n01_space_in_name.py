"""PLANTED N01: a tool's name has a space."""

from sound_tickets import make

server = make()
server.find("find_tickets").name = "find tickets"
server.run()
