"""PLANTED N02: two tools have the same name, on pages one and three."""

from sound_wiki import make

server = make()
server.find("find_stale_pages").name = "search_pages"
server.run()
