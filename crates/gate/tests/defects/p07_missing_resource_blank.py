"""PLANTED P07: below its template any resource exists, as a blank text."""

from sound_contacts import make

server = make()
known = server.readers[0]
server.readers[0] = lambda uri: (known(uri) or "") if uri.startswith("contacts://") else None
server.run()
