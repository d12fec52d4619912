"""The real sandbox, under hostile code. `./check` runs these; they need `seaworthy`."""

import pytest

from acme_notes.tool import State
from acme_notes.tools.run_python import TOOL

pytestmark = pytest.mark.sandbox

CONNECT = """
import socket
socket.create_connection(("127.0.0.1", 80), timeout=2)
print("connected")
"""


async def test_code_runs(state: State) -> None:
    assert "\n| 42" in await TOOL.call(state, {"code": "print(6 * 7)"})


async def test_code_has_no_network(state: State) -> None:
    answer = await TOOL.call(state, {"code": CONNECT})
    assert "\n| connected" not in answer
    assert "Error" in answer


async def test_code_sees_no_notes(state: State) -> None:
    state.store.add("a", "text")
    answer = await TOOL.call(
        state, {"code": f"print(open({str(state.settings.database)!r}).read())"}
    )
    assert "Error" in answer


async def test_code_that_does_not_end_is_ended(state: State) -> None:
    answer = await TOOL.call(state, {"code": "while True: pass", "timeout_s": 2})
    assert answer.startswith("ENDED: timeout")
