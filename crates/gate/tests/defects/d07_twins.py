"""PLANTED D07: two tools whose descriptions differ in a word or two, so that a model must guess."""

from sound_inventory import make

server = make()
twin = server.find("check_stock")
server.tool("lookup_stock", "Look up an item's stock", twin.description.replace("Tells how many", "Says how many").replace("on the shelf", "in the shelf"),
            properties=twin.properties, required=twin.required, annotations=twin.annotations, output=twin.output)(twin.run)
server.run()
