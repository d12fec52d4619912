"""Declares much, and all of it works."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


PROMPT = {
    "name": "tidy_up",
    "title": "Tidy up",
    "description": "Asks for notes of one kind to be put in order.",
    "arguments": [{"name": "kind", "description": "The kind of notes, such as plants.", "required": True}],
}


class Server(base.Server):
    level = None

    def capabilities(self):
        return {
            "tools": {"listChanged": True},
            "prompts": {},
            "resources": {"subscribe": True},
            "completions": {},
            "logging": {},
        }

    def prompts(self):
        return [PROMPT]

    def answer(self, method, params, request, era):
        if method == "prompts/get":
            if params.get("name") != PROMPT["name"]:
                raise base.RpcError(-32602, f"Unknown prompt: {params.get('name')}")
            return {"messages": [{"role": "user", "content": {"type": "text", "text": "Put the notes in order."}}]}
        if method == "completion/complete":
            return {"completion": {"values": ["plants"], "total": 1, "hasMore": False}}
        if era == "legacy" and method == "logging/setLevel":
            self.level = params["level"]
            return {}
        if era == "legacy" and method in ("resources/subscribe", "resources/unsubscribe"):
            self.read(params.get("uri"))
            return {}
        return super().answer(method, params, request, era)

    def dispatch(self, request, method, params):
        if method == "subscriptions/listen" and "_meta" in params:
            # the answer comes when the server ends the subscription, which it never does
            acknowledged = {
                "_meta": {base.META + "subscriptionId": request},
                "notifications": params["notifications"],
            }
            self.send(
                {"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": acknowledged}
            )
            return
        super().dispatch(request, method, params)

    def notified(self, method, params):
        if method == "notifications/initialized":
            self.send({"jsonrpc": "2.0", "id": "ping-1", "method": "ping"})
            self.send({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
            if self.level == "info":
                self.send({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "ready"}})
        super().notified(method, params)


Server().run()
