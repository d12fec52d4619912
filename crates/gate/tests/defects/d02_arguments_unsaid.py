"""PLANTED D02: the description of append_section says nothing of its three arguments."""

from sound_wiki import make

server = make()
server.find("append_section").description = (
    "Makes an existing wiki page longer. Gives back how long it is then. Changes the wiki, removes nothing. Not for pages that do not exist yet.")
server.run()
