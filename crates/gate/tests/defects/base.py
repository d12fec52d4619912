"""A small MCP server by the book, over stdio or HTTP, in both eras: what the planted servers share.

A sound server (`sound_*.py`) builds a `Server` and hands it tools, resources and prompts. A defective one takes a
sound one and breaks exactly one thing, by changing a tool or by overriding one of the methods below. Standard
library only.
"""

import base64
import binascii
import json
import os
import re
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

MODERN = "2026-07-28"
LEGACY = ["2025-11-25", "2025-06-18"]
SUPPORTED = [MODERN, *LEGACY]

PARSE, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
HEADER_MISMATCH, BAD_VERSION = -32020, -32022

META = "io.modelcontextprotocol/"


class RpcError(Exception):
    """A JSON-RPC error, to be answered as it is."""

    def __init__(self, code: int, message: str, data: Any = None):
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    def body(self) -> dict:
        body = {"code": self.code, "message": self.message}
        return body | {"data": self.data} if self.data is not None else body


class ToolError(Exception):
    """What a tool could not do; its text says the problem and the next move."""


@dataclass
class Tool:
    name: str
    title: str
    description: str
    run: Callable[[dict], Any]
    properties: dict = field(default_factory=dict)
    required: list = field(default_factory=list)
    annotations: dict = field(default_factory=dict)
    output: dict | None = None
    seconds: float = 0.0  # what the work takes; ends early when the request is cancelled

    def input_schema(self) -> dict:
        schema = {"type": "object", "properties": self.properties, "additionalProperties": False}
        return schema | {"required": self.required} if self.required else schema

    def definition(self) -> dict:
        definition = {"name": self.name, "title": self.title, "description": self.description,
                      "inputSchema": self.input_schema(), "annotations": self.annotations}
        return definition | {"outputSchema": self.output} if self.output else definition


READS = {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
WRITES = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False, "openWorldHint": False}
DESTROYS = {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": True, "openWorldHint": False}

LIMIT = {"type": "integer", "minimum": 1, "maximum": 50, "default": 20, "description": "How many entries to return, 1 to 50."}
CURSOR = {"type": "string", "maxLength": 100,
          "description": "Where to go on: the cursor that the previous answer named. Leave it out for the first page."}
CONFIRM = {"type": "boolean", "default": False, "description": "false shows a preview and changes nothing; true acts."}


def listed(item: dict) -> dict:
    """The output schema of a tool that returns a page of a collection."""
    return {"type": "object", "required": ["items", "total"], "properties": {
        "items": {"type": "array", "items": item, "description": "The entries of this page."},
        "total": {"type": "integer", "description": "How many entries match in all."},
        "next_cursor": {"type": "string", "description": "The cursor of the next page; absent on the last."}}}


def page(items: list, arguments: dict, noun: str, show: Callable[[dict], str]):
    """One page of `items` by the arguments limit and cursor: its text, and the structured content."""
    limit = min(arguments.get("limit", 20), 50)
    start = 0
    if "cursor" in arguments:
        start = read_cursor(arguments["cursor"])
        if start is None or start >= len(items):
            raise ToolError(f"The cursor {arguments['cursor'][:40]!r} is not one that this tool gave for this search. "
                            "NEXT: leave cursor out to begin with the first page.")
    part = items[start:start + limit]
    lines = [f"{len(part)} of {len(items)} {noun}", *map(show, part)]
    content = {"items": part, "total": len(items)}
    left = len(items) - start - len(part)
    if left > 0:
        content["next_cursor"] = write_cursor(start + limit)
        lines.append(f"MORE AVAILABLE: {left} further - repeat the call with cursor={content['next_cursor']}")
    return "\n".join(lines), content


def write_cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"at:{start}".encode()).decode()


def read_cursor(cursor: str) -> int | None:
    try:
        found = re.fullmatch(r"at:([1-9][0-9]{0,8})", base64.b64decode(cursor.encode(), b"-_", validate=True).decode())
    except (binascii.Error, ValueError):
        return None
    return int(found[1]) if found else None


def problems(value: Any, schema: dict, at: str):
    """What makes `value` not fit `schema` (the keywords that these servers use)."""
    kinds = {"string": str, "boolean": bool, "object": dict, "array": list, "number": (int, float), "integer": int}
    kind = schema.get("type")
    if kind in kinds:
        fits = isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool))
        if kind == "integer" and isinstance(value, float) and value.is_integer():
            fits = True
        if not fits:
            yield f"{at} must be of type {kind}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} must be one of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{at} must have at most {schema['maxLength']} characters"
        if len(value) < schema.get("minLength", 0):
            yield f"{at} must have at least {schema['minLength']} characters"
        if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
            yield f"{at} must match {schema['pattern']}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if value > schema.get("maximum", value):
            yield f"{at} must be at most {schema['maximum']}"
        if value < schema.get("minimum", value):
            yield f"{at} must be at least {schema['minimum']}"
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{at} must have at most {schema['maxItems']} entries"
        if len(value) < schema.get("minItems", 0):
            yield f"{at} must have at least {schema['minItems']} entries"
        for index, entry in enumerate(value):
            yield from problems(entry, schema.get("items", {}), f"{at}[{index}]")
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{name} is missing: {known.get(name, {}).get('description', 'it is required')}"
        for name, entry in value.items():
            if name in known:
                yield from problems(entry, known[name], name)
            elif schema.get("additionalProperties") is False:
                takes = f"it takes {', '.join(known)}" if known else "it takes none: leave it out"
                yield f"{name[:40]!r} is not an argument of this tool; {takes}"


class Call:
    """One request on its way: its era, what its client can do, and whether it was cancelled."""

    def __init__(self, modern: bool, capabilities: dict, params: dict):
        self.modern, self.capabilities, self.params = modern, capabilities, params
        self.cancelled = threading.Event()


class Server:
    def __init__(self, name: str, version: str, instructions: str, page_size: int = 50):
        self.info = {"name": name, "version": version}
        self.instructions = instructions
        self.page_size = page_size
        self.tools: list[Tool] = []
        self.resources: list[dict] = []
        self.templates: list[dict] = []
        self.prompts: list[dict] = []
        self.readers: list[Callable[[str], str | None]] = []
        self.renderers: dict[str, Callable[[dict], str]] = {}
        self.completer: Callable[[dict, dict], list[str]] | None = None
        self.client: dict | None = None  # the capabilities of an older client, once it has initialized
        self.calls: dict[Any, Call] = {}
        self.lock = threading.Lock()

    # ---- what a server is made of

    def tool(self, name: str, title: str, description: str, **rest):
        def add(run):
            self.tools.append(Tool(name, title, description, run, **rest))
            return run
        return add

    def find(self, name: str) -> Tool:
        return next(tool for tool in self.tools if tool.name == name)

    def resource(self, uri: str, name: str, title: str, description: str, text: Callable[[], str]):
        self.resources.append({"uri": uri, "name": name, "title": title, "description": description, "mimeType": "text/plain"})
        self.readers.append(lambda asked: text() if asked == uri else None)

    def template(self, uri: str, name: str, title: str, description: str, read: Callable[[str], str | None]):
        """`uri` ends in {id}; `read` takes what stands there."""
        self.templates.append({"uriTemplate": uri, "name": name, "title": title, "description": description, "mimeType": "text/plain"})
        start = uri[:uri.index("{")]
        self.readers.append(lambda asked: read(asked[len(start):]) if asked.startswith(start) else None)

    def prompt(self, name: str, title: str, description: str, arguments: list[dict], render: Callable[[dict], str]):
        self.prompts.append({"name": name, "title": title, "description": description, "arguments": arguments})
        self.renderers[name] = render

    # ---- the protocol

    def capabilities(self) -> dict:
        has = {"tools": self.tools, "resources": self.resources or self.templates, "prompts": self.prompts, "completions": self.completer}
        return {name: {} for name, there in has.items() if there}

    def list_page(self, kind: str, entries: list, cursor: Any) -> dict:
        start = 0
        if cursor is not None:
            start = read_cursor(cursor) if isinstance(cursor, str) else None
            if start is None or start >= len(entries):
                raise RpcError(INVALID_PARAMS, f"{kind}: not a cursor of this list; leave it out to begin anew")
        result = {kind: entries[start:start + self.page_size]}
        if start + self.page_size < len(entries):
            result["nextCursor"] = write_cursor(start + self.page_size)
        return result

    def tool_list(self) -> list:
        return [tool.definition() for tool in self.tools]

    def call_tool(self, name: str, arguments: dict, call: Call) -> dict:
        tool = next((tool for tool in self.tools if tool.name == name), None)
        if tool is None:
            raise RpcError(INVALID_PARAMS, f"Unknown tool: {name[:80]}")
        wrong = self.wrong_arguments(tool, arguments)
        if wrong:
            return self.failure("; ".join(wrong[:5]) + ". NEXT: repeat the call with the arguments corrected.")
        if tool.seconds:
            call.cancelled.wait(tool.seconds)
        try:
            answer = tool.run(arguments)
        except ToolError as error:
            return self.failure(str(error))
        return self.success(answer)

    def wrong_arguments(self, tool: Tool, arguments: dict) -> list[str]:
        return list(problems(arguments, tool.input_schema(), "arguments"))

    def failure(self, text: str) -> dict:
        return {"content": [{"type": "text", "text": text}], "isError": True}

    def success(self, answer: Any) -> dict:
        """`answer` is a text, or a text and the structured content."""
        text, structured = answer if isinstance(answer, tuple) else (answer, None)
        result = {"content": [{"type": "text", "text": text}], "isError": False}
        return result | {"structuredContent": structured} if structured is not None else result

    def read_resource(self, uri: str, call: Call) -> dict:
        for reader in self.readers:
            text = reader(uri)
            if text is not None:
                return {"contents": [{"uri": uri, "mimeType": "text/plain", "text": text}]}
        raise RpcError(INVALID_PARAMS, "Resource not found", {"uri": uri[:200]})

    def get_prompt(self, name: str, arguments: dict) -> dict:
        prompt = next((prompt for prompt in self.prompts if prompt["name"] == name), None)
        if prompt is None:
            raise RpcError(INVALID_PARAMS, f"Unknown prompt: {name[:80]}")
        for argument in prompt["arguments"]:
            if argument.get("required") and not isinstance(arguments.get(argument["name"]), str):
                raise RpcError(INVALID_PARAMS, f"The prompt {name} needs the argument {argument['name']}")
        text = self.renderers[name](arguments)
        return {"description": prompt["description"], "messages": [{"role": "user", "content": {"type": "text", "text": text}}]}

    def method(self, method: str, params: dict, call: Call) -> dict:
        """The result of one request, before its envelope."""
        if method == "tools/list":
            return self.list_page("tools", self.tool_list(), params.get("cursor"))
        if method == "tools/call":
            return self.call_tool(text_of(params, "name"), object_of(params, "arguments"), call)
        if self.resources or self.templates:
            if method == "resources/list":
                return self.list_page("resources", self.resources, params.get("cursor"))
            if method == "resources/templates/list":
                return self.list_page("resourceTemplates", self.templates, params.get("cursor"))
            if method == "resources/read":
                return self.read_resource(text_of(params, "uri"), call)
        if self.prompts and method == "prompts/list":
            return self.list_page("prompts", self.prompts, params.get("cursor"))
        if self.prompts and method == "prompts/get":
            return self.get_prompt(text_of(params, "name"), object_of(params, "arguments"))
        if self.completer and method == "completion/complete":
            values = self.completer(object_of(params, "ref"), object_of(params, "argument"))
            return {"completion": {"values": values[:100], "total": len(values), "hasMore": len(values) > 100}}
        if method == "ping" and not call.modern:
            return {}
        raise RpcError(NO_METHOD, f"Method not found: {method[:80]}")

    def initialize(self, params: dict) -> dict:
        version = params.get("protocolVersion")
        self.client = params.get("capabilities") if isinstance(params.get("capabilities"), dict) else {}
        return {"protocolVersion": version if version in LEGACY else LEGACY[0], "capabilities": self.capabilities(),
                "serverInfo": self.info, "instructions": self.instructions}

    def discover(self) -> dict:
        return {"supportedVersions": SUPPORTED, "capabilities": self.capabilities(), "instructions": self.instructions}

    def envelope(self, method: str, result: dict) -> dict:
        """What a modern result carries besides its content."""
        result = {"resultType": "complete"} | result
        if method == "server/discover" or method.endswith("/list") or method == "resources/read":
            result |= {"ttlMs": 60_000, "cacheScope": "private"}
        return result | {"_meta": {META + "serverInfo": self.info}}

    def check_version(self, version: Any):
        if version != MODERN:
            raise RpcError(BAD_VERSION, "Unsupported protocol version", {"supported": SUPPORTED, "requested": version})

    def answer(self, method: str, params: dict, call: Call) -> dict:
        meta = params.get("_meta")
        meta = meta if isinstance(meta, dict) else {}
        if META + "protocolVersion" in meta:
            call.modern = True
            self.check_version(meta[META + "protocolVersion"])
            call.capabilities = meta.get(META + "clientCapabilities")
            if not isinstance(call.capabilities, dict):
                raise RpcError(INVALID_PARAMS, f"_meta lacks {META}clientCapabilities")
            result = self.discover() if method == "server/discover" else self.method(method, params, call)
            return self.envelope(method, result)
        if method == "initialize":
            return self.initialize(params)
        if self.client is None or method == "server/discover":
            raise RpcError(INVALID_PARAMS, f"_meta lacks {META}protocolVersion, and there was no initialize")
        call.capabilities = self.client
        return self.method(method, params, call)

    def respond(self, message: Any) -> dict | None:
        """The answer to one message; None for a notification and for a cancelled request."""
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
            if isinstance(message, dict) and ("result" in message or "error" in message):
                return None
            return {"jsonrpc": "2.0", "id": None, "error": {"code": INVALID_REQUEST, "message": "Not a JSON-RPC 2.0 request"}}
        params = message.get("params", {})
        if "id" not in message:
            self.notified(message["method"], params if isinstance(params, dict) else {})
            return None
        number = message["id"]
        if isinstance(number, bool) or not isinstance(number, (str, int)):
            return {"jsonrpc": "2.0", "id": None, "error": {"code": INVALID_REQUEST, "message": "The id must be a string or an integer"}}
        call = self.calls.setdefault(number, Call(False, {}, params if isinstance(params, dict) else {}))
        try:
            if not isinstance(params, dict):
                raise RpcError(INVALID_PARAMS, "params must be an object")
            body = {"result": self.answer(message["method"], params, call)}
        except RpcError as error:
            body = {"error": error.body()}
        except Exception as error:  # a defect of ours: its details go to the log alone
            print(f"{self.info['name']}: {message['method']}: {error!r}", file=sys.stderr)
            body = {"error": {"code": INTERNAL, "message": "Internal error"}}
        finally:
            self.calls.pop(number, None)
        return None if self.is_silenced(call) else {"jsonrpc": "2.0", "id": number} | body

    def is_silenced(self, call: Call) -> bool:
        return call.cancelled.is_set()

    def notified(self, method: str, params: dict):
        if method == "notifications/cancelled":
            call = self.calls.get(params.get("requestId")) if isinstance(params.get("requestId"), (str, int)) else None
            if call:
                call.cancelled.set()

    # ---- stdio

    def write(self, message: dict):
        with self.lock:
            sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def started(self):
        """Before the first message."""

    def ended(self):
        """After stdin has closed."""

    def handle(self, message: Any):
        answer = self.respond(message)
        if answer is not None:
            self.write(answer)

    def run(self):
        if "DEFECTS_HTTP_PORT" in os.environ:  # for checkers that speak HTTP alone
            return self.serve()
        sys.stdin.reconfigure(errors="replace")
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        self.started()
        for line in sys.stdin:
            if not line.strip():
                continue
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                self.write({"jsonrpc": "2.0", "id": None, "error": {"code": PARSE, "message": "Not JSON"}})
                continue
            if isinstance(message, dict) and message.get("method") == "tools/call" and isinstance(message.get("id"), (str, int)):
                # known before its thread runs, so that a cancellation that follows at once finds it
                params = message.get("params")
                self.calls[message["id"]] = Call(False, {}, params if isinstance(params, dict) else {})
                threading.Thread(target=self.handle, args=(message,), daemon=True).start()
            else:
                self.handle(message)
        for call in list(self.calls.values()):
            call.cancelled.set()
        self.ended()

    # ---- HTTP

    def serve(self, policy: "Policy | None" = None):
        """Serves /mcp on the port that the first argument names (0: any free one); its address goes to stderr."""
        policy = policy or Policy()
        port = int(os.environ.get("DEFECTS_HTTP_PORT") or (sys.argv[1] if len(sys.argv) > 1 else 0))
        self.client = {}  # older clients: each request stands alone
        server = ThreadingHTTPServer((policy.bind, port), type("Handler", (Handler,), {"server_": self, "policy": policy}))
        server.daemon_threads = True
        print(f"{self.info['name']} listens on http://127.0.0.1:{server.server_port}/mcp", file=sys.stderr, flush=True)
        server.serve_forever()


def text_of(params: dict, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str):
        raise RpcError(INVALID_PARAMS, f"{name} must be a string")
    return value


def object_of(params: dict, name: str) -> dict:
    value = params.get(name, {})
    if not isinstance(value, dict):
        raise RpcError(INVALID_PARAMS, f"{name} must be an object")
    return value


def plain(value: str | None) -> str | None:
    """A header's value without the white space around it, and decoded where it was sent as =?base64?...?=."""
    value = value.strip() if value else value
    if value and value.startswith("=?base64?") and value.endswith("?="):
        try:
            return base64.b64decode(value[9:-2], validate=True).decode()
        except (binascii.Error, ValueError):
            return None
    return value


class Policy:
    """What the HTTP side checks; a defective server overrides one method."""

    bind = "127.0.0.1"

    def origin_is_ours(self, origin: str | None) -> bool:
        return origin is None or re.fullmatch(r"https?://(127\.0\.0\.1|localhost)(:\d+)?", origin) is not None

    def host_is_ours(self, host: str | None) -> bool:
        return host is not None and re.fullmatch(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", host) is not None

    def headers_fit(self, headers, message: dict) -> bool:
        params = message.get("params") if isinstance(message.get("params"), dict) else {}
        meta = params.get("_meta") if isinstance(params.get("_meta"), dict) else {}
        version = meta.get(META + "protocolVersion")
        if version is None:
            return plain(headers.get("Mcp-Method")) in (None, message.get("method"))
        if plain(headers.get("MCP-Protocol-Version")) != version or plain(headers.get("Mcp-Method")) != message.get("method"):
            return False
        named = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}.get(message.get("method"))
        return named is None or plain(headers.get("Mcp-Name")) == params.get(named)

    def refusal(self, handler: "Handler") -> tuple[int, dict] | None:
        """The status and headers of the answer to a request without good credentials."""
        return None

    def document(self, path: str, handler: "Handler") -> dict | None:
        """A JSON document served to GET, beside /mcp."""
        return None

    def get(self, handler: "Handler"):
        handler.reply(405, None, {"Allow": "POST"})

    def headers(self, message: dict, answer: dict) -> dict:
        return {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_: Server
    policy: Policy
    timeout = 30

    def log_message(self, *_):
        pass

    def reply(self, status: int, body: dict | None, headers: dict | None = None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if data:
            self.send_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status: int, code: int, message: str, number=None, data=None):
        self.close_connection = True
        self.reply(status, {"jsonrpc": "2.0", "id": number, "error": RpcError(code, message, data).body()}, {"Connection": "close"})

    def is_foreign(self) -> bool:
        if not self.policy.host_is_ours(self.headers.get("Host")):
            self.refuse(421, INVALID_REQUEST, "This server does not answer to that Host")
        elif not self.policy.origin_is_ours(self.headers.get("Origin")):
            self.refuse(403, INVALID_REQUEST, "This Origin may not use this server")
        else:
            return False
        return True

    def do_GET(self):
        if self.is_foreign():
            return
        document = self.policy.document(self.path, self)
        if document is not None:
            self.reply(200, document)
        elif self.path.split("?")[0] != "/mcp":
            self.reply(404, None)
        else:
            self.policy.get(self)

    def do_DELETE(self):
        if not self.is_foreign():
            self.reply(405, None, {"Allow": "POST"})

    def do_POST(self):
        if self.is_foreign():
            return
        if self.path.split("?")[0] != "/mcp":
            return self.refuse(404, INVALID_REQUEST, "Not found")
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > 1_000_000:
            return self.refuse(413, INVALID_REQUEST, "The body must have a length of at most 1,000,000 bytes")
        body = self.rfile.read(int(length))
        refusal = self.policy.refusal(self)
        if refusal:
            return self.reply(refusal[0], None, refusal[1])
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            return self.refuse(415, INVALID_REQUEST, "The body must be application/json")
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return self.refuse(400, PARSE, "Not JSON")
        if not isinstance(message, dict):
            return self.refuse(400, INVALID_REQUEST, "One JSON-RPC message a request")
        number = message.get("id")
        if not self.policy.headers_fit(self.headers, message):
            return self.refuse(400, HEADER_MISMATCH, "The headers contradict the body", number)
        version = plain(self.headers.get("MCP-Protocol-Version"))
        params = message.get("params") if isinstance(message.get("params"), dict) else {}
        modern = isinstance(params.get("_meta"), dict) and META + "protocolVersion" in params["_meta"]
        if version is not None and version not in SUPPORTED and not modern:  # a modern request's version is checked with it
            return self.refuse(400, BAD_VERSION, "Unsupported protocol version", number, {"supported": SUPPORTED, "requested": version})
        answer = self.server_.respond(message)
        if answer is None:
            return self.reply(202, None)
        code = answer.get("error", {}).get("code")
        status = {NO_METHOD: 404 if modern else 200, INVALID_REQUEST: 400, BAD_VERSION: 400}.get(code, 200)
        if code == INVALID_PARAMS and "_meta lacks" in answer["error"]["message"]:
            status = 400
        self.reply(status, answer, self.policy.headers(message, answer))
