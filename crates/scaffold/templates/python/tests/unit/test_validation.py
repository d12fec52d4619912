from collections.abc import Callable

import pytest

from acme_notes import validation
from acme_notes.errors import InvalidInputError


def refusal(check: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(InvalidInputError) as raised:
        check(*arguments)
    assert raised.value.cause
    assert raised.value.hint
    return raised.value.what


@pytest.mark.parametrize("value", [None, 1, True, ["a"], {"a": 1}])
def test_a_name_is_a_string(value: object) -> None:
    assert refusal(validation.note_name, value) == "name is not a string"


def test_a_name_is_not_empty() -> None:
    assert refusal(validation.note_name, "") == "name is empty"


def test_a_name_is_not_blank() -> None:
    assert refusal(validation.note_name, " \t ") == "name is blank"


def test_a_name_has_at_most_255_characters() -> None:
    assert validation.note_name("n" * 255) == "n" * 255
    assert refusal(validation.note_name, "n" * 256) == "name has 256 characters"


def test_a_name_cannot_grow_past_its_length_by_composition() -> None:
    # U+FB2C decomposes into three characters under NFC
    assert refusal(validation.note_name, "\ufb2c" * 255) == "name has 765 characters"


@pytest.mark.parametrize("control", ["\0", "\n", "\x1b", "\x7f", "\x85"])
def test_a_name_has_no_control_characters(control: str) -> None:
    assert "control character" in refusal(validation.note_name, f"a{control}b")


@pytest.mark.parametrize("name", ["a/b", "/etc/passwd", "a\\b", "..", "a..b"])
def test_a_name_is_no_path(name: str) -> None:
    assert refusal(validation.note_name, name).startswith("name holds ")


def test_a_name_has_no_leading_dot() -> None:
    assert refusal(validation.note_name, ".hidden") == "name holds a leading dot"
    assert validation.note_name("v1.2") == "v1.2"


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\u3164", "\ufe0f", "\U000e0041"])
def test_a_name_has_nothing_invisible(hidden: str) -> None:
    assert "invisible character" in refusal(validation.note_name, f"a{hidden}b")


def test_a_name_has_whole_characters() -> None:
    assert "lone surrogate" in refusal(validation.note_name, "a\ud800b")


def test_names_that_look_the_same_are_the_same() -> None:
    assert validation.note_name(" e\u0301t\u00e9 ") == "\u00e9t\u00e9"


def test_a_content_is_a_string() -> None:
    assert refusal(validation.note_content, 7) == "content is not a string"


def test_a_content_is_not_blank() -> None:
    assert refusal(validation.note_content, "\n\n") == "content is blank"


def test_a_content_has_at_most_100_000_characters() -> None:
    assert refusal(validation.note_content, "c" * 100_001) == "content has 100001 characters"


def test_a_content_has_lines_and_no_other_control_characters() -> None:
    assert validation.note_content("a\r\n\tb\n") == "a\r\n\tb\n"
    assert "U+001B" in refusal(validation.note_content, "\x1b[2J")


def test_a_query_is_a_short_line() -> None:
    assert validation.query("") == ""
    assert refusal(validation.query, "q" * 201) == "query has 201 characters"
    assert "U+000A" in refusal(validation.query, "a\nb")


def test_an_opaque_text_has_a_bounded_length() -> None:
    assert refusal(validation.opaque, "x" * 2_001, "cursor") == "cursor has 2001 characters"


@pytest.mark.parametrize("value", ["true", 1, 0, None, "yes"])
def test_a_flag_is_a_real_boolean(value: object) -> None:
    assert refusal(validation.flag, value, "confirm") == "confirm is not a boolean"


@pytest.mark.parametrize("value", ["3", 3.0, True, None])
def test_a_number_is_whole(value: object) -> None:
    assert refusal(validation.whole_number, value, "start", 0, 9) == "start is not a whole number"


@pytest.mark.parametrize("value", [-1, 10, 10**30])
def test_a_number_is_within_bounds(value: int) -> None:
    assert refusal(validation.whole_number, value, "start", 0, 9) == "start is out of bounds"


# seaworthy:begin api
@pytest.mark.parametrize(
    "value", ["", "a", "a/b/c", "../x", "a/..", "a/.", "a b/c", "a/b?x", "a/b#c", "a%2f/b", "-a/b"]
)
def test_a_repository_is_owner_and_name(value: str) -> None:
    assert refusal(validation.repository, value) == "repository is not of the form owner/name"


def test_a_repository_may_have_dots() -> None:
    assert validation.repository("octocat/hello.world-2_x") == "octocat/hello.world-2_x"


# seaworthy:end api
# seaworthy:begin sandbox
def test_code_is_not_blank_and_has_no_control_characters() -> None:
    assert validation.code("if 1:\n\tprint()\n") == "if 1:\n\tprint()\n"
    assert refusal(validation.code, "") == "code is empty"
    assert "U+0000" in refusal(validation.code, "a\0b")


# seaworthy:end sandbox
def test_a_page_size_is_capped_whatever_is_asked() -> None:
    assert validation.page_size(10**30) == 50
    assert validation.page_size(3) == 3
    assert refusal(validation.page_size, 0) == "page_size is out of bounds"
