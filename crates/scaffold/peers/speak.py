"""Starts a server over stdio and asks it for its tools, as a client does, with a limit on every wait."""

import json
import os
import selectors
import subprocess
import time
from pathlib import Path

from work import end_session, last_words

LIMIT = 20  # seconds from the start to the answer to tools/list
CALL_LIMIT = 10  # seconds for the call of the example tool
VERSION = "2025-06-18"  # of the protocol: all of the generators' SDKs know initialize


class Silent(Exception):
    """The server did not answer: it ended, or the time was over."""


class Server:
    """A started server; one request at a time."""

    def __init__(self, command: list[str], project: Path, environment: dict, log: Path):
        self.buffer, self.number, self.noise = b"", 0, 0
        with open(log, "wb") as err:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, cwd=project, env=environment,
                                            start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def tell(self, message: dict):
        try:
            self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Silent("it ended before it answered") from error

    def ask(self, method: str, params: dict, deadline: float) -> dict:
        self.number += 1
        self.tell({"id": self.number, "method": method, "params": params})
        while True:
            message = self.message(deadline)
            if message.get("id") == self.number and ("result" in message or "error" in message):
                return message

    def message(self, deadline: float) -> dict:
        while True:
            line, newline, rest = self.buffer.partition(b"\n")
            if newline:
                self.buffer = rest
                try:
                    message = json.loads(line)
                except ValueError:
                    message = None
                if isinstance(message, dict):
                    return message
                self.noise += 1
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                raise Silent("no answer in time")
            if self.selector.select(left):
                piece = os.read(self.process.stdout.fileno(), 65536)
                if not piece:
                    raise Silent("it ended before it answered")
                self.buffer += piece

    def end(self):
        self.selector.close()
        end_session(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass


def converse(command: list[str], project: Path, environment: dict, log: Path, example: tuple[str, dict]) -> dict:
    """initialize, tools/list and a call of the example tool: what was answered, and when (seconds from the start)."""
    start = time.monotonic()
    said = {"initialize": None, "tools_list": None, "tools": [], "example": None, "noise": 0, "failure": None}
    try:
        server = Server(command, project, environment, log)
    except OSError as error:
        return said | {"failure": f"it cannot be started: {error.strerror}"}
    try:
        about = {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "comparison", "version": "1"}}
        answer = server.ask("initialize", about, start + LIMIT)
        if "error" in answer:
            raise Silent(f"initialize is refused: {answer['error'].get('message')}")
        said["initialize"] = time.monotonic() - start
        said["protocol"] = answer["result"].get("protocolVersion")
        server.tell({"method": "notifications/initialized"})
        answer = server.ask("tools/list", {}, start + LIMIT)
        if "error" in answer:
            raise Silent(f"tools/list is refused: {answer['error'].get('message')}")
        said["tools_list"] = time.monotonic() - start
        said["tools"] = [tool.get("name") for tool in answer["result"].get("tools", [])]
        name, arguments = example
        try:
            answer = server.ask("tools/call", {"name": name, "arguments": arguments}, time.monotonic() + CALL_LIMIT)
            said["example"] = "result" in answer and not answer["result"].get("isError")
            if not said["example"]:
                said["example_answer"] = json.dumps(answer)[:500]
        except Silent as silent:
            said["example"], said["example_answer"] = False, str(silent)
    except Silent as silent:
        said["failure"] = str(silent)
    finally:
        server.end()
    said["noise"] = server.noise
    if said["failure"]:
        said["words"] = last_words(log.read_text(encoding="utf-8", errors="replace"))
    return said
