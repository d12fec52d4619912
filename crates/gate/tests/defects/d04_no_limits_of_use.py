"""PLANTED D04: the description of find_contacts does not say when to use something else."""

from sound_contacts import make

server = make()
tool = server.find("find_contacts")
tool.description = tool.description[:tool.description.index(" Not for")]
server.run()
