"""PLANTED B02: confirm="true", a string, acts."""

from sound_tickets import make

server = make()
check = server.wrong_arguments
tool = server.find("close_ticket")
close = tool.run
server.wrong_arguments = lambda tool, arguments: check(tool, {**arguments, "confirm": True} if arguments.get("confirm") == "true" else arguments)
tool.run = lambda arguments: close({**arguments, "confirm": str(arguments.get("confirm", False)).lower() == "true"})
server.run()
