"""Over HTTP: an answer shows the headers of its request. Prints its address."""

import io
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base


class Server(base.Server):
    """Keeps what it would write."""

    def __init__(self, headers):
        super().__init__()
        self.headers, self.sent = headers, io.StringIO()

    def send(self, message):
        self.sent.write(json.dumps(message))

    def read(self, uri):
        return super().read(uri) + f" {self.headers}"

    def call(self, name, arguments):
        answer = super().call(name, arguments)
        return f"{answer} {self.headers}" if name == "read_note" else answer

    def dispatch(self, request, method, params):
        self.reply(request, method, params)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = Server(str(self.headers))
        server.take(self.rfile.read(int(self.headers["Content-Length"])))
        body = server.sent.getvalue().encode()
        self.send_response(200 if body else 202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{http.server_port}/mcp", flush=True)
http.serve_forever()
