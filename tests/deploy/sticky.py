#!/usr/bin/env python3
"""Drives deploy/haproxy.cfg in a real HAProxy, in front of two replicas that know their own sessions only.

    tests/deploy/sticky.py        needs `haproxy` on the PATH; ./test runs it

The replicas are stand-ins that do what the server does with `Mcp-Session-Id`. Of the configuration only the
listening address, the replicas' addresses and the interval of the checks are others.
"""

import collections
import http.client
import http.server
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STICK = re.compile(r"^ *stick.*\n", re.MULTILINE)
SESSIONS, REQUESTS = 24, 5


class Replica(http.server.ThreadingHTTPServer):
    """A server that opens a session where none is named, and answers 404 to one that it does not know."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.sessions = set()
        self.posts = 0
        self.ready = True
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, address):
        """A connection that the proxy closed."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200 if self.path == "/readyz" and self.server.ready else 503)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        if self.path == "/break":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        session = self.headers.get("Mcp-Session-Id")
        if self.headers.get("Mcp-Method"):
            self.answer(200)  # a client since 2026-07-28
        elif session is None:
            session = secrets.token_hex(16)
            self.server.sessions.add(session)
            self.answer(200, session)
        else:
            self.answer(200 if session in self.server.sessions else 404)

    def answer(self, status, session=None):
        self.send_response(status)
        if session:
            self.send_header("Mcp-Session-Id", session)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        """Nothing."""


def replaced(text, old, new):
    """`text` with the one line that matches `old` replaced."""
    text, count = re.subn(old, new, text, flags=re.MULTILINE)
    assert count == 1, f"haproxy.cfg has {count} lines like {old}"
    return text


class Proxy:
    """HAProxy with the configuration of deploy/, changed by `change`, in front of `replicas`."""

    def __init__(self, replicas, change=lambda text: text):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        text = change((ROOT / "deploy/haproxy.cfg").read_text())
        text = replaced(text, r"^    bind :8443 ssl .*$", f"    bind 127.0.0.1:{self.port}")
        if "downinter" not in text:
            text = replaced(text, "inter 2s", "inter 100ms")
        servers = [f"    server replica{at} 127.0.0.1:{replica.server_port}" for at, replica in enumerate(replicas)]
        text = replaced(text, r"^    server-template .*$", "\n".join(servers))
        with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
            file.write(text)
            file.flush()
            checked = subprocess.run(["haproxy", "-c", "-f", file.name], check=False, capture_output=True, text=True)
            check(f"HAProxy takes it ({checked.stderr})", checked.returncode == 0)
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self.process = subprocess.Popen(["haproxy", "-db", "-f", file.name], **quiet)
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", self.port)).close()
                    break
                except OSError:
                    time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.process.terminate()
        self.process.wait()

    def post(self, path="/mcp", **headers):
        """One request on a connection of its own: its status and session."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, b"{}", {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status, response.headers.get("Mcp-Session-Id")

    def use_sessions(self):
        """Opens sessions and uses them, in turns: the statuses."""
        sessions = [self.post()[1] for _ in range(SESSIONS)]
        return collections.Counter(
            self.post(Mcp_Session_Id=session)[0] for _ in range(REQUESTS) for session in sessions
        )


def check(what, holds):
    if not holds:
        sys.exit(f"deploy/haproxy.cfg: {what}: no")


def main():
    replicas = [Replica(), Replica()]
    with Proxy(replicas) as proxy:
        statuses = proxy.use_sessions()
        check(f"every session stays on its replica ({dict(statuses)})", statuses == {200: SESSIONS * REQUESTS})
        check("sessions are on both replicas", all(len(replica.sessions) > SESSIONS // 4 for replica in replicas))

        before = [replica.posts for replica in replicas]
        for _ in range(20):
            proxy.post(Mcp_Method="tools/call")
        check("requests without a session go to both", all(now.posts > then for now, then in zip(replicas, before)))

        before = sum(replica.posts for replica in replicas)
        status, _ = proxy.post("/break")
        check(f"a request that broke off is not sent again ({status})", status == 502)
        check("it arrived once", sum(replica.posts for replica in replicas) == before + 1)

        session = next(iter(replicas[0].sessions))
        replicas[0].ready = False
        until = time.monotonic() + 10
        while (status := proxy.post(Mcp_Session_Id=session)[0]) == 200 and time.monotonic() < until:
            time.sleep(0.05)
        check(f"the session of a replica that stops is told to open anew ({status})", status == 404)
        before = replicas[0].posts
        check("and can", all(proxy.post()[0] == 200 for _ in range(6)) and replicas[0].posts == before)

    replicas = [Replica(), Replica()]
    with Proxy(replicas, lambda text: replaced(text, "inter 2s", "inter 2s downinter 60s")) as proxy:
        replicas[0].shutdown()
        replicas[0].server_close()
        statuses = {proxy.post()[0] for _ in range(10)}
        check(f"a closed listener sends the request to the other replica ({statuses})", statuses == {200})

    def hashed(text):
        return replaced(STICK.sub("", text), "balance leastconn", "balance hdr(mcp-session-id)")

    def by_token(text):
        return replaced(
            STICK.sub("", text), "balance leastconn", "balance hdr(authorization)\n    hash-type consistent"
        )

    # what the comments in deploy/ say of the alternatives
    with Proxy([Replica(), Replica()], hashed) as proxy:
        check("a hash of Mcp-Session-Id loses sessions", proxy.use_sessions()[404] > 0)
    with Proxy([Replica(), Replica()], by_token) as proxy:
        for token in range(8):
            headers = {"Authorization": f"Bearer {token}"}
            _, session = proxy.post(**headers)
            check("a hash of Authorization keeps them", proxy.post(Mcp_Session_Id=session, **headers)[0] == 200)
    print("deploy/haproxy.cfg: sessions stay, stop and start as they should")


if __name__ == "__main__":
    main()
