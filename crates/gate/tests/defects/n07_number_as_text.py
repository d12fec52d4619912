"""PLANTED N07: check_stock's structuredContent has the count as a string; its outputSchema says integer."""

from sound_inventory import make

server = make()
tool = server.find("check_stock")
check = tool.run


def stringly(arguments):
    text, item = check(arguments)
    return text, item | {"count": str(item["count"])}


tool.run = stringly
server.run()
