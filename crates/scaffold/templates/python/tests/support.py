"""What tests share that is no fixture."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from mcp import StdioServerParameters
from mcp.types import CallToolResult, TextContent

from acme_notes import PREFIX

COMMAND = (sys.executable, "-m", "acme_notes")
MODES = ("legacy", "auto", "2026-07-28")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Give the environment of a server that keeps its notes in a folder; names lack the prefix."""
    inherited = {
        key: os.environ[key] for key in ("PATH", "HOME", "SYSTEMROOT") if key in os.environ
    }
    settings = {
        "DATABASE": str(folder / "notes.sqlite3"),
        # seaworthy:begin api|key
        "API_KEY": "an-invented-key",
        # seaworthy:end api|key
        # seaworthy:begin openapi
        "API_URL": "http://127.0.0.1:9",
        # seaworthy:end openapi
        **more,
    }
    return inherited | {PREFIX + key: value for key, value in settings.items()}


def over_stdio(folder: Path) -> StdioServerParameters:
    """Give the server as a client starts it."""
    command, *arguments = COMMAND
    return StdioServerParameters(command=command, args=arguments, env=environment(folder))


def text_of(result: CallToolResult) -> str:
    """Give the text of a tool's answer."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def token_of(preview: str) -> str:
    """Give the token of a preview."""
    return preview.split("confirm_token=")[1].split(maxsplit=1)[0]


def lines(*messages: dict[str, Any]) -> bytes:
    """Write messages as stdio carries them."""
    return b"".join(json.dumps(message).encode() + b"\n" for message in messages)


def modern(number: int, method: str, **params: object) -> dict[str, Any]:
    """Write a request of the protocol of 2026-07-28, in which each says who asks."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": {**params, "_meta": meta}}
