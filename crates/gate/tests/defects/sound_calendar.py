"""SOUND: a shared calendar. One slow tool that honours a cancellation; input_required with a sealed requestState."""

import hashlib
import hmac
import json
import secrets
import time

from base import CURSOR, INVALID_PARAMS, LIMIT, READS, RpcError, Server, ToolError, listed, page

EVENT = {"type": "object", "required": ["day", "what"], "properties": {
    "day": {"type": "string", "description": "As 2026-11-05."}, "what": {"type": "string", "description": "The event's title."}}}
ROOMS = ["blue", "green", "attic"]


class Calendar(Server):
    """plan_meeting asks a modern client that can elicit for the room, and resumes from a signed, short-lived state."""

    key = secrets.token_bytes(32)

    def seal(self, state: dict) -> str:
        text = json.dumps(state)
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest() + "." + text

    def open(self, sealed) -> dict:
        mac, _, text = sealed.partition(".") if isinstance(sealed, str) else ("", "", "")
        wanted = hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), wanted.encode()):
            raise RpcError(INVALID_PARAMS, "requestState is not one that this server made, or was changed; call again without it")
        state = json.loads(text)
        if state["until"] < time.time():
            raise RpcError(INVALID_PARAMS, "requestState has expired; call again without it")
        return state

    def call_tool(self, name, arguments, call):
        if name != "plan_meeting" or not call.modern or "elicitation" not in call.capabilities or self.wrong_arguments(self.find(name), arguments):
            return super().call_tool(name, arguments, call)
        if "requestState" in call.params:
            state = self.open(call.params["requestState"])
            if state["arguments"] != arguments:
                raise RpcError(INVALID_PARAMS, "requestState belongs to a call with other arguments; call again without it")
            answers = call.params.get("inputResponses")
            answer = answers.get("room") if isinstance(answers, dict) else None
            content = answer.get("content") if isinstance(answer, dict) and answer.get("action") == "accept" else None
            if isinstance(content, dict) and content.get("room") in ROOMS:
                return super().call_tool(name, arguments | {"room": content["room"]}, call)
            return self.failure("No room was chosen. NEXT: call again with room, one of " + ", ".join(ROOMS) + ".")
        if "room" in arguments:
            return super().call_tool(name, arguments, call)
        ask = {"method": "elicitation/create", "params": {"mode": "form", "message": "In which room?", "requestedSchema": {
            "type": "object", "properties": {"room": {"type": "string", "enum": ROOMS, "description": "The room."}}, "required": ["room"]}}}
        return {"resultType": "input_required", "inputRequests": {"room": ask},
                "requestState": self.seal({"arguments": arguments, "until": time.time() + 300})}


def make() -> Server:
    server = Calendar("calendar", "3.1.0", "The team's calendar. Days are ISO dates.")
    events = [{"day": f"2026-11-{day:02}", "what": what} for day, what in
              zip(range(2, 30), ["Stand-up", "Review", "Dentist", "Release", "Lunch with Ana"] * 6)]

    @server.tool("list_events", "List events",
                 "Lists the calendar's events from a day on (from, an ISO date); limit and cursor page through them. Returns day and title of "
                 "each. Reads only. Not for finding free time: use find_free_days.",
                 properties={"from": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "maxLength": 10, "examples": ["2026-11-05"],
                                      "description": "The first day, as 2026-11-05."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(EVENT))
    def list_events(arguments):
        found = [event for event in events if event["day"] >= arguments.get("from", "")]
        return page(found, arguments, "events", lambda event: f"{event['day']} {event['what']}")

    @server.tool("find_free_days", "Find free days",
                 "Finds days of a month without any event, for planning. Takes the month (1 to 12) of 2026. Returns the free days, one a line, "
                 "at most 31. Takes a second or two. Reads only. Not for what happens on a day: use list_events.",
                 properties={"month": {"type": "integer", "minimum": 1, "maximum": 12, "examples": [11], "description": "The month, 1 to 12."}},
                 required=["month"], annotations=READS, seconds=1.5)
    def find_free_days(arguments):
        taken = {event["day"] for event in events}
        month = int(arguments["month"])
        days = 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
        return "\n".join(day for day in (f"2026-{month:02}-{n:02}" for n in range(1, days + 1)) if day not in taken) or "No free day."

    @server.tool("plan_meeting", "Plan a meeting",
                 "Proposes the next free day for a meeting in a room, without booking it. Takes the topic and the room (blue, green or attic; a "
                 "client that can ask its user may leave it out). Returns one line with day, room and topic. Reads only. Not for booking.",
                 properties={"topic": {"type": "string", "minLength": 1, "maxLength": 100, "examples": ["Budget"], "description": "What it is about."},
                             "room": {"type": "string", "enum": ROOMS, "description": "Where."}},
                 required=["topic"], annotations=READS)
    def plan_meeting(arguments):
        if "room" not in arguments:
            raise ToolError(f"The room is missing. NEXT: call again with room, one of {', '.join(ROOMS)}.")
        return f"2026-11-30, room {arguments['room']}: {arguments['topic']}"

    server.resource("calendar://rooms", "rooms", "Rooms", "The rooms and how many people each holds.", lambda: "blue 6\ngreen 12\nattic 3")
    return server


if __name__ == "__main__":
    make().run()
