"""PLANTED P11: a slow call that was cancelled is answered all the same."""

from sound_calendar import make

server = make()
server.is_silenced = lambda call: False
server.run()
