"""PLANTED N07: read_ticket declares an outputSchema and answers without structuredContent."""

from sound_tickets import make

server = make()
tool = server.find("read_ticket")
read = tool.run
tool.run = lambda arguments: read(arguments)[0]
server.run()
