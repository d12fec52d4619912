"""PLANTED N01: a tool's name has a dot, which some clients refuse; it stands on the third page."""

from sound_fleet import make

server = make()
server.find("log_trip").name = "fleet.log_trip"
server.run()
