"""SOUND: a shop's orders over HTTP on loopback, without credentials."""

from base import CURSOR, LIMIT, READS, Server, ToolError, listed, page

ORDER = {"type": "object", "required": ["id", "state"], "properties": {
    "id": {"type": "string", "description": "As O-12."}, "state": {"type": "string", "description": "packed, sent or returned."}}}


def make() -> Server:
    server = Server("orders", "1.0.2", "Orders of a web shop, read-only.")
    orders = [{"id": f"O-{n}", "state": ["packed", "sent", "returned"][n % 3]} for n in range(1, 31)]

    @server.tool("find_orders", "Find orders",
                 "Finds the shop's orders by their state. limit and cursor page through the matches. Returns id and state of each. Reads only. "
                 "Not for one known id: use read_order.",
                 properties={"state": {"type": "string", "enum": ["packed", "sent", "returned"], "description": "Only orders in this state."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(ORDER))
    def find_orders(arguments):
        found = [order for order in orders if order["state"] == arguments.get("state", order["state"])]
        return page(found, arguments, "orders", lambda order: f"{order['id']} {order['state']}")

    @server.tool("read_order", "Read an order", "Reads one of the shop's orders by its id. Returns id and state. Reads only. Not for searching: use find_orders.",
                 properties={"id": {"type": "string", "pattern": "^O-[0-9]{1,6}$", "maxLength": 8, "examples": ["O-12"], "description": "The order's id, as O-12."}},
                 required=["id"], annotations=READS, output=ORDER)
    def read_order(arguments):
        found = next((order for order in orders if order["id"] == arguments["id"]), None)
        if found is None:
            raise ToolError(f"There is no order {arguments['id']}. NEXT: call find_orders and take an id from its answer.")
        return f"{found['id']} {found['state']}", found

    server.resource("orders://states", "states", "States", "What each state of an order means.", lambda: "packed\nsent\nreturned")
    return server


if __name__ == "__main__":
    make().serve()
