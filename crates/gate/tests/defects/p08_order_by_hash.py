"""PLANTED P08: the resources stand in the order of a set, which differs in every process."""

from sound_wiki import make

server = make()
by_name = {resource["name"]: resource for resource in server.resources}
server.resources = [by_name[name] for name in set(by_name)]
server.run()
