"""A first server on the Python SDK, as its quick start leads one to write it: two tools, a resource, a prompt, stdio."""

from mcp.server import MCPServer

server = MCPServer("library-desk")

BOOKS = {"emma": "Jane Austen", "kim": "Rudyard Kipling", "villette": "Charlotte Brontë"}


@server.tool()
def find_author(title: str) -> str:
    """Find who wrote a book"""
    return BOOKS[title.lower()]


@server.tool()
def late_fee(days: int, per_day: float = 0.2) -> float:
    """Calculate the fee for a book that is late"""
    return days * per_day


@server.resource("library://hours")
def hours() -> str:
    """Opening hours"""
    return "Tuesday and Friday, 15 to 18"


@server.prompt()
def recommend(mood: str) -> str:
    """Recommend a book"""
    return f"Recommend a book for somebody who feels {mood}."


if __name__ == "__main__":
    server.run()
