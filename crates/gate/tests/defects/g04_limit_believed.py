"""PLANTED G04: limit is bounded in the schema, but the server does not look: a limit of 1,000,000 returns all 600 tickets."""

from sound_tickets import make

server = make()
tool = server.find("find_tickets")
check = server.wrong_arguments


def unbounded(tool, arguments):
    if tool.name == "find_tickets" and type(arguments.get("limit")) is int:
        arguments = {name: value for name, value in arguments.items() if name != "limit"}
    return check(tool, arguments)


server.wrong_arguments = unbounded


def all_asked(arguments):
    tickets = [{"id": f"T-{n}", "subject": "Asks for a refund", "state": "open"} for n in range(1, 601)]
    part = tickets[:max(0, arguments.get("limit", 20))]
    lines = [f"{len(part)} of 600 tickets", *(f"{ticket['id']} [open] {ticket['subject']}" for ticket in part)]
    if len(part) < 600:
        lines.append(f"MORE AVAILABLE: {600 - len(part)} further - repeat the call with a larger limit")
    return "\n".join(lines), {"items": part, "total": 600}


tool.run = all_asked
server.run()
