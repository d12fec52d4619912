"""SOUND: personal notes. Delete previews with a token; older clients get -32002 for a missing resource, as their revision says."""

import secrets

from base import CONFIRM, CURSOR, DESTROYS, LIMIT, READS, WRITES, RpcError, Server, ToolError, listed, page

NOTE = {"type": "object", "required": ["id", "title"], "properties": {
    "id": {"type": "integer", "description": "The note's number."}, "title": {"type": "string", "description": "Its first line."}}}
ID = {"type": "integer", "minimum": 1, "maximum": 1000000, "examples": [3], "description": "The note's number, from search_notes."}


class Notes(Server):
    def read_resource(self, uri, call):
        try:
            return super().read_resource(uri, call)
        except RpcError as error:
            raise error if call.modern else RpcError(-32002, error.message, error.data)


def make() -> Server:
    server = Notes("notes", "0.9.2", "The user's own notes, plain text.")
    notes = {n: {"id": n, "title": title, "text": f"{title}\nWritten down on a train."} for n, title in
             enumerate(["Packing list", "Ideas for the garden", "Wi-Fi at the cabin", "Books to return", "Chess openings"], 1)}
    tokens = {}

    def note(number) -> dict:
        if number not in notes:
            raise ToolError(f"There is no note {number}. NEXT: call search_notes to see the numbers that exist.")
        return notes[number]

    @server.tool(
        "search_notes", "Search notes",
        "Searches the user's notes for words in their title or text. query may be left out to see all; limit and cursor page through. "
        "Returns number and title of each note. Reads only. Not for a note's full text: use read_note.",
        properties={"query": {"type": "string", "maxLength": 100, "description": "Words to look for."}, "limit": LIMIT, "cursor": CURSOR},
        annotations=READS, output=listed(NOTE))
    def search_notes(arguments):
        found = [{"id": note["id"], "title": note["title"]} for note in notes.values() if arguments.get("query", "").lower() in note["text"].lower()]
        return page(found, arguments, "notes", lambda note: f"{note['id']}: {note['title']}")

    @server.tool("read_note", "Read a note",
                 "Reads the full text of one note by its number (id). Returns the text as it was written. Reads only. "
                 "Not for finding a note: use search_notes.",
                 properties={"id": ID}, required=["id"], annotations=READS)
    def read_note(arguments):
        return note(arguments["id"])["text"]

    @server.tool("add_note", "Add a note",
                 "Writes a new note for the user. Takes its title and text. Returns the new note's number. Changes the notes: adds one, "
                 "overwrites none. Not for changing a note that exists.",
                 properties={"title": {"type": "string", "minLength": 1, "maxLength": 120, "description": "The first line, 1 to 120 characters."},
                             "text": {"type": "string", "maxLength": 5000, "description": "The rest, at most 5,000 characters."}},
                 required=["title", "text"], annotations=WRITES)
    def add_note(arguments):
        number = max(notes, default=0) + 1
        notes[number] = {"id": number, "title": arguments["title"], "text": f"{arguments['title']}\n{arguments['text']}"}
        return f"Added note {number}."

    @server.tool("delete_note", "Delete a note",
                 "Deletes one note for good. Takes its number (id), confirm and token: with confirm false (the default) it returns a preview "
                 "and a token and changes nothing; with confirm true and that token it deletes. Returns what was deleted. Destroys the "
                 "note; there is no way back. Not for hiding a note.",
                 properties={"id": ID, "confirm": CONFIRM, "token": {"type": "string", "maxLength": 40, "description": "The preview's token."}},
                 required=["id"], annotations=DESTROYS)
    def delete_note(arguments):
        found = note(arguments["id"])
        if not arguments.get("confirm", False):
            tokens[found["id"]] = secrets.token_hex(8)
            return (f"PREVIEW - no action taken. Would delete note {found['id']}: {found['title']}. Call again with confirm=true and "
                    f"token={tokens[found['id']]} to delete it.")
        if not arguments.get("token") or tokens.pop(found["id"], None) != arguments["token"]:
            raise ToolError("The token is not the one of a preview of this note. NEXT: call with confirm=false to get a new one.")
        del notes[found["id"]]
        return f"Deleted note {found['id']}: {found['title']}."

    server.template("notes://{id}", "note", "A note", "The text of one note, by its number.",
                    lambda number: notes[int(number)]["text"] if number.isdecimal() and int(number) in notes else None)
    return server


if __name__ == "__main__":
    make().run()
