"""PLANTED D01: a description of good length that never says what the tool is for."""

from sound_tickets import make

server = make()
server.find("read_ticket").description = (
    "Version 2 of this function, maintained by the platform team since 2024; its owner stands in the internal directory. Takes the id as in the "
    "schema below. Returns an object. Reads only. Not for external use.")
server.run()
