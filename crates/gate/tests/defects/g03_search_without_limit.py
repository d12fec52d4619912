"""PLANTED G03: search_stock returns the whole warehouse; its limit and cursor are gone."""

from base import page
from sound_inventory import make

server = make()
tool = server.find("search_stock")
del tool.properties["limit"], tool.properties["cursor"]
tool.description = tool.description.replace("limit and cursor page through the matches. ", "")
search = tool.run


def all_of(arguments):
    items, cursor = [], {}
    while True:
        _, part = search(arguments | {"limit": 50} | cursor)
        items += part["items"]
        if "next_cursor" not in part:
            return "\n".join([f"{len(items)} items", *(f"{item['sku']} {item['name']}: {item['count']}" for item in items)]), {"items": items, "total": len(items)}
        cursor = {"cursor": part["next_cursor"]}


tool.run = all_of
server.run()
