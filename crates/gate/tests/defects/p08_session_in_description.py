"""PLANTED P08: each connection sees its own session's number in a tool's description."""

import secrets

from sound_recipes import make

server = make()
server.find("read_recipe").description += f" (kitchen {secrets.token_hex(3)})"
server.run()
