"""The server as a client starts it, in each era of the protocol."""

import asyncio
import json
from pathlib import Path

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import ResourceTemplateReference, TextContent, TextResourceContents

from acme_notes import __version__
from acme_notes.tools import TOOLS

from support import COMMAND, MODES, environment, lines, modern, over_stdio, text_of, token_of

INVALID_PARAMS = -32602


@pytest.mark.parametrize("mode", MODES)
async def test_tools_are_listed_and_called(tmp_path: Path, mode: str) -> None:
    async with Client(over_stdio(tmp_path), mode=mode) as client:
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == [tool.name for tool in TOOLS]

        note = {"name": "a", "content": "text"}
        assert not (await client.call_tool("add_note", note)).is_error
        assert "| a - text" in text_of(await client.call_tool("find_notes", {}))
        assert "| text" in text_of(await client.call_tool("read_note", {"name": "a"}))

        token = token_of(text_of(await client.call_tool("delete_note", {"name": "a"})))
        confirmed = {"name": "a", "confirm": True, "confirm_token": token}
        assert not (await client.call_tool("delete_note", confirmed)).is_error

        missing = await client.call_tool("read_note", {"name": "a"})
        assert missing.is_error
        assert "next: call find_notes" in text_of(missing)


@pytest.mark.parametrize("mode", MODES)
async def test_notes_are_resources(tmp_path: Path, mode: str) -> None:
    async with Client(over_stdio(tmp_path), mode=mode) as client:
        await client.call_tool("add_note", {"name": "B c", "content": "text"})
        (listed,) = (await client.list_resources()).resources
        (content,) = (await client.read_resource(listed.uri)).contents
        assert isinstance(content, TextResourceContents)
        assert (content.text, content.mime_type) == ("text", "text/markdown")

        (template,) = (await client.list_resource_templates()).resource_templates
        reference = ResourceTemplateReference(type="ref/resource", uri=template.uri_template)
        completed = await client.complete(reference, {"name": "name", "value": "B"})
        assert completed.completion.values == ["B c"]

        with pytest.raises(MCPError) as refused:
            await client.read_resource("note://none")
        assert refused.value.code == INVALID_PARAMS


@pytest.mark.parametrize("mode", MODES)
async def test_the_prompt_is_written_out(tmp_path: Path, mode: str) -> None:
    async with Client(over_stdio(tmp_path), mode=mode) as client:
        prompt = await client.get_prompt("summarize-notes", {"style": "detailed"})
        (message,) = prompt.messages
        assert isinstance(message.content, TextContent)
        assert "heading" in message.content.text
        with pytest.raises(MCPError) as refused:
            await client.get_prompt("none")
        assert refused.value.code == INVALID_PARAMS


async def test_stdout_carries_json_rpc_only_and_the_end_of_stdin_ends_it(tmp_path: Path) -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=environment(tmp_path, LOG="debug"),
    )
    note = {"name": "a", "content": "a-text-that-is-not-logged"}
    requests = lines(
        modern(1, "server/discover"),
        modern(2, "tools/call", name="add_note", arguments=note),
        modern(3, "tools/call", name="read_note", arguments={"name": 7}),
        modern(4, "tools/call", name="no_such_tool", arguments={}),
        modern(5, "no/such/method"),
    )
    assert process.stdin
    assert process.stdout
    stdout: list[bytes] = []
    async with asyncio.timeout(20):
        process.stdin.write(b"not json\n" + requests)
        # what is still asked when stdin ends is not answered, so the answers are waited for
        while len({json.loads(line).get("id") for line in stdout} - {None}) < 5:
            stdout.append(await process.stdout.readline())
        rest, stderr = await process.communicate(b"")
    assert process.returncode == 0
    answers = {
        answer.get("id"): answer for answer in map(json.loads, [*stdout, *rest.splitlines()])
    }
    assert all(answer["jsonrpc"] == "2.0" for answer in answers.values())
    assert answers[1]["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["version"] == (
        __version__
    )
    assert answers[2]["result"]["resultType"] == "complete"
    assert answers[3]["result"]["isError"] is True
    assert answers[4]["error"]["code"] == INVALID_PARAMS
    assert answers[5]["error"]["code"] == -32601
    assert b"not-logged" not in stderr
