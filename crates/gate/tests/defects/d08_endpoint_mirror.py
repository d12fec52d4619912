"""PLANTED D08: the surface mirrors a REST API: create, get, update, delete and list for each of three tables."""

from base import CONFIRM, CURSOR, DESTROYS, LIMIT, READS, WRITES, Server, ToolError

server = Server("billing-api", "1.0.0", "Customers, products and invoices of one company.")
ID = {"type": "integer", "minimum": 1, "maximum": 1_000_000, "examples": [1], "description": "The row's id."}
NAME = {"type": "string", "minLength": 1, "maxLength": 100, "examples": ["Quay Books"], "description": "The row's name."}


def add(table: str):
    rows = {1: f"first {table}"}

    def row(arguments):
        if arguments["id"] not in rows:
            raise ToolError(f"No {table} has the id {arguments['id']}. NEXT: call list_{table}s for the ids that exist.")
        return arguments["id"]

    def create(arguments):
        rows[max(rows, default=0) + 1] = arguments["name"]
        return f"Created {table} {max(rows)}."

    def update(arguments):
        rows[row(arguments)] = arguments["name"]
        return f"Updated {table} {arguments['id']}."

    def delete(arguments):
        number = row(arguments)
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. Would delete {table} {number}. Call again with confirm=true to delete it."
        del rows[number]
        return f"Deleted {table} {number}."

    server.tool(f"create_{table}", f"Create a {table}", f"Adds a row to the table of {table}s. Takes its name. Returns the new id. Changes the table. "
                f"Not for a {table} that exists.", properties={"name": NAME}, required=["name"], annotations=WRITES)(create)
    server.tool(f"get_{table}", f"Get a {table}", f"Fetches one {table} by id. Returns its name. Reads only. Not for many: use list_{table}s.",
                properties={"id": ID}, required=["id"], annotations=READS)(lambda arguments: rows[row(arguments)])
    server.tool(f"update_{table}", f"Update a {table}", f"Sets the name of an existing {table} to a new one. Takes id and name. Returns the id. Changes "
                f"the table. Not for a new {table}.", properties={"id": ID, "name": NAME}, required=["id", "name"], annotations=DESTROYS)(update)
    server.tool(f"delete_{table}", f"Delete a {table}", f"Deletes one {table} for good. Takes id and confirm: false (the default) previews, true deletes. "
                f"Returns the id. Destroys the row. Not for hiding it.", properties={"id": ID, "confirm": CONFIRM}, required=["id"], annotations=DESTROYS)(delete)
    server.tool(f"list_{table}s", f"List {table}s", f"Lists the rows of {table}s in the order of their ids. limit and cursor page through. Returns id and name. "
                f"Reads only. Not for one known id: use get_{table}.", properties={"limit": LIMIT, "cursor": CURSOR}, annotations=READS)(
        lambda arguments: "\n".join(f"{number} {name}" for number, name in list(rows.items())[:arguments.get("limit", 20)]))


for table in ("customer", "product", "invoice"):
    add(table)
server.run()
