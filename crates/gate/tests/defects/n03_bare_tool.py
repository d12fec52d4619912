"""PLANTED N03: the tool on the third page has neither a title nor hints."""

from sound_fleet import make

server = make()
tool = server.find("log_trip")
define = tool.definition
tool.definition = lambda: {key: value for key, value in define().items() if key not in ("title", "annotations")}
server.run()
