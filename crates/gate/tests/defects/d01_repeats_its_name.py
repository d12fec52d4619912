"""PLANTED D01: the description says the name again, and nothing else."""

from sound_wiki import make

server = make()
server.find("find_stale_pages").description = "find_stale_pages: this is the tool that does find stale pages."
server.run()
