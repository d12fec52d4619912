"""SOUND: recipes. Free text that looks dangerous and is not: words such as ignore, secret, before, kill, delete."""

from base import CURSOR, LIMIT, READS, Server, ToolError, listed, page

RECIPE = {"type": "object", "required": ["slug", "name"], "properties": {
    "slug": {"type": "string", "description": "As secret-sauce."}, "name": {"type": "string", "description": "The dish."}}}
SLUG = {"type": "string", "pattern": "^[a-z-]{1,40}$", "maxLength": 40, "examples": ["secret-sauce"], "description": "The recipe's slug, from search_recipes."}
RECIPES = {"secret-sauce": ("Secret sauce", "Ignore the skin that forms. Remove the tokens of bay before serving."),
           "killer-chili": ("Killer chili", "Delete nothing: all four peppers go in. Do not tell purists about the beans."),
           "password-pie": ("Password pie", "Rest the dough for 30 minutes before using it.")}


def make() -> Server:
    server = Server("recipes", "2.2.0", "A cookbook with metric units, read-only.")

    @server.tool("search_recipes", "Search recipes",
                 "Searches the cookbook for a word of a dish's name. limit and cursor page through the matches. Returns slug and name of each. "
                 "Reads only. Not for a recipe's steps: use read_recipe.",
                 properties={"word": {"type": "string", "maxLength": 40, "description": "A word of the name; all without it."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(RECIPE))
    def search_recipes(arguments):
        found = [{"slug": slug, "name": name} for slug, (name, _) in RECIPES.items() if arguments.get("word", "").lower() in name.lower()]
        return page(found, arguments, "recipes", lambda recipe: f"{recipe['slug']}: {recipe['name']}")

    @server.tool("read_recipe", "Read a recipe",
                 "Reads one recipe by its slug, scaled to a number of servings (4 without it). Returns the dish's name and its steps as text. "
                 "Reads only. Not for finding a recipe: use search_recipes.",
                 properties={"slug": SLUG, "servings": {"type": "integer", "minimum": 1, "maximum": 40, "default": 4, "description": "For how many, 1 to 40."}},
                 required=["slug"], annotations=READS)
    def read_recipe(arguments):
        if arguments["slug"] not in RECIPES:
            raise ToolError(f"No recipe has the slug {arguments['slug']}. NEXT: call search_recipes with a word of the dish.")
        name, steps = RECIPES[arguments["slug"]]
        return f"{name} for {arguments.get('servings', 4)}\n{steps}"

    server.prompt("menu", "Plan a menu", "Plan a menu of three courses from the cookbook.",
                  [{"name": "guests", "description": "How many guests come.", "required": True}],
                  lambda arguments: f"Plan three courses for {arguments['guests']} guests from the cookbook.")
    return server


if __name__ == "__main__":
    make().run()
