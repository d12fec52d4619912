"""Faults of the server itself: they are told to the log, and not to the caller."""

import logging
from typing import Any

import pytest
from mcp.server import MCPServer

from acme_notes.store import Store

from support import text_of


async def test_a_fault_shows_nothing_of_the_inside(
    server: MCPServer[Any],
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(name: str) -> None:
        raise KeyError(f"secret of {name} in /srv/private")

    monkeypatch.setattr(store, "read", broken)
    with caplog.at_level(logging.DEBUG):
        result: Any = await server.call_tool("read_note", {"name": "mine"})
    assert result.is_error
    assert text_of(result).startswith("read_note failed by a fault of the server")
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text + text_of(result)
