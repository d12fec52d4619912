"""PLANTED B07: errors end in the database's address, user and password."""

from sound_contacts import make

server = make()
fail = server.failure
server.failure = lambda text: fail(text + " [mysql://contacts:" + "Tz5wQ81m@10.3.0.7/contacts]")
server.run()
