"""The correct little server of base.py behind streamable HTTP, in both eras, for the servers of the rules'
tests: legacy with sessions, 2026-07-28 without, Origin, Host and bearer token checked.

A test's server overrides one method of `Endpoint`. It listens on loopback, on a port of the system's
choice, says `listening on PORT` on stderr, and ends when its stdin does.
"""

import base64
import http.server
import json
import os
import ssl
import sys
import threading
import urllib.parse
import uuid

import base

TOKEN = "test-token-8d1f0c52a7e94b36"
WELL_KNOWN = "/.well-known/oauth-protected-resource"
BODY_MAX = 1 << 20


class Refusal(Exception):
    """An answer of HTTP that is no result: status, headers, and a JSON-RPC error where there is one."""

    def __init__(self, status, code=-32000, message="", headers=(), data=None):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers, self.data = dict(headers), data


class Endpoint:
    """Override what a test is about."""

    address = "127.0.0.1"
    path = "/mcp"
    stream = False  # answer requests with a stream of events
    token = TOKEN  # none: nobody is asked for one
    tls = None  # a file with a certificate and one with its key

    def __init__(self, server=None):
        self.server = server or base.Server()
        self.sessions = set()
        self.port = 0

    # --- who may ask ---

    def own_hosts(self):
        return {"127.0.0.1", "localhost", "[::1]"}

    def check_host(self, request):
        host = request.headers.get("Host", "")
        if host.rsplit(":", 1)[0] not in self.own_hosts():
            raise Refusal(421, message="This server is not served under that name.")

    def check_origin(self, request):
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}:{self.port}" for host in self.own_hosts()}:
            raise Refusal(403, message="This origin is not allowed.")

    def check_token(self, request):
        if self.token is None:
            return
        given = request.headers.get("Authorization")
        scheme, _, token = (given or "").partition(" ")
        if scheme.lower() != "bearer" or not self.is_valid(token.strip()):
            raise self.unauthorized(given is not None)

    def is_valid(self, token):
        return token == self.token

    def unauthorized(self, given):
        return Refusal(401, message="A valid token is needed.", headers={"WWW-Authenticate": self.challenge(given)})

    def challenge(self, given):
        challenge = f'Bearer resource_metadata="{self.origin()}{WELL_KNOWN}{self.path}"'
        return challenge + (', error="invalid_token"' if given else "")

    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def metadata(self):
        return {
            "resource": self.origin() + self.path,
            "authorization_servers": ["https://auth.example"],
            "bearer_methods_supported": ["header"],
        }

    # --- what is asked ---

    def admit(self, request):
        self.check_host(request)
        self.check_origin(request)

    def get(self, request):
        self.admit(request)
        path = urllib.parse.urlsplit(request.path).path
        if path in (WELL_KNOWN, WELL_KNOWN + self.path) and self.token is not None:
            request.answer(200, json.dumps(self.metadata()).encode())
            return
        self.check_path(path)
        self.check_token(request)
        raise Refusal(405, message="There is no stream to get.", headers={"Allow": "POST, DELETE"})

    def delete(self, request):
        self.admit(request)
        self.check_path(urllib.parse.urlsplit(request.path).path)
        self.check_token(request)
        if "legacy" not in self.server.eras or request.headers.get("MCP-Protocol-Version") == base.MODERN:
            raise Refusal(405, message="There are no sessions.", headers={"Allow": "POST"})
        self.sessions.discard(self.session(request))
        request.answer(204)

    def check_path(self, path):
        if path != self.path:
            raise Refusal(404, message="There is nothing at that path.")

    def post(self, request):
        self.admit(request)
        self.check_path(urllib.parse.urlsplit(request.path).path)
        self.check_token(request)
        message = self.read(request)
        if self.is_modern(request, message):
            self.modern(request, message)
        else:
            self.legacy(request, message)

    def read(self, request):
        if "application/json" not in request.headers.get("Content-Type", ""):
            raise Refusal(415, message="The body must be application/json.")
        accept = request.headers.get("Accept", "*/*")
        if "*/*" not in accept and not ("application/json" in accept and "text/event-stream" in accept):
            raise Refusal(406, message="Accept must list application/json and text/event-stream.")
        try:
            length = int(request.headers.get("Content-Length", ""))
        except ValueError:
            raise Refusal(411, message="Content-Length is needed.") from None
        if length > BODY_MAX:
            raise Refusal(413, message="The body is too long.")
        try:
            message = json.loads(request.rfile.read(length))
        except (ValueError, RecursionError):
            raise Refusal(400, -32700, "This is not JSON.") from None
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            raise Refusal(400, -32600, "No message of JSON-RPC 2.0.")
        if not isinstance(message.get("method"), str) and not ("result" in message or "error" in message):
            raise Refusal(400, -32600, "No method.")
        return message

    def is_modern(self, request, message):
        if "modern" not in self.server.eras:
            return False
        if "legacy" not in self.server.eras:
            return True
        params = message.get("params")
        meta = params.get("_meta") if isinstance(params, dict) else None
        version = meta.get(base.META + "protocolVersion") if isinstance(meta, dict) else None
        header = request.headers.get("MCP-Protocol-Version")
        return version is not None or header == base.MODERN or message.get("method") == "server/discover"

    # --- 2026-07-28 ---

    def modern(self, request, message):
        if "id" not in message:
            request.answer(202)
            return
        params = message.get("params")
        self.check_headers(request, message, params if isinstance(params, dict) else {})
        self.answer(request, message, modern=True)

    def check_headers(self, request, message, params):
        meta = params.get("_meta")
        version = meta.get(base.META + "protocolVersion") if isinstance(meta, dict) else None
        header = request.headers.get("MCP-Protocol-Version")
        if header is None:
            raise Refusal(400, -32020, "MCP-Protocol-Version is missing.")
        if version is not None and header != version:
            raise Refusal(400, -32020, "MCP-Protocol-Version does not match the body.")
        self.check_method_header(request, message)
        self.check_name_header(request, message, params)
        self.check_param_headers(request, message, params)

    def check_method_header(self, request, message):
        if request.headers.get("Mcp-Method") != message.get("method"):
            raise Refusal(400, -32020, "Mcp-Method does not match the body.")

    def check_name_header(self, request, message, params):
        field = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}.get(message.get("method"))
        if field and isinstance(params.get(field), str):
            if self.decoded(request.headers.get("Mcp-Name")) != params[field]:
                raise Refusal(400, -32020, "Mcp-Name does not match the body.")

    def check_param_headers(self, request, message, params):
        if message.get("method") != "tools/call":
            return
        tool = next((tool for tool in self.server.tools() if tool["name"] == params.get("name")), None)
        arguments = params.get("arguments")
        for name, schema in (tool or {}).get("inputSchema", {}).get("properties", {}).items():
            if "x-mcp-header" in schema and isinstance(arguments, dict) and isinstance(arguments.get(name), str):
                if self.decoded(request.headers.get("Mcp-Param-" + schema["x-mcp-header"])) != arguments[name]:
                    raise Refusal(400, -32020, f"Mcp-Param-{schema['x-mcp-header']} does not match the body.")

    def decoded(self, value):
        if value and value.startswith("=?base64?") and value.endswith("?="):
            try:
                return base64.b64decode(value[9:-2], validate=True).decode()
            except ValueError:
                raise Refusal(400, -32020, "A header is no valid Base64.") from None
        return value

    # --- 2025-11-25 and before ---

    def legacy(self, request, message):
        version = request.headers.get("MCP-Protocol-Version")
        if version is not None and version not in base.LEGACY:
            raise Refusal(400, message="This version is not supported.")
        if message.get("method") == "initialize":
            self.answer(request, message, headers=self.minted())
            return
        self.session(request)
        if "method" not in message or "id" not in message:
            if "method" in message:
                self.server.notified(message["method"], message.get("params") or {})
            request.answer(202)
            return
        self.answer(request, message)

    def minted(self):
        session = uuid.uuid4().hex
        self.sessions.add(session)
        return {"Mcp-Session-Id": session}

    def session(self, request):
        session = request.headers.get("Mcp-Session-Id")
        if session is None:
            raise Refusal(400, message="Mcp-Session-Id is missing.")
        if session not in self.sessions:
            raise Refusal(404, message="There is no such session.")
        return session

    # --- answers ---

    def answer(self, request, message, modern=False, headers=()):
        reply, status = {"jsonrpc": "2.0", "id": message["id"]}, 200
        try:
            params = message.get("params", {})
            if not isinstance(params, dict):
                raise base.RpcError(-32602, "params must be an object")
            reply["result"] = self.server.handle(message["method"], params, message["id"])
        except base.RpcError as error:
            reply["error"] = {"code": error.code, "message": error.message}
            if error.data is not None:
                reply["error"]["data"] = error.data
            if modern:
                meta_missing = error.code == -32602 and "_meta" in error.message
                status = {-32601: 404, -32022: 400}.get(error.code, 400 if meta_missing else 200)
        body = json.dumps(reply).encode()
        if self.stream and status == 200:
            body = b"event: message\ndata: " + body + b"\n\n"
            request.answer(status, body, {**dict(headers), "Content-Type": "text/event-stream"})
        else:
            request.answer(status, body, headers)

    def refused(self, request, refusal):
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": refusal.code, "message": refusal.message}}
        if refusal.data is not None:
            error["error"]["data"] = refusal.data
        # what was not read of the body would be taken for the next request
        request.close_connection = True
        request.answer(refusal.status, json.dumps(error).encode(), {**refusal.headers, "Connection": "close"})

    # --- the wire ---

    def run(self):
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            timeout = 30

            def answer(self, status, body=b"", headers=()):
                headers = dict(headers)
                headers.setdefault("Content-Type", "application/json")
                if not body:
                    headers.pop("Content-Type")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self._headers_buffer.append(b"\r\n" + body)
                self.flush_headers()

            def handled(self, method):
                try:
                    method(self)
                except Refusal as refusal:
                    endpoint.refused(self, refusal)

            def do_GET(self):
                self.handled(endpoint.get)

            def do_POST(self):
                self.handled(endpoint.post)

            def do_DELETE(self):
                self.handled(endpoint.delete)

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def verify_request(self, request, client):
                # whatever a test binds to, nobody else is served
                return client[0] in ("127.0.0.1", "::1", "::ffff:127.0.0.1")

        listener = Listener((self.address, 0), Handler)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.tls)
            listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
        self.port = listener.server_address[1]
        print("listening on", self.port, file=sys.stderr, flush=True)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        sys.stdin.read()
        os._exit(0)


if __name__ == "__main__":
    Endpoint().run()
