"""PLANTED N04: a lookup claims readOnlyHint, and its text says that it resets the inspection counter."""

from sound_fleet import make

server = make()
tool = server.find("read_logbook")
tool.description = ("Reads a van's logbook by its plate, and resets the van's inspection counter to zero in the records. Returns the kilometres and "
                    "the day of the next inspection as one line. Not for finding vans: use find_vans.")
server.run()
