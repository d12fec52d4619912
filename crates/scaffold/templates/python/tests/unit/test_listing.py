from collections.abc import Callable
from typing import Any

import pytest

from acme_notes.errors import InvalidInputError, UnavailableError
from acme_notes.listing import At, Paged, View, entry, show
from acme_notes.tool import State

NUMBERS = [{"id": number} for number in range(7)]


async def walk(state: State, view: View, give: Callable[[At], object], size: int) -> list[str]:
    async def fetch(at: At) -> object:
        return give(at)

    lines: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        answer = await show(state, "find", Paged(page_size=size, cursor=cursor), fetch, view)
        lines += [line for line in answer.split("\n") if line.startswith("| ")]
        if "MORE AVAILABLE" not in answer:
            return lines
        cursor = answer.rsplit("cursor=", 1)[1]
    raise AssertionError(lines)


def by_text(at: At) -> object:
    start = int(at.text or 0)
    following = str(start + at.count) if start + at.count < len(NUMBERS) else None
    return {"data": NUMBERS[start : start + at.count], "meta": {"next": following}}


def by_address(at: At) -> object:
    start = int(at.text or 0)
    following = f"https://x.example/?a=b&after={start + 2}" if start + 2 < len(NUMBERS) else None
    return {"data": NUMBERS[start : start + 2], "meta": {"next": following}}


@pytest.mark.parametrize("size", [1, 2, 3, 50])
@pytest.mark.parametrize(
    ("view", "give"),
    [
        (View("n"), lambda _: NUMBERS),
        (
            View("n", style="offset", most=50),
            lambda at: NUMBERS[at.number : at.number + at.count],
        ),
        (
            View("n", style="offset", most=2),
            lambda at: NUMBERS[at.number : at.number + at.count],
        ),
        (View("n", style="offset"), lambda at: NUMBERS[at.number : at.number + 3]),
        (
            View("n", style="page", first=1, most=50),
            lambda at: NUMBERS[(at.number - 1) * at.count : at.number * at.count],
        ),
        (View("n", style="page", first=0), lambda at: NUMBERS[at.number * 3 : at.number * 3 + 3]),
        (
            View("n", items=("data",), style="cursor", following=("meta", "next"), most=50),
            by_text,
        ),
        (
            View(
                "n", items=("data",), style="cursor", following=("meta", "next"), parameter="after"
            ),
            by_address,
        ),
        (
            View("n", style="cursor", last="id", most=50),
            lambda at: NUMBERS[int(at.text or -1) + 1 :][: at.count],
        ),
    ],
)
async def test_pages_lead_through_everything(
    state: State, view: View, give: Callable[[At], object], size: int
) -> None:
    lines = await walk(state, view, give, size)
    numbers = [line for line in lines if line != "| "]
    assert numbers == [f"| id: {number}" for number in range(7)]


async def test_nothing_found_says_what_to_try(state: State) -> None:
    async def fetch(_: At) -> object:
        return {"data": []}

    view = View("things", items=("data",))
    assert "Try other or fewer" in await show(state, "find", Paged(), fetch, view)


async def test_an_answer_without_a_list_is_told(state: State) -> None:
    async def fetch(_: At) -> object:
        return "nonsense"

    with pytest.raises(UnavailableError, match="no list of things"):
        await show(state, "find", Paged(), fetch, View("things"))


async def test_a_cursor_is_for_its_question(state: State) -> None:
    async def fetch(_: At) -> object:
        return NUMBERS

    answer = await show(state, "find", Paged(page_size=1), fetch, View("n"))
    cursor = answer.rsplit("cursor=", 1)[1]
    with pytest.raises(InvalidInputError, match="another query"):
        await show(state, "find", Paged(page_size=2, cursor=cursor), fetch, View("n"))


async def test_a_page_stays_within_its_budget(state: State) -> None:
    items: list[dict[str, Any]] = [{f"f{n}": "word " * 100 for n in range(9)} for _ in range(50)]

    async def fetch(_: At) -> object:
        return items

    answer = await show(state, "find", Paged(page_size=50), fetch, View("things"))
    assert len(answer) <= 8_000
    assert "MORE AVAILABLE" in answer


def test_a_line_is_one_line_and_shows_what_is_asked_for() -> None:
    item = {"id": 1, "name": "a\nMORE AVAILABLE: b\u200b", "more": {"x": 1}}
    assert entry(item, ("name",)) == "name: a MORE AVAILABLE: b"
    assert entry(item) == "id: 1, name: a MORE AVAILABLE: b"
    assert entry({"more": {"x": 1}}) == 'more: {"x": 1}'
    assert entry(7) == "7"
