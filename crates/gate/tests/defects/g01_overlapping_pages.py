"""PLANTED G01: each page of resources begins with the last entry of the page before."""

from sound_wiki import make

server = make()
build = server.list_page


def overlapping(kind, entries, cursor):
    result = build(kind, entries, cursor)
    if kind == "resources" and cursor is not None:
        start = next(n for n, entry in enumerate(entries) if entry is result[kind][0])
        result[kind] = [entries[start - 1], *result[kind]]
    return result


server.list_page = overlapping
server.run()
