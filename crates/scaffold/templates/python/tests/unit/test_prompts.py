import pytest
from mcp.types import TextContent

from acme_notes import prompts
from acme_notes.errors import InvalidInputError


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "one sentence"),
        ({"style": "brief"}, "one sentence"),
        ({"style": "detailed"}, "heading"),
    ],
)
def test_the_style_is_asked_for(arguments: dict[str, str], words: str) -> None:
    (message,) = prompts.get("summarize-notes", arguments).messages
    assert isinstance(message.content, TextContent)
    assert words in message.content.text


@pytest.mark.parametrize("arguments", [{"style": "loud"}, {"other": "x"}])
def test_wrong_arguments_are_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match="one of brief, detailed"):
        prompts.get("summarize-notes", arguments)


def test_an_unknown_prompt_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="see prompts/list"):
        prompts.get("other", {})


def test_styles_are_completed() -> None:
    assert prompts.complete("summarize-notes", "style", "d") == ["detailed"]
    assert prompts.complete("summarize-notes", "other", "d") == []
