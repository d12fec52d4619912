"""Lists of the API, shown by pages: one line an item, and a cursor that goes on where a page ends."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from . import cursor as cursors
from . import validation
from .answer import Answer, clean
from .errors import UnavailableError
from .tool import Arguments, Opaque, PageSize, State, opaque

_CURSOR_LENGTH = 1_000
_VALUE_LENGTH = 160


class Paged(Arguments):
    """Arguments of every tool that lists."""

    page_size: Annotated[PageSize, Field(description="Items on a page, at most 50.")] = (
        validation.PAGE_SIZE
    )
    cursor: Annotated[
        Opaque | None,
        opaque("cursor"),
        Field(description="Where to go on: the cursor of the page before, same arguments."),
    ] = None


@dataclass(frozen=True)
class View:
    """How a list of the API is read, continued and shown."""

    noun: str
    # the keys that lead to the list within the answer
    items: tuple[str, ...] = ()
    # what a line shows first
    fields: tuple[str, ...] = ()
    # how the API continues its list: not at all, by a number, or by a text of its own
    style: Literal["cursor", "none", "offset", "page"] = "none"
    # the number that it counts from
    first: int = 0
    # the most items that it gives at once; 0 where it cannot be asked for a number
    most: int = 0
    # where its own text for the next page stands in the answer, or in the last item
    following: tuple[str, ...] = ()
    last: str = ""
    # the parameter that takes this text
    parameter: str = ""


@dataclass(frozen=True)
class At:
    """Where a list goes on."""

    number: int
    text: str | None
    count: int


Fetch = Callable[[At], Awaitable[object]]
# the API's number and text, and how many items of what they lead to were shown
Position = tuple[int, str | None, int]


async def show(state: State, tool: str, arguments: Paged, fetch: Fetch, view: View) -> str:
    """Show a page, and how to get the next one."""
    question = f"{tool} {arguments.model_dump_json(exclude={'cursor'})}"
    position: Position = (view.first, None, 0)
    if arguments.cursor:
        position = json.loads(cursors.unseal(state.sealer, question, arguments.cursor))
    number, text, skip = position
    count = min(arguments.page_size, view.most) if view.most else arguments.page_size
    reply = await fetch(At(number, text, count))
    items = _items(reply, view)
    answer = Answer()
    shown = 0
    for item in items[skip : skip + arguments.page_size]:
        if not answer.entry(entry(item, view.fields)):
            break
        shown += 1
    if not shown:
        answer.line(_nothing(view, tool, arguments))
    end = skip + shown
    if end < len(items):
        following: Position | None = (number, text, end)
        if view.style == "offset":
            following = (number + end, None, 0)
        further = f"{len(items) - end} further {view.noun} of this part"
    else:
        following = _next(reply, items, number, count, view)
        further = f"further {view.noun}"
    if following is not None:
        sealed = cursors.seal(state.sealer, question, json.dumps(following))
        answer.more(further, f"the same arguments and cursor={sealed}")
    return str(answer)


def entry(item: object, fields: tuple[str, ...] = ()) -> str:
    """Write an item as one line: the fields that are asked for, or all that are plain."""
    if not isinstance(item, dict):
        return _short(item)
    shown = [name for name in fields if item.get(name) is not None]
    if not shown:
        shown = [name for name, value in item.items() if not isinstance(value, dict | list)]
    return ", ".join(f"{name}: {_short(item[name])}" for name in shown or item)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    flat = " ".join(clean(text[: _VALUE_LENGTH * 4]).split())
    return flat if len(flat) <= _VALUE_LENGTH else flat[: _VALUE_LENGTH - 3] + "..."


def _at(value: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _items(reply: object, view: View) -> list[object]:
    items = _at(reply, view.items)
    if items is None and (reply is None or isinstance(reply, dict)):
        # an answer without the list has nothing in it
        return []
    if not isinstance(items, list):
        raise UnavailableError(
            "the API's answer is malformed",
            cause=f"it has no list of {view.noun}",
            hint="try again in a minute, then tell the operator that the API has changed",
        )
    return items


def _next(
    reply: object, items: list[object], number: int, count: int, view: View
) -> Position | None:
    is_full = len(items) >= count if view.most else bool(items)
    match view.style:
        case "offset" if is_full:
            return number + len(items), None, 0
        case "page" if is_full:
            return number + 1, None, 0
        case "cursor" if text := _text(reply, items, view, is_full=is_full):
            return number, text, 0
    return None


def _text(reply: object, items: list[object], view: View, *, is_full: bool) -> str | None:
    if view.last:
        found = _at(items[-1], (view.last,)) if items and is_full else None
    else:
        found = _at(reply, view.following)
    if found is None or isinstance(found, bool | dict | list):
        return None
    text = str(found)
    if "?" in text:
        # some APIs give the address of the next page: only the parameter is taken from it
        text = parse_qs(urlsplit(text).query).get(view.parameter, [""])[0]
    return text if 0 < len(text) <= _CURSOR_LENGTH else None


def _nothing(view: View, tool: str, arguments: Paged) -> str:
    if arguments.cursor:
        return f"No {view.noun} in this part. Call {tool} without cursor to start again."
    return f"No {view.noun} found. Try other or fewer arguments."
