"""Fixtures: each test has a server, a store and settings of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.server import MCPServer

from acme_notes.confirm import Confirmations
from acme_notes.sealing import Sealer
from acme_notes.server import build_server
from acme_notes.settings import Settings
from acme_notes.store import Store
from acme_notes.tool import State


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=tmp_path / "notes.sqlite3")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store(settings.database)
    yield store
    store.close()


@pytest.fixture
def state(settings: Settings, store: Store) -> State:
    sealer = Sealer()
    return State(settings, store, sealer, Confirmations(sealer))


@pytest.fixture
def server(settings: Settings, store: Store) -> MCPServer[Any]:
    return build_server(settings, store)


@pytest.fixture
async def client(server: MCPServer[Any]) -> AsyncIterator[Client]:
    # entered and left by one task, as its cancel scopes ask for; fixtures are not
    opened: asyncio.Queue[Client] = asyncio.Queue()
    finished = asyncio.Event()

    async def hold() -> None:
        async with Client(server, mode="legacy") as client:
            opened.put_nowait(client)
            await finished.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(hold())
        yield await opened.get()
        finished.set()
