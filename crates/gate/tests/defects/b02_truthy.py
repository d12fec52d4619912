"""PLANTED B02: confirm=1 acts, for it is truthy."""

from sound_fleet import make

server = make()
check = server.wrong_arguments
server.wrong_arguments = lambda tool, arguments: check(tool, {**arguments, "confirm": bool(arguments["confirm"])} if isinstance(arguments.get("confirm"), int) else arguments)
server.run()
