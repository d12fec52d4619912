"""Answers every request over HTTP in a way that its first argument names, and never as MCP should."""

import itertools
import os
import socket
import sys
import threading
import time

HTML = b"<!doctype html><title>\x1b[31mOops</title><h1>Something went wrong</h1>"


def head(status, *headers):
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def whole(status, body, *headers):
    return head(status, f"Content-Length: {len(body)}", *headers) + body


def silent(send, request):
    time.sleep(600)


def slow_head(send, request):
    for byte in itertools.cycle(b"HTTP/1.1 200 OK\r\nX-Slow: 1"):
        send(bytes([byte]))
        time.sleep(0.05)


def slow_body(send, request):
    send(head("200 OK", "Content-Type: application/json"))
    while True:
        send(b" ")
        time.sleep(0.05)


def endless_body(send, request):
    send(head("200 OK", "Content-Type: application/json"))
    while True:
        send(b"x" * 65536)


def endless_events(send, request):
    send(head("200 OK", "Content-Type: text/event-stream"))
    while True:
        send(b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n' * 100)


def comments(send, request):
    send(head("200 OK", "Content-Type: text/event-stream"))
    while True:
        send(b": alive\n\n")
        time.sleep(0.05)


def one_line(send, request):
    send(head("200 OK", "Content-Type: text/event-stream") + b"data: ")
    while True:
        send(b"x" * 65536)


def bad_chunks(send, request):
    send(head("200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"zz\r\nnonsense\r\n-1\r\n")


def dies(send, request):
    send(head("200 OK", "Content-Type: application/json", "Content-Length: 1000") + b'{"jsonrpc":')


def hangs_up(send, request):
    pass


def no_http(send, request):
    send(b"\x16\x03\x01 220 mail ready\r\n" * 10)


def long_head(send, request):
    send(b"HTTP/1.1 200 OK\r\n")
    while True:
        send(b"X-Long: " + b"x" * 65536 + b"\r\n")


def error_page(send, request):
    send(whole("500 Internal Server Error", HTML, "Content-Type: text/html"))


def not_found(send, request):
    send(whole("404 Not Found", HTML, "Content-Type: text/html"))


def not_allowed(send, request):
    send(whole("405 Method Not Allowed", b"", "Allow: GET"))


def old_transport(send, request):
    if request.startswith(b"GET"):
        send(head("200 OK", "Content-Type: text/event-stream") + b"event: endpoint\ndata: /messages?id=1\n\n")
        time.sleep(600)
    send(whole("405 Method Not Allowed", b"", "Allow: GET"))


def away(send, request):
    send(whole("307 Temporary Redirect", b"", "Location: http://127.0.0.2:9/mcp?token=abc"))


def in_circles(send, request):
    send(whole("308 Permanent Redirect", b"", "Location: /mcp"))


def to_a_page(send, request):
    send(whole("302 Found", b"", "Location: /login"))


def squeezed(send, request):
    import gzip

    send(whole("200 OK", gzip.compress(b"{}" * 10_000_000), "Content-Type: application/json", "Content-Encoding: gzip"))


def deep(send, request):
    send(whole("200 OK", b"[" * 1_000_000, "Content-Type: application/json"))


def wrong_shapes(send, request):
    send(whole("200 OK", b'[1, null, {"jsonrpc": "2.0", "id": [], "result": "x"}]', "Content-Type: application/json"))


def another_id(send, request):
    send(whole("200 OK", b'{"jsonrpc":"2.0","id":"x","result":{}}', "Content-Type: application/json"))


def serve(connection, answer):
    try:
        request = connection.recv(65536)
        answer(connection.sendall, request)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(0.5)
        while connection.recv(65536):
            pass
    except OSError:
        pass
    finally:
        connection.close()


def main():
    answer = globals()[sys.argv[1]]
    listener = socket.create_server(("127.0.0.1", 0))
    print("listening on", listener.getsockname()[1], file=sys.stderr, flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, answer), daemon=True).start()


main()
