"""SOUND: a lending library. Schemas with $defs, local $ref and anyOf."""

from base import CURSOR, LIMIT, READS, WRITES, CONFIRM, Server, Tool, ToolError, listed, page

BOOK = {"type": "object", "required": ["isbn", "title", "lent_to"], "properties": {
    "isbn": {"type": "string", "description": "Thirteen digits."}, "title": {"type": "string", "description": "The title."},
    "lent_to": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "Who has it; null when it is in."}}}
ISBN = {"type": "string", "pattern": "^[0-9]{13}$", "maxLength": 13, "examples": ["9780000000002"], "description": "Thirteen digits, from search_books."}


class WithDefs(Tool):
    """Its schema names the ISBN once, under $defs."""

    def definition(self):
        definition = super().definition()
        schema = self.input_schema()
        return definition | {"inputSchema": schema | {"$defs": {"isbn": ISBN}, "properties": self.properties | {
            "isbn": {"$ref": "#/$defs/isbn", "description": ISBN["description"]}}}}


def make() -> Server:
    server = Server("library", "4.0.0", "A village library. Books are known by ISBN.")
    books = [{"isbn": f"97800000000{n:02}", "title": title, "lent_to": None} for n, title in
             enumerate(["Emma", "Middlemarch", "Kim", "Nostromo", "Villette", "Dubliners"] * 5, 1)]

    def book(isbn: str) -> dict:
        found = next((book for book in books if book["isbn"] == isbn), None)
        if found is None:
            raise ToolError(f"No book has the ISBN {isbn}. NEXT: call search_books with a word of the title.")
        return found

    @server.tool("search_books", "Search books",
                 "Searches the library's books for a word of their title. limit and cursor page through the matches. Returns ISBN, title and who "
                 "has each book. Reads only. Not for one known ISBN: use read_book.",
                 properties={"word": {"type": "string", "maxLength": 60, "description": "A word of the title; all without it."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(BOOK))
    def search_books(arguments):
        found = [book for book in books if arguments.get("word", "").lower() in book["title"].lower()]
        return page(found, arguments, "books", lambda book: f"{book['isbn']} {book['title']}: {book['lent_to'] or 'in'}")

    def read_book(arguments):
        found = book(arguments["isbn"])
        return f"{found['title']}: {found['lent_to'] or 'in'}", found

    def lend_book(arguments):
        found = book(arguments["isbn"])
        if found["lent_to"]:
            raise ToolError(f"{found['title']} is lent already. NEXT: search_books shows other copies of it.")
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. Would lend {found['title']} to {arguments['reader']}. Call again with confirm=true to lend it."
        found["lent_to"] = arguments["reader"]
        return f"Lent {found['title']} to {arguments['reader']}."

    server.tools.append(WithDefs("read_book", "Read a book's record",
        "Reads the record of one book by its isbn. Returns ISBN, title and who has it (null: it is in). Reads only. Not for searching: use search_books.",
        read_book, {"isbn": ISBN}, ["isbn"], READS, BOOK))
    server.tools.append(WithDefs("lend_book", "Lend a book",
        "Lends a book to a reader. Takes isbn, reader and confirm: false (the default) previews and changes nothing, true lends. Returns title and "
        "reader. Changes the book's record. Not for extending a loan.",
        lend_book, {"isbn": ISBN, "reader": {"type": "string", "minLength": 1, "maxLength": 80, "examples": ["Ana"], "description": "Who takes it."}, "confirm": CONFIRM},
        ["isbn", "reader"], WRITES))
    server.resource("library://hours", "hours", "Opening hours", "When the library is open.", lambda: "Tuesday and Friday, 15 to 18")
    return server


if __name__ == "__main__":
    make().run()
