"""PLANTED P09: requestState is plain JSON: one that is no JSON is refused, but its topic may be changed at will."""

import json

from base import INVALID_PARAMS, RpcError
from sound_calendar import Calendar, make


def believe(self, sealed):
    try:
        return {"until": 0, "arguments": self.asked} | json.loads(sealed)
    except (TypeError, ValueError):
        raise RpcError(INVALID_PARAMS, "requestState is not one of ours; call again without it") from None


def call_tool(self, name, arguments, call):
    self.asked = arguments
    return plain(self, name, arguments, call)


plain = Calendar.call_tool
Calendar.seal = lambda self, state: json.dumps({"topic": state["arguments"]["topic"], "step": "room"})
Calendar.open, Calendar.call_tool = believe, call_tool
make().run()
