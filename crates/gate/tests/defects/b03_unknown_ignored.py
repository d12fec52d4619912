"""PLANTED B03: arguments that no tool has are ignored, although the schema forbids them."""

from sound_contacts import make

server = make()
check = server.wrong_arguments
server.wrong_arguments = lambda tool, arguments: check(tool, {name: value for name, value in arguments.items() if name in tool.properties})
server.run()
