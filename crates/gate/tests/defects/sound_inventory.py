"""SOUND: a warehouse's stock. Numbers with bounds, structured content, an additive write."""

from base import CONFIRM, CURSOR, LIMIT, READS, WRITES, Server, ToolError, listed, page

ITEM = {"type": "object", "required": ["sku", "name", "count", "price"], "properties": {
    "sku": {"type": "string", "description": "Stock-keeping unit, as SKU-0003."},
    "name": {"type": "string", "description": "What it is."},
    "count": {"type": "integer", "minimum": 0, "description": "Pieces on the shelf."},
    "price": {"type": "number", "minimum": 0, "description": "Euros a piece."}}}
SKU = {"type": "string", "pattern": "^SKU-[0-9]{4}$", "maxLength": 8, "examples": ["SKU-0003"], "description": "Stock-keeping unit, as SKU-0003."}


def make() -> Server:
    server = Server("inventory", "2.0.1", "Stock of one warehouse. Pieces are integers, prices euros.")
    names = ["Hinge", "Bracket", "Bolt M6", "Washer", "Wall plug"]
    items = [{"sku": f"SKU-{n:04}", "name": names[n % 5], "count": (n * 37) % 120, "price": round(0.25 * n, 2)} for n in range(1, 61)]

    def item(sku: str) -> dict:
        found = next((item for item in items if item["sku"] == sku), None)
        if found is None:
            raise ToolError(f"No item has the SKU {sku}. NEXT: call search_stock with a word of its name.")
        return found

    def line(item: dict) -> str:
        return f"{item['sku']} {item['name']}: {item['count']} pieces at {item['price']:.2f} EUR"

    @server.tool(
        "search_stock", "Search the stock",
        "Searches the warehouse's items by a word of their name, or lists those that run low (at_most pieces left). "
        "limit and cursor page through the matches. Returns SKU, name, pieces and price of each. Reads only. "
        "Not for the stock of one known SKU: check_stock is cheaper.",
        properties={"word": {"type": "string", "maxLength": 60, "description": "A word of the item's name."},
                    "at_most": {"type": "integer", "minimum": 0, "maximum": 100000, "description": "Only items with at most so many pieces."},
                    "limit": LIMIT, "cursor": CURSOR},
        annotations=READS, output=listed(ITEM))
    def search_stock(arguments):
        found = [item for item in items if arguments.get("word", "").lower() in item["name"].lower()
                 and item["count"] <= arguments.get("at_most", item["count"])]
        return page(found, arguments, "items", line)

    @server.tool(
        "check_stock", "Check an item's stock",
        "Tells how many pieces of one item are on the shelf and what a piece costs, by its sku. Returns SKU, name, pieces and price. "
        "Reads only. Not for finding an item by name: use search_stock.",
        properties={"sku": SKU}, required=["sku"], annotations=READS, output=ITEM)
    def check_stock(arguments):
        found = item(arguments["sku"])
        return line(found), found

    @server.tool(
        "book_delivery", "Book a delivery",
        "Adds the pieces of a delivery to an item's stock. Takes the sku, the number of pieces, and confirm: false (the default) "
        "previews the new stock and changes nothing, true books. Returns the item's stock after it. Changes the stock. "
        "Not for corrections after a count: those need the stock keeper.",
        properties={"sku": SKU, "pieces": {"type": "integer", "minimum": 1, "maximum": 10000, "examples": [12], "description": "How many came, 1 to 10,000."},
                    "confirm": CONFIRM},
        required=["sku", "pieces"], annotations=WRITES)
    def book_delivery(arguments):
        found, after = item(arguments["sku"]), 0
        after = found["count"] + int(arguments["pieces"])
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. {found['sku']} would have {after} pieces. Call again with confirm=true to book."
        found["count"] = after
        return f"Booked. {line(found)}"

    server.resource("inventory://units", "units", "Units", "The units of counts and prices.", lambda: "counts: pieces; prices: euros a piece")
    server.template("inventory://items/{sku}", "item", "An item", "One item's stock line, by its SKU.",
                    lambda sku: next((line(item) for item in items if item["sku"] == sku), None))
    return server


if __name__ == "__main__":
    make().run()
