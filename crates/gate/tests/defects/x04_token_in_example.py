"""PLANTED X04: a personal access token stands among a parameter's examples."""

from sound_contacts import make

server = make()
server.find("find_contacts").properties["filter"]["properties"]["name"]["examples"] = ["Ana", "gh" + "p_" + "R7kT2mQx9LwZ4cVb8NhJ5sYd1GfP3aEu6KoI"]
server.run()
