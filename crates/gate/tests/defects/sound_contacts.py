"""SOUND: an address book. Reads only; objects and arrays as arguments; text in many scripts."""

from base import CURSOR, LIMIT, READS, Server, ToolError, listed, page

CONTACT = {"type": "object", "required": ["id", "name", "city"], "properties": {
    "id": {"type": "string", "description": "As c12."}, "name": {"type": "string", "description": "Full name."}, "city": {"type": "string", "description": "Where they live."}}}


def make() -> Server:
    server = Server("contacts", "1.1.1", "The user's address book, read-only.")
    names = [("Zoë Müller", "Zürich"), ("José Núñez", "Málaga"), ("Дарья Орлова", "Varna"), ("王小明", "Taipei"), ("Seán Ó Briain", "Cork"), ("Aiko 🌸 Tanaka", "Nara")]
    contacts = [{"id": f"c{n}", "name": name, "city": city} for n, (name, city) in enumerate(names * 4, 1)]

    @server.tool("find_contacts", "Find contacts",
                 "Finds people in the user's address book. filter holds optional conditions that must all hold: a part of the name, a list of "
                 "cities. limit and cursor page through. Returns id, name and city of each: personal data of others. Reads only. "
                 "Not for one known id: use read_contacts.",
                 properties={"filter": {"type": "object", "additionalProperties": False, "description": "Conditions that must all hold.", "properties": {
                     "name": {"type": "string", "maxLength": 80, "description": "A part of the name."},
                     "cities": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 60}, "description": "Any of these cities."}}},
                     "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(CONTACT))
    def find_contacts(arguments):
        wanted = arguments.get("filter", {})
        found = [contact for contact in contacts if wanted.get("name", "").lower() in contact["name"].lower()
                 and contact["city"] in wanted.get("cities", [contact["city"]])]
        return page(found, arguments, "contacts", lambda contact: f"{contact['id']} {contact['name']}, {contact['city']}")

    @server.tool("read_contacts", "Read contacts",
                 "Reads up to 20 contacts of the user's address book by their ids. Returns one line each with id, name and city: personal data "
                 "of others. Reads only. Not for searching by name: use find_contacts.",
                 properties={"ids": {"type": "array", "minItems": 1, "maxItems": 20, "examples": [["c1", "c2"]], "description": "The ids, at most 20.",
                                     "items": {"type": "string", "maxLength": 8, "description": "As c12."}}},
                 required=["ids"], annotations=READS)
    def read_contacts(arguments):
        known = {contact["id"]: contact for contact in contacts}
        lost = [one for one in arguments["ids"] if one not in known]
        if lost:
            raise ToolError(f"No contact has the id {lost[0]}. NEXT: call find_contacts and take ids from its answer.")
        return "\n".join(f"{one} {known[one]['name']}, {known[one]['city']}" for one in arguments["ids"])

    server.template("contacts://{id}", "contact", "A contact", "One contact by id.",
                    lambda wanted: next((contact["name"] for contact in contacts if contact["id"] == wanted), None))
    return server


if __name__ == "__main__":
    make().run()
