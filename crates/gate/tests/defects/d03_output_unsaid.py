"""PLANTED D03: the description of read_logbook does not say what comes back."""

from sound_fleet import make

server = make()
server.find("read_logbook").description = "Opens the logbook of the van whose plate is given. Reads only. Not for finding vans: use find_vans."
server.run()
