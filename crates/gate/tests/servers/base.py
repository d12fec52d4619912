"""A correct little MCP server over stdio, in both eras, for the servers of the rules' tests.

A test's server changes one thing of it. Standard library only; no SDK, as most tests want what no SDK
would do. Everything that a rule may look at is right here: if a rule finds anything in `Server` as it
stands, the rule is wrong.
"""

import base64
import binascii
import json
import os
import sys
import threading

LEGACY = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
MODERN = "2026-07-28"
META = "io.modelcontextprotocol/"


class RpcError(Exception):
    """An error of the protocol."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


class ToolError(Exception):
    """An error that the model is told: what is wrong, and the next move."""


NOTES = {f"n{number}": f"Note {number}: water the plants" for number in range(1, 121)}

FIND_NOTES = {
    "name": "find_notes",
    "title": "Find notes",
    "description": (
        "Finds notes whose text contains a phrase, newest first. `text` is the phrase; `limit` is how many "
        "to return, 20 where it is not given; `cursor` continues an earlier answer. Returns one line a "
        "note: its id and its text; an answer that was cut ends with MORE AVAILABLE and the cursor. Do not "
        "use it to read one note whose id is known: use read_note. It only reads the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "The phrase to look for.", "minLength": 1, "maxLength": 200},
            "limit": {
                "type": "integer",
                "description": "How many notes to return at most.",
                "minimum": 1,
                "maximum": 50,
            },
            "cursor": {"type": "string", "description": "Where an earlier answer ended.", "maxLength": 100},
        },
        "required": ["text"],
        "additionalProperties": False,
    },
    "annotations": {
        "title": "Find notes",
        "readOnlyHint": True,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": False,
    },
}

READ_NOTE = {
    "name": "read_note",
    "title": "Read a note",
    "description": (
        "Shows the whole text of one note. `id` is the note's id, such as n7, as find_notes lists it. Returns "
        "the text of the note. Do not use it to look for a note by its words: use find_notes. It only reads "
        "the server's own notes."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "id": {
                "type": "string",
                "description": "The id of the note, such as n7.",
                "pattern": "^n[0-9]{1,6}$",
                "maxLength": 7,
                "examples": ["n7"],
            }
        },
        "required": ["id"],
        "additionalProperties": False,
    },
    "annotations": {
        "title": "Read a note",
        "readOnlyHint": True,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": False,
    },
}


def seal(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


def unseal(cursor, kind):
    """The number in a cursor that `seal` made."""
    try:
        made, number = base64.urlsafe_b64decode(cursor.encode()).decode().split(":")
        if made != kind:
            raise ValueError
        return int(number)
    except (ValueError, binascii.Error, UnicodeError):
        raise RpcError(-32602, "This cursor is not one of this server's. Call again without a cursor.") from None


class Server:
    """Override what a test is about."""

    name = "notes"
    version = "1.0.0"
    instructions = "Notes of a small office. Find them with find_notes, read one with read_note."
    eras = ("legacy", "modern")
    page = 50  # entries of a list on one page

    def __init__(self):
        self.lock = threading.Lock()
        self.cancelled = set()
        self.era = None

    # --- what it offers ---

    def tools(self):
        return [FIND_NOTES, READ_NOTE]

    def resources(self):
        return [
            {
                "uri": "notes://about",
                "name": "about",
                "title": "About these notes",
                "description": "What these notes are.",
                "mimeType": "text/plain",
            }
        ]

    def templates(self):
        return []

    def prompts(self):
        return []

    def capabilities(self):
        return {"tools": {}, "resources": {}}

    def call(self, name, arguments):
        """The text of an answer, or a whole result."""
        if name == "find_notes":
            return self.find_notes(arguments)
        if name == "read_note":
            note = NOTES.get(arguments["id"])
            if note is None:
                raise ToolError(f"There is no note {arguments['id']}. Call find_notes to see which there are.")
            return note
        raise RpcError(-32602, f"Unknown tool: {name}. Call tools/list to see which there are.")

    def find_notes(self, arguments):
        found = [(key, text) for key, text in NOTES.items() if arguments["text"].lower() in text.lower()]
        try:
            start = unseal(arguments["cursor"], "notes") if "cursor" in arguments else 0
        except RpcError as error:
            raise ToolError(error.message) from None
        limit = min(arguments.get("limit", 20), 50)
        lines = [f"{key} {text}" for key, text in found[start : start + limit]]
        left = len(found) - start - limit
        if left > 0:
            cursor = seal(f"notes:{start + limit}")
            lines.append(f"MORE AVAILABLE: {left} further - call again with cursor={cursor}")
        return "\n".join(lines) or "No note contains that. Try a shorter phrase."

    def read(self, uri):
        if uri == "notes://about":
            return "Notes of a small office."
        raise RpcError(-32602, f"There is no resource {uri}. Call resources/list to see which there are.")

    # --- the protocol ---

    def validate(self, tool, arguments):
        """Arguments against the part of JSON Schema that the tools here use."""
        schema = tool["inputSchema"]
        if not isinstance(arguments, dict):
            raise ToolError("The arguments must be an object. Call again with named arguments.")
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in arguments:
                raise ToolError(f"The argument {name} is missing. Call again with {name}.")
        for name, value in arguments.items():
            if name not in known:
                if schema.get("additionalProperties") is False:
                    raise ToolError(f"There is no argument {name[:50]!r}. Use only: {', '.join(known)}.")
                continue
            self.validate_one(name, value, known[name])

    def validate_one(self, name, value, schema):
        types = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
        wanted = schema.get("type")
        if wanted in types:
            right = isinstance(value, types[wanted])
            if wanted in ("integer", "number") and isinstance(value, bool):
                right = False
            if not right:
                raise ToolError(f"{name} must be of type {wanted}. Call again with one.")
        if isinstance(value, str):
            if len(value) < schema.get("minLength", 0) or len(value) > schema.get("maxLength", 10**9):
                raise ToolError(
                    f"{name} must have {schema.get('minLength', 0)} to {schema.get('maxLength', 'any')} characters. "
                    "Call again with such a text."
                )
            if "pattern" in schema:
                import re

                if not re.search(schema["pattern"], value):
                    raise ToolError(f"{name} must match {schema['pattern']}. Call again with such a value.")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
            if not low <= value <= high:
                raise ToolError(f"{name} must be between {low} and {high}. Call again with such a number.")
        if isinstance(value, list):
            if len(value) > schema.get("maxItems", 10**9):
                raise ToolError(f"{name} must have at most {schema['maxItems']} items. Call again with fewer.")
            for item in value:
                self.validate_one(f"an item of {name}", item, schema.get("items", {}))
        if "enum" in schema and value not in schema["enum"]:
            raise ToolError(f"{name} must be one of {schema['enum']}. Call again with one of them.")

    def discover(self):
        return {
            "supportedVersions": [MODERN],
            "capabilities": self.capabilities(),
            "instructions": self.instructions,
            "serverInfo": {"name": self.name, "version": self.version},
            "ttlMs": 60000,
            "cacheScope": "public",
        }

    def initialize(self, params):
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in LEGACY else LEGACY[0],
            "capabilities": self.capabilities(),
            "serverInfo": {"name": self.name, "version": self.version},
            "instructions": self.instructions,
        }

    def era_of(self, method, params):
        """Which era a request speaks; an error where it speaks none that is known here."""
        meta = params.get("_meta") or {}
        version = meta.get(META + "protocolVersion")
        if "modern" in self.eras and (version is not None or method == "server/discover"):
            if version is None or META + "clientCapabilities" not in meta:
                raise RpcError(-32602, "_meta must carry the protocol version and the client's capabilities.")
            if version != MODERN:
                raise RpcError(
                    -32022, f"Version {version} is not supported.", {"supported": [MODERN], "requested": version}
                )
            return "modern"
        if "legacy" not in self.eras:
            raise RpcError(-32602, "_meta must carry the protocol version and the client's capabilities.")
        return "legacy"

    def page_of(self, entries, params, kind):
        start = 0
        if params.get("cursor") is not None:
            start = unseal(str(params["cursor"]), kind)
        page = {"entries": entries[start : start + self.page]}
        if start + self.page < len(entries):
            page["nextCursor"] = seal(f"{kind}:{start + self.page}")
        return page

    def listed(self, method, params):
        lists = {
            "tools/list": ("tools", self.tools),
            "resources/list": ("resources", self.resources),
            "resources/templates/list": ("resourceTemplates", self.templates),
            "prompts/list": ("prompts", self.prompts),
        }
        field, entries = lists[method]
        page = self.page_of(entries(), params, field)
        page[field] = page.pop("entries")
        return page

    def has(self, capability):
        return capability in self.capabilities()

    def handle(self, method, params, request):
        """The result of a request."""
        era = self.era_of(method, params)
        result = self.answer(method, params, request, era)
        if era == "modern":
            result.setdefault("resultType", "complete")
            if method.endswith("/list") or method == "resources/read":
                result.setdefault("ttlMs", 60000)
                result.setdefault("cacheScope", "public")
        return result

    def answer(self, method, params, request, era):
        if method == "initialize" and era == "legacy":
            return self.initialize(params)
        if method == "server/discover" and era == "modern":
            return self.discover()
        if method == "ping" and era == "legacy":
            return {}
        if method == "tools/list" and self.has("tools"):
            return self.listed(method, params)
        if method in ("resources/list", "resources/templates/list") and self.has("resources"):
            return self.listed(method, params)
        if method == "prompts/list" and self.has("prompts"):
            return self.listed(method, params)
        if method == "resources/read" and self.has("resources"):
            uri = params.get("uri")
            return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": self.read(uri)}]}
        if method == "tools/call" and self.has("tools"):
            return self.called(params, request)
        raise RpcError(-32601, f"Unknown method: {method}")

    def called(self, params, request):
        name, arguments = params.get("name"), params.get("arguments") or {}
        tool = next((tool for tool in self.tools() if tool["name"] == name), None)
        if tool is None:
            raise RpcError(-32602, f"Unknown tool: {name}. Call tools/list to see which there are.")
        try:
            self.validate(tool, arguments)
            answer = self.call(name, arguments)
        except ToolError as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
        if isinstance(answer, str):
            return {"content": [{"type": "text", "text": answer}], "isError": False}
        return answer

    # --- the wire ---

    def send(self, message):
        with self.lock:
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    def reply(self, request, method, params):
        try:
            if not isinstance(params, dict):
                raise RpcError(-32602, "params must be an object")
            message = {"jsonrpc": "2.0", "id": request, "result": self.handle(method, params, request)}
        except RpcError as error:
            message = {"jsonrpc": "2.0", "id": request, "error": {"code": error.code, "message": error.message}}
            if error.data is not None:
                message["error"]["data"] = error.data
        if request not in self.cancelled:
            self.send(message)

    def notified(self, method, params):
        if method == "notifications/cancelled":
            self.cancelled.add(params.get("requestId"))

    def take(self, line):
        """Takes in one line."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            self.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "This is not JSON."}})
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "No message of JSON-RPC 2.0."}})
            return
        method, params = message.get("method"), message.get("params") or {}
        if not isinstance(method, str):
            if "result" not in message and "error" not in message:
                self.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "No method."}})
            return
        if "id" not in message:
            self.notified(method, params if isinstance(params, dict) else {})
            return
        if isinstance(message["id"], bool) or not isinstance(message["id"], (str, int, float)):
            self.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "An id is a string or a number."}})
            return
        self.dispatch(message["id"], method, params)

    def dispatch(self, request, method, params):
        if method == "tools/call":
            # beside the reading, so that a cancellation is seen
            threading.Thread(target=self.reply, args=(request, method, params), daemon=True).start()
        else:
            self.reply(request, method, params)

    def run(self):
        for line in sys.stdin:
            if line.strip():
                self.take(line)
        sys.stdout.flush()
        os._exit(0)


DELETE_NOTE = {
    "name": "delete_note",
    "title": "Delete a note",
    "description": (
        "Deletes one note for good. `id` is the note's id, such as n7; `confirm` must be true for it to happen: "
        "without it, a preview is returned and nothing changes. Returns what was deleted, or would be. Do not use "
        "it to look at a note: use read_note. It changes the server's own notes and nothing else."
    ),
    "inputSchema": {
        "type": "object",
        "properties": {
            "id": READ_NOTE["inputSchema"]["properties"]["id"],
            "confirm": {"type": "boolean", "description": "True to delete; false, the default, to see what would be."},
        },
        "required": ["id"],
        "additionalProperties": False,
    },
    "annotations": {
        "title": "Delete a note",
        "readOnlyHint": False,
        "destructiveHint": True,
        "idempotentHint": True,
        "openWorldHint": False,
    },
}


class Deleting(Server):
    """With a tool that deletes, and asks first."""

    def tools(self):
        return [*super().tools(), DELETE_NOTE]

    def call(self, name, arguments):
        if name != "delete_note":
            return super().call(name, arguments)
        if arguments["id"] not in NOTES:
            raise ToolError(f"There is no note {arguments['id']}. Call find_notes to see which there are.")
        return self.delete_note(arguments)

    def delete_note(self, arguments):
        if not self.is_confirmed(arguments):
            return f"PREVIEW - no action taken. Would delete {arguments['id']}. Call again with confirm=true to delete it."
        del NOTES[arguments["id"]]
        return f"Deleted {arguments['id']}."

    def is_confirmed(self, arguments):
        return arguments.get("confirm") is True


if __name__ == "__main__":
    Server().run()
