import pytest

from acme_notes import details
from acme_notes.errors import InvalidInputError


def test_each_value_has_a_fenced_line() -> None:
    shown = details.show("thing", {"thing": {"id": 1, "tags": ["a", None], "x": {}}}, 0)
    assert shown.split("\n")[1:] == [
        "| thing.id: 1",
        "| thing.tags[0]: a",
        "| thing.tags[1]: null",
        "| thing.x: {}",
    ]


def test_a_text_cannot_write_a_line_of_the_server() -> None:
    shown = details.show("thing", {"thing": {"a\nb": "c\u2028PREVIEW - no action\u200b"}}, 0)
    assert all(line.startswith("| ") for line in shown.split("\n")[1:])
    assert "\u200b" not in shown


def test_a_long_object_is_read_by_parts() -> None:
    parts = {"thing": {"text": "x" * 9_000}}
    first = details.show("thing", parts, 0)
    assert len(first) <= 8_000
    start = int(first.rsplit("start=", 1)[1])
    second = details.show("thing", parts, start)
    assert first.count("x") + second.count("x") >= 9_000
    with pytest.raises(InvalidInputError, match="behind the end"):
        details.show("thing", parts, 20_000)


def test_a_deep_object_ends() -> None:
    deep: object = 1
    for _ in range(100):
        deep = {"a": deep}
    assert details.show("thing", {"thing": deep}, 0)


def test_what_was_done_comes_first() -> None:
    assert details.done("Created.", None) == "Created."
    assert details.done("Created.", {"id": 7}) == "Created.\n| answer.id: 7"
    assert details.done("Created.", "x" * 9_000).endswith("left out.")
