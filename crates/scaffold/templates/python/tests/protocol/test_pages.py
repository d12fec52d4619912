"""Lists and their cursors."""

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from acme_notes.store import Store


async def test_resources_come_by_pages(client: Client, store: Store) -> None:
    for number in range(120):
        store.add(f"{number:03}", "text")
    seen, cursor = [], None
    while True:
        page = await client.list_resources(cursor=cursor)
        seen += [resource.name for resource in page.resources]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"{number:03}" for number in range(120)]


@pytest.mark.parametrize("listing", ["prompts", "resources", "resource_templates", "tools"])
async def test_a_cursor_that_was_never_given_out_is_refused(client: Client, listing: str) -> None:
    with pytest.raises(MCPError) as refused:
        await getattr(client, f"list_{listing}")(cursor="invented")
    assert refused.value.code == -32602
