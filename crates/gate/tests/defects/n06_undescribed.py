"""PLANTED N06: a parameter has no description."""

from sound_billing import make

server = make()
del server.find("find_invoices").properties["customer"]["description"]
server.run()
