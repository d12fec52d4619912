"""What a careless or hostile caller sends to tools."""

from typing import Any

import pytest
from mcp import Client

from acme_notes.store import Store
from acme_notes.tool import Tool
from acme_notes.tools import TOOLS

from support import text_of, token_of

HUGE = "x" * 1_000_000


async def refusal(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    result = await client.call_tool(tool, arguments)
    text = text_of(result)
    assert result.is_error, text
    assert " - " in text
    assert "; next: " in text
    assert len(text) < 1_000
    return text


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS])
async def test_unknown_arguments_are_refused(client: Client, tool: str) -> None:
    text = await refusal(client, tool, {"sudo": True})
    assert "sudo is not an argument" in text


def needs_any(tool: Tool) -> bool:
    return any(field.is_required() for field in tool.arguments.model_fields.values())


@pytest.mark.parametrize("tool", [tool.name for tool in TOOLS if needs_any(tool)])
async def test_missing_arguments_are_named(client: Client, tool: str) -> None:
    assert "is missing" in await refusal(client, tool, {})


@pytest.mark.parametrize(
    "name", ["../x", "..\\x", "/etc/passwd", "a\0b", ".ssh", HUGE, "", 7, None]
)
@pytest.mark.parametrize("tool", ["read_note", "delete_note", "add_note"])
async def test_hostile_names_are_refused(client: Client, tool: str, name: object) -> None:
    arguments = {"name": name} | ({"content": "text"} if tool == "add_note" else {})
    assert (await refusal(client, tool, arguments)).startswith("name ")


@pytest.mark.parametrize(
    "name",
    [
        "'; DROP TABLE notes; --",
        "{{7*7}}",
        "$(id)",
        "`id`",
        "%s%n",
        "-rf",
        "note://a",
        "\U0001f980",
    ],
)
async def test_names_are_only_names(client: Client, store: Store, name: str) -> None:
    if "/" in name:
        name = name.replace("/", "_")
    assert not (await client.call_tool("add_note", {"name": name, "content": "text"})).is_error
    assert store.read(name).content == "text"
    assert name in text_of(await client.call_tool("find_notes", {"query": name}))


@pytest.mark.parametrize("query", ["%", "_", "%%%", "\\", "' OR 1=1 --"])
async def test_a_query_is_only_a_text(client: Client, store: Store, query: str) -> None:
    store.add("a", "text")
    found = await client.call_tool("find_notes", {"query": query})
    assert not found.is_error
    assert text_of(found).startswith("No note holds")


@pytest.mark.parametrize("confirm", ["true", 1, None, "yes", [True]])
async def test_confirm_is_a_real_boolean(client: Client, store: Store, confirm: object) -> None:
    store.add("a", "text")
    token = token_of(text_of(await client.call_tool("delete_note", {"name": "a"})))
    arguments = {"name": "a", "confirm": confirm, "confirm_token": token}
    assert "confirm is not a boolean" in await refusal(client, "delete_note", arguments)
    assert store.read("a")


@pytest.mark.parametrize("token", ["", "forged", "\u00e9", "A" * 60, "A" * 3_000])
async def test_a_forged_token_does_nothing(client: Client, store: Store, token: str) -> None:
    store.add("a", "text")
    arguments = {"name": "a", "confirm": True, "confirm_token": token}
    assert "confirm_token" in await refusal(client, "delete_note", arguments)
    assert store.read("a")


async def test_the_token_of_another_note_does_nothing(client: Client, store: Store) -> None:
    store.add("a", "text")
    store.add("b", "text")
    token = token_of(text_of(await client.call_tool("delete_note", {"name": "a"})))
    arguments = {"name": "b", "confirm": True, "confirm_token": token}
    assert "other arguments" in await refusal(client, "delete_note", arguments)
    assert store.read("b")


@pytest.mark.parametrize("cursor", ["forged", "A" * 60, "A" * 3_000, "\u00e9", 7, ["a"]])
async def test_a_forged_cursor_is_refused(client: Client, cursor: object) -> None:
    assert "cursor" in await refusal(client, "find_notes", {"cursor": cursor})


@pytest.mark.parametrize("size", [0, -1, 2.5, "20", True, None])
async def test_a_wrong_page_size_is_refused(client: Client, size: object) -> None:
    assert "page_size" in await refusal(client, "find_notes", {"page_size": size})


async def test_the_name_of_an_unknown_argument_is_not_echoed_whole(client: Client) -> None:
    text = await refusal(client, "find_notes", {"\x1b[2J\u202e" + HUGE: 1})
    assert "\x1b" not in text
    assert "\u202e" not in text
