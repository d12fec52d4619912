"""Correct servers of a shape that its first argument names: all of them can be judged."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import base
import http_base

SHAPE = sys.argv[1]


class Server(base.Server):
    eras = {"legacy": ("legacy",), "modern": ("modern",)}.get(SHAPE, ("legacy", "modern"))


class Endpoint(http_base.Endpoint):
    stream = SHAPE == "streams"
    path = {"path": "/api/v1/notes", "redirects": "/mcp/"}.get(SHAPE, "/mcp")
    tls = sys.argv[2:4] or None
    asked = 0

    def minted(self):
        return {} if SHAPE == "stateless" else super().minted()

    def session(self, request):
        if SHAPE == "stateless":
            return None
        session = super().session(request)
        self.asked += 1
        if SHAPE == "forgets" and self.asked % 3 == 0:
            self.sessions.clear()
        return session

    def post(self, request):
        if SHAPE == "redirects" and request.path == "/mcp":
            raise http_base.Refusal(307, message="Go there.", headers={"Location": "/mcp/"})
        super().post(request)

    def answer(self, request, message, modern=False, headers=()):
        if SHAPE == "wrong-type":
            headers = {**dict(headers), "Content-Type": "text/plain"}
        if SHAPE == "asks-back":
            send = request.answer

            def answer(status, body=b"", headers=()):
                ping = b'data: {"jsonrpc":"2.0","id":"p1","method":"ping"}\r\n\r\n: still there\r\n\r\n'
                headers = {**dict(headers), "Content-Type": "text/event-stream; charset=utf-8"}
                send(status, ping + b"id: 7\r\ndata: " + body + b"\r\n\r\n", headers)

            request.answer = answer
        super().answer(request, message, modern, headers)
        request.__dict__.pop("answer", None)


Endpoint(Server()).run()
