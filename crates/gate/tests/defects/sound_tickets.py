"""SOUND: support tickets. A long search, one write that previews first."""

from base import CONFIRM, CURSOR, DESTROYS, LIMIT, READS, Server, ToolError, listed, page

STATES = ["open", "waiting", "closed"]
TICKET = {"type": "object", "required": ["id", "subject", "state"], "properties": {
    "id": {"type": "string", "description": "As T-7."},
    "subject": {"type": "string", "description": "One line."},
    "state": {"type": "string", "enum": STATES, "description": "Where the ticket stands."}}}
ID = {"type": "string", "pattern": "^T-[0-9]{1,6}$", "maxLength": 8, "examples": ["T-7"], "description": "The ticket's id, as T-7."}


def make() -> Server:
    server = Server("tickets", "1.4.0", "Support tickets. Search with find_tickets first: the other tools take its ids.")
    subjects = ["Invoice shows the wrong address", "Cannot reset the password", "Export stops at 99 %", "Asks for a refund"]
    tickets = [{"id": f"T-{n}", "subject": subjects[n % 4], "state": STATES[n % 3]} for n in range(1, 41)]

    def ticket(number: str) -> dict:
        found = next((ticket for ticket in tickets if ticket["id"] == number), None)
        if found is None:
            raise ToolError(f"There is no ticket {number}. NEXT: call find_tickets and take an id from its answer.")
        return found

    @server.tool(
        "find_tickets", "Find tickets",
        "Finds support tickets by words of their subject (query) and by state; without both it goes through all. limit and "
        "cursor page through the result. Returns one line a ticket (id, state, subject) and the number of matches. Reads only. "
        "Not for one ticket whose id is known: use read_ticket.",
        properties={"query": {"type": "string", "maxLength": 200, "description": "Words that the subject must contain."},
                    "state": {"type": "string", "enum": STATES, "description": "Only tickets in this state."}, "limit": LIMIT, "cursor": CURSOR},
        annotations=READS, output=listed(TICKET))
    def find_tickets(arguments):
        words = arguments.get("query", "").lower().split()
        found = [ticket for ticket in tickets if all(word in ticket["subject"].lower() for word in words)
                 and ticket["state"] == arguments.get("state", ticket["state"])]
        return page(found, arguments, "tickets", lambda ticket: f"{ticket['id']} [{ticket['state']}] {ticket['subject']}")

    @server.tool(
        "read_ticket", "Read a ticket",
        "Reads one support ticket by its id. Returns its id, subject and state. Reads only. Not for searching: use find_tickets.",
        properties={"id": ID}, required=["id"], annotations=READS, output=TICKET)
    def read_ticket(arguments):
        found = ticket(arguments["id"])
        return f"{found['id']} [{found['state']}] {found['subject']}", found

    @server.tool(
        "close_ticket", "Close a ticket",
        "Closes a support ticket for good and writes the reason into its history. Takes the ticket's id, the reason, and confirm: "
        "false (the default) returns a preview and changes nothing, true closes. Returns the ticket's id and new state. "
        "Changes the ticket. Not for tickets that wait for a customer's answer: leave those open.",
        properties={"id": ID, "reason": {"type": "string", "minLength": 3, "maxLength": 300, "examples": ["Solved by phone"],
                                         "description": "Why it is closed, one sentence."}, "confirm": CONFIRM},
        required=["id", "reason"], annotations=DESTROYS)
    def close_ticket(arguments):
        found = ticket(arguments["id"])
        if found["state"] == "closed":
            raise ToolError(f"{found['id']} is closed already. NEXT: nothing to do; read_ticket shows it.")
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. Would close {found['id']} ({found['subject']}). Call again with confirm=true to close it."
        found["state"] = "closed"
        return f"Closed {found['id']}."

    server.resource("tickets://states", "states", "Ticket states", "What each state of a ticket means.",
                    lambda: "open: nobody has answered\nwaiting: the customer must answer\nclosed: done")
    server.prompt("triage", "Triage the open tickets", "Go through the open tickets and propose what to do with each.",
                  [{"name": "words", "description": "Only tickets whose subject has these words.", "required": False}],
                  lambda arguments: f"Find the open tickets {arguments.get('words', '')} and propose one next step for each.")
    return server


if __name__ == "__main__":
    make().run()
