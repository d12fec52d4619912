"""`run_python`: runs code in the sandbox of `seaworthy run`, or not at all."""

import asyncio
import json
import os
from typing import Annotated, Any

from mcp.types import ToolAnnotations
from pydantic import BeforeValidator, Field

from .. import PREFIX, validation
from ..answer import Answer, clean
from ..errors import UnavailableError
from ..settings import SEAWORTHY
from ..tool import Arguments, State, Tool, number

TIMEOUT_CAP = 60
_STDOUT_LENGTH = 4_000
_STDERR_LENGTH = 2_000
# how long the sandbox may take beyond the code's own time: its first start prepares it
_GRACE_SECONDS = 60
_REMEDY = (
    f"ask the user to install seaworthy, or to set {SEAWORTHY} to its path, and to run: "
    "seaworthy sandbox setup"
)


class RunPython(Arguments):
    """Arguments of `run_python`."""

    code: Annotated[
        str,
        BeforeValidator(validation.code),
        Field(
            description="Python code, such as `print(6 * 7)`; only what it prints comes back.",
            min_length=1,
            max_length=validation.CONTENT_LENGTH,
        ),
    ]
    timeout_s: Annotated[
        int,
        Field(description="Seconds until the code is ended.", ge=1, le=TIMEOUT_CAP),
        number("timeout_s", 1, TIMEOUT_CAP),
    ] = 30


async def run(state: State, arguments: RunPython) -> str:
    """Run the code and tell how it ended."""
    outcome = await _execute(state.settings.seaworthy, arguments.code, arguments.timeout_s)
    answer = Answer()
    answer.line(f"ENDED: {outcome.get('ending')}, status {outcome.get('status')}")
    for stream, longest in (("stdout", _STDOUT_LENGTH), ("stderr", _STDERR_LENGTH)):
        text = clean(str(outcome.get(stream, {}).get("text", "")))
        left_out = max(0, len(text) - longest)
        note = f" (the last {longest} characters; {left_out} before them left out)"
        if text:
            answer.line(f"{stream.upper()}{note if left_out else ''}:")
            answer.quote(text[left_out:])
    return str(answer)


async def _execute(program: str, code: str, seconds: int) -> dict[str, Any]:
    command = (program, "run", "--json", "--timeout", str(seconds), "-")
    # the server's own settings hold secrets, which the sandbox needs as little as the code
    environ = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, env=environ
        )
    except OSError:
        raise _no_sandbox("the program seaworthy was not found") from None
    try:
        async with asyncio.timeout(seconds + _GRACE_SECONDS):
            stdout, stderr = await process.communicate(code.encode())
    except TimeoutError:
        raise _no_sandbox("it did not end in time") from None
    finally:
        # also when the call is cancelled: nothing runs on for nobody
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        outcome = json.loads(stdout)
    except ValueError:
        outcome = None
    if not isinstance(outcome, dict):
        lines = clean(stderr.decode(errors="replace")).split("\n")
        raise _no_sandbox(lines[0].removeprefix("seaworthy: ")[:300] or "it gave no outcome")
    return outcome


def _no_sandbox(cause: str) -> UnavailableError:
    return UnavailableError("the code was not run: there is no sandbox", cause=cause, hint=_REMEDY)


TOOL = Tool(
    name="run_python",
    title="Run Python",
    description=(
        "Runs Python `code` in a sandbox without network and without files of this machine, for at "
        "most `timeout_s` seconds; it keeps nothing between calls, and changes nothing outside. "
        "Returns a line that says how it ended, then the last 4,000 characters of stdout and 2,000 "
        "of stderr, each line behind `| `. Not for reading or changing notes: the code cannot see "
        "them, so use read_note and add_note."
    ),
    annotations=ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
    ),
    arguments=RunPython,
    run=run,
)
