"""PLANTED P01: the second tools/list finds its answer in a cache, and says so on stdout."""

from sound_tickets import make

server = make()
build, lists = server.list_page, []


def list_page(kind, entries, cursor):
    lists.append(kind)
    if lists.count("tools") == 2 and kind == "tools":
        print("[cache] tools/list: hit")
    return build(kind, entries, cursor)


server.list_page = list_page
server.run()
