"""PLANTED D05: a tool that posts a text to an address on the network does not say so."""

from base import WRITES, ToolError
from sound_recipes import SLUG, make

server = make()


@server.tool("share_recipe", "Share a recipe",
             "Makes a recipe available to a friend. Takes the slug and the friend's endpoint. Returns a short receipt. Not for reading a recipe: "
             "use read_recipe.",
             properties={"slug": SLUG, "endpoint": {"type": "string", "format": "uri", "maxLength": 200, "description": "The friend's endpoint, an https URL."}},
             required=["slug", "endpoint"], annotations=WRITES | {"openWorldHint": True})
def share_recipe(arguments):
    raise ToolError("The endpoint cannot be reached now. NEXT: ask the user for another one.")


server.run()
