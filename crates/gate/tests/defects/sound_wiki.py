"""SOUND: a wiki. All its lists have several pages; completions."""

from base import CONFIRM, CURSOR, DESTROYS, LIMIT, READS, WRITES, Server, ToolError, listed, page

TITLES = ["Backups", "Coffee machine", "Deploying", "Incident guide", "Keys and locks", "Onboarding", "Printers"]
HIT = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string", "description": "The page's title."}}}
TITLE = {"type": "string", "minLength": 1, "maxLength": 100, "examples": ["Backups"], "description": "The page's exact title."}


def make() -> Server:
    server = Server("wiki", "1.0.7", "The company's wiki. Titles are exact; search_pages finds them.", page_size=2)
    pages = {title: f"# {title}\nAsk the office if this page does not help." for title in TITLES}

    def text(title: str) -> str:
        if title not in pages:
            raise ToolError(f"No page is called {title[:60]!r}. NEXT: call search_pages with a word of it.")
        return pages[title]

    @server.tool("search_pages", "Search the wiki",
                 "Searches the wiki's pages for a word of their title or text. limit and cursor page through the matches. Returns the titles. "
                 "Reads only. Not for a page's text: use read_page.",
                 properties={"word": {"type": "string", "maxLength": 60, "description": "What to look for; all pages without it."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(HIT))
    def search_pages(arguments):
        found = [{"title": title} for title in pages if arguments.get("word", "").lower() in (title + pages[title]).lower()]
        return page(found, arguments, "pages", lambda hit: hit["title"])

    @server.tool("read_page", "Read a page", "Reads one wiki page by its exact title. Returns its Markdown. Reads only. Not for searching: use search_pages.",
                 properties={"title": TITLE}, required=["title"], annotations=READS)
    def read_page(arguments):
        return text(arguments["title"])

    @server.tool("append_section", "Append a section",
                 "Appends a section to the end of an existing wiki page. Takes the page's title, the section's heading and its body. Returns the "
                 "page's new length. Changes the page, removes nothing. Not for new pages.",
                 properties={"title": TITLE, "heading": {"type": "string", "minLength": 1, "maxLength": 80, "description": "The section's heading."},
                             "body": {"type": "string", "maxLength": 5000, "description": "Markdown, at most 5,000 characters."}},
                 required=["title", "heading", "body"], annotations=WRITES)
    def append_section(arguments):
        pages[arguments["title"]] = text(arguments["title"]) + f"\n\n## {arguments['heading']}\n{arguments['body']}"
        return f"Appended; the page now has {len(pages[arguments['title']])} characters."

    @server.tool("rename_page", "Rename a page",
                 "Renames a wiki page and breaks the links to its old title. Takes title, new_title and confirm: false (the default) previews "
                 "and changes nothing, true renames. Returns old and new title. Changes the wiki. Not for changing the text.",
                 properties={"title": TITLE, "new_title": TITLE | {"description": "The title it shall have.", "examples": ["Backups and restores"]}, "confirm": CONFIRM},
                 required=["title", "new_title"], annotations=DESTROYS)
    def rename_page(arguments):
        body, new = text(arguments["title"]), arguments["new_title"]
        if new in pages:
            raise ToolError(f"A page is called {new[:60]!r} already. NEXT: choose another new_title.")
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. Would rename {arguments['title']} to {new}. Call again with confirm=true to rename it."
        del pages[arguments["title"]]
        pages[new] = body
        return f"Renamed {arguments['title']} to {new}."

    @server.tool("find_stale_pages", "Find stale pages",
                 "Finds wiki pages that nobody has edited for a number of months, for a clean-up. Takes months, and limit and cursor to page "
                 "through. Returns the titles, oldest first. Reads only. Not for searching by words: use search_pages.",
                 properties={"months": {"type": "integer", "minimum": 1, "maximum": 120, "examples": [6], "description": "Not edited for so long."},
                             "limit": LIMIT, "cursor": CURSOR},
                 required=["months"], annotations=READS, output=listed(HIT))
    def find_stale_pages(arguments):
        return page([{"title": title} for title in TITLES if title in pages][:3], arguments, "pages", lambda hit: hit["title"])

    for title in TITLES:
        server.resource("wiki://" + title.lower().replace(" ", "-"), title, title, f"The wiki page {title}, as Markdown.",
                        lambda title=title: pages.get(title, f"{title} was renamed"))
    for name, what in [("explain", "Explain a page to a newcomer"), ("summarize", "Summarize a page in three lines"), ("update", "Propose an update of a page")]:
        server.prompt(name, what, f"{what}, quoting what matters.", [{"name": "title", "description": "The page's title.", "required": True}],
                      lambda arguments, what=what: f"{what}: {arguments['title']}")
    server.template("wiki://page/{title}", "page", "A page", "Any wiki page by its exact title.", pages.get)
    server.completer = lambda ref, argument: [title for title in TITLES if title.lower().startswith(str(argument.get("value", "")).lower())]
    return server


if __name__ == "__main__":
    make().run()
