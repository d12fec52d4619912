import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from acme_notes import PREFIX
from acme_notes.errors import UnavailableError
from acme_notes.tool import State
from acme_notes.tools.run_python import TOOL


def stub(state: State, folder: Path, body: str) -> State:
    """Put a program in the place of seaworthy."""
    program = folder / "seaworthy"
    program.write_text(f"#!{sys.executable}\nimport json, os, sys\n{body}\n")
    program.chmod(0o700)
    return replace(state, settings=replace(state.settings, seaworthy=str(program)))


async def test_the_end_and_the_output_are_told(state: State, tmp_path: Path) -> None:
    outcome = {"ending": "exit", "status": 0, "stdout": {"text": "42\n"}, "stderr": {"text": ""}}
    state = stub(state, tmp_path, f"print({json.dumps(outcome)!r})")
    assert await TOOL.call(state, {"code": "print(42)"}) == "ENDED: exit, status 0\nSTDOUT:\n| 42"


async def test_the_code_goes_to_stdin_and_the_time_to_the_sandbox(
    state: State, tmp_path: Path
) -> None:
    said = "[sys.argv[1:], sys.stdin.read()]"
    body = (
        f"print(json.dumps({{'ending': 'exit', 'status': 0, 'stdout': {{'text': repr({said})}}}}))"
    )
    answer = await TOOL.call(stub(state, tmp_path, body), {"code": "x = 1", "timeout_s": 7})
    assert "| [['run', '--json', '--timeout', '7', '-'], 'x = 1']" in answer


async def test_only_the_end_of_long_output_comes_back(state: State, tmp_path: Path) -> None:
    body = "text = 'a' * 9000 + 'z'\n"
    body += (
        "print(json.dumps({'ending': 'exit', 'stdout': {'text': text}, 'stderr': {'text': text}}))"
    )
    answer = await TOOL.call(stub(state, tmp_path, body), {"code": "x"})
    assert "STDOUT (the last 4000 characters; 5001 before them left out):" in answer
    assert "STDERR (the last 2000 characters; 7001 before them left out):" in answer
    assert answer.count("z") == 2
    assert len(answer) <= 8_000


async def test_no_secret_of_the_server_reaches_the_sandbox(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}HTTP_TOKEN", "secret")
    body = "print(json.dumps({'ending': 'exit', 'stdout': {'text': repr(sorted(os.environ))}}))"
    assert PREFIX not in await TOOL.call(stub(state, tmp_path, body), {"code": "x"})


async def test_without_a_sandbox_nothing_runs(state: State, tmp_path: Path) -> None:
    broken = stub(state, tmp_path, "sys.exit('seaworthy: there is no sandbox')")
    with pytest.raises(UnavailableError, match="seaworthy sandbox setup"):
        await TOOL.call(broken, {"code": "x"})
    absent = replace(state, settings=replace(state.settings, seaworthy=str(tmp_path / "none")))
    with pytest.raises(UnavailableError, match="was not found"):
        await TOOL.call(absent, {"code": "x"})
