"""PLANTED N06: a string of any length and an integer without bounds."""

from sound_recipes import make

server = make()
del server.find("search_recipes").properties["word"]["maxLength"]
servings = server.find("read_recipe").properties["servings"]
del servings["minimum"], servings["maximum"]
server.run()
