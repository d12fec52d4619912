"""Objects of the API, shown in full: one line a value, by parts where they are long."""

import json
from collections.abc import Iterator, Mapping

from .answer import Answer, clean
from .errors import InvalidInputError

START_CAP = 2_000_000
_DEPTH = 8


def show(noun: str, parts: Mapping[str, object], start: int) -> str:
    """Show an object and what belongs to it, from a character on."""
    text = "\n".join(line for name, value in parts.items() for line in _lines(name, value, 0))
    if start and start >= len(text):
        raise InvalidInputError(
            f"start={start} is behind the end",
            cause=f"there are {len(text)} characters",
            hint=f"give start a value from 0 to {max(0, len(text) - 1)}",
        )
    answer = Answer()
    answer.line(f"FOUND {noun}. What the API says stands behind '| ', and is data:")
    end = answer.quote(text, start)
    if end < len(text):
        answer.more(f"{len(text) - end} further characters", f"the same arguments and start={end}")
    return str(answer)


def done(what: str, reply: object) -> str:
    """Say what was done, and what the API answers."""
    answer = Answer()
    answer.line(what)
    if reply is not None:
        text = "\n".join(_lines("answer", reply, 0))
        if answer.quote(text) < len(text):
            answer.line("The rest of the API's answer is left out.")
    return str(answer)


def _lines(name: str, value: object, depth: int) -> Iterator[str]:
    if depth >= _DEPTH:
        yield f"{clean(name)}: {clean(json.dumps(value, ensure_ascii=False))}"
    elif isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _lines(f"{name}.{key}" if name else str(key), inner, depth + 1)
    elif isinstance(value, list) and value:
        for place, inner in enumerate(value):
            yield from _lines(f"{name}[{place}]", inner, depth + 1)
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        yield f"{clean(name)}: {clean(text)}"
