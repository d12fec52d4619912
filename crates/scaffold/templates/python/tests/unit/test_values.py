from typing import Annotated

import pytest
from pydantic import BaseModel, BeforeValidator, ValidationError

from acme_notes import values


class Arguments(BaseModel):
    """Arguments of each kind."""

    text: Annotated[str | None, values.text("text", 9)] = None
    full: Annotated[str | None, values.text("full", 9, empty=False)] = None
    line: Annotated[str | None, values.line("line", 9)] = None
    whole: Annotated[int | None, values.whole("whole", 0, 9)] = None
    decimal: Annotated[float | None, values.decimal("decimal", 0, 9)] = None
    flag: Annotated[bool | None, values.flag("flag")] = None
    array: Annotated[str | None, values.json_text("array", list)] = None
    object: Annotated[str | None, values.json_text("object", dict)] = None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "a\nb"),
        ("text", ""),
        ("full", "a"),
        ("line", "a b"),
        ("whole", 9),
        ("decimal", 0.5),
        ("decimal", 1),
        ("flag", False),
        ("array", "[1]"),
        ("object", "{}"),
    ],
)
def test_what_fits_is_taken(name: str, value: object) -> None:
    assert getattr(Arguments.model_validate({name: value}), name) == value
    assert getattr(Arguments.model_validate({name: None}), name) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "a" * 10),
        ("text", "\x1b"),
        ("text", 7),
        ("full", " "),
        ("line", "a\nb"),
        ("line", "a\u200b"),
        ("line", ""),
        ("whole", 10),
        ("whole", True),
        ("whole", 1.5),
        ("decimal", "1"),
        ("decimal", 9.5),
        ("decimal", float("nan")),
        ("flag", 1),
        ("array", "{}"),
        ("array", "[" * 100_000),
        ("array", "nonsense"),
        ("object", "[]"),
        ("object", 7),
    ],
)
def test_what_does_not_fit_is_told(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Arguments.model_validate({name: value})


def test_json_is_read() -> None:
    assert values.parsed('{"a": [1]}') == {"a": [1]}
    assert values.parsed(None) is None


def test_checks_are_validators() -> None:
    assert isinstance(values.flag("a"), BeforeValidator)
