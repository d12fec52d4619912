"""PLANTED P04: declares prompts, and answers prompts/list with an unknown method."""

from sound_inventory import make

server = make()
capabilities = server.capabilities
server.capabilities = lambda: capabilities() | {"prompts": {}}
server.run()
