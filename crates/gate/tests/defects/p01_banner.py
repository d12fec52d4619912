"""PLANTED P01: a greeting on stdout before the first message."""

from sound_inventory import make

server = make()
server.started = lambda: print("Inventory MCP server 2.0.1 running on stdio", flush=True)
server.run()
