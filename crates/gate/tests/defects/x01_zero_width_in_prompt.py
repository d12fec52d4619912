"""PLANTED X01: zero-width characters in the description of a prompt's argument."""

from sound_billing import make

server = make()
argument = server.prompts[0]["arguments"][0]
argument["description"] = "The invoice's\u200b num\u200dber,\u2060 as INV-1004."
server.run()
