"""PLANTED P02: knows initialize alone; server/discover of 2026-07-28 is an unknown method to it."""

from sound_notes import make

server = make()
answer = server.answer
server.answer = lambda method, params, call: answer(method, {key: value for key, value in params.items() if key != "_meta"}, call)
server.run()
