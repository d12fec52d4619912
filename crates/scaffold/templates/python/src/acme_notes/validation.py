"""Checks of what callers send. Each takes any value and gives it back, or says what is wrong.

To check a new kind of input, add a function here and a test of it in
`tests/unit/test_validation.py`, and use it in the `Arguments` of the tool.
"""

import unicodedata

from .errors import InvalidInputError

NAME_LENGTH = 255
CONTENT_LENGTH = 100_000
QUERY_LENGTH = 200
TOKEN_LENGTH = 2_000
# seaworthy:begin api
REPOSITORY_LENGTH = 140
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
# seaworthy:end api
PAGE_SIZE = 20
PAGE_SIZE_CAP = 50

# What Unicode draws as nothing (Default_Ignorable_Code_Point) but does not put into category Cf.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VARIATION_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0000, 0xE0FFF))
_INVISIBLE_CATEGORIES = ("Cf", "Co", "Cs", "Zl", "Zp")


def is_control(character: str) -> bool:
    """Tell whether a character acts on a terminal or a file instead of showing something."""
    return unicodedata.category(character) == "Cc"


def is_invisible(character: str) -> bool:
    """Tell whether nobody sees a character that a model reads all the same."""
    if character.isascii():
        return False
    code = ord(character)
    return (
        unicodedata.category(character) in _INVISIBLE_CATEGORIES
        or character in _BLANK
        or any(first <= code <= last for first, last in _VARIATION_SELECTORS)
        or code & 0xFFFF in (0xFFFE, 0xFFFF)  # noncharacters
    )


def text(value: object, argument: str, longest: int) -> str:
    """Check that a value is a string of bounded length."""
    if not isinstance(value, str):
        raise InvalidInputError(
            f"{argument} is not a string",
            cause=f"it is of type {type(value).__name__}",
            hint=f"give {argument} as a JSON string",
        )
    if len(value) > longest:
        raise InvalidInputError(
            f"{argument} has {len(value)} characters",
            cause=f"at most {longest} are allowed",
            hint=f"shorten {argument}, or split it over several calls",
        )
    return value


def not_blank(value: str, argument: str) -> str:
    """Check that a string shows something."""
    if not value.strip():
        raise InvalidInputError(
            f"{argument} is {'blank' if value else 'empty'}",
            cause="it needs at least one visible character",
            hint=f"give {argument} a text",
        )
    return value


def no_controls(value: str, argument: str, allowed: str = "") -> str:
    """Check that a string has no control characters but those allowed."""
    for character in value:
        if is_control(character) and character not in allowed:
            raise InvalidInputError(
                f"{argument} has the control character U+{ord(character):04X}",
                cause="control characters act on terminals and files",
                hint=f"remove it from {argument}",
            )
        if unicodedata.category(character) == "Cs":
            # it cannot be written as UTF-8, so neither the store nor an answer could hold it
            raise InvalidInputError(
                f"{argument} has the lone surrogate U+{ord(character):04X}",
                cause="it is half of a character",
                hint=f"send {argument} as whole characters",
            )
    return value


def no_invisibles(value: str, argument: str) -> str:
    """Check that a string has no invisible and no bidirectional-control characters."""
    for character in value:
        if is_invisible(character):
            raise InvalidInputError(
                f"{argument} has the invisible character U+{ord(character):04X}",
                cause="two names that look the same would be different",
                hint=f"remove it from {argument}",
            )
    return value


def no_path(value: str, argument: str) -> str:
    """Check that a string cannot lead out of a folder when it becomes part of a path or a URI."""
    found = next((part for part in ("/", "\\", "..") if part in value), None)
    if found is None and value.startswith("."):
        found = "a leading dot"
    if found is not None:
        raise InvalidInputError(
            f"{argument} holds {found}",
            cause="names are not paths",
            hint=f"use letters, digits, blanks, - and _ in {argument}",
        )
    return value


def note_name(value: object, argument: str = "name") -> str:
    """Check the name of a note; blanks around it are removed, and Unicode is composed (NFC)."""
    name = not_blank(text(value, argument, NAME_LENGTH), argument)
    # composed, so that names that look the same are the same
    name = unicodedata.normalize("NFC", name).strip()
    no_controls(name, argument)
    no_invisibles(name, argument)
    return text(no_path(name, argument), argument, NAME_LENGTH)


def note_content(value: object) -> str:
    """Check the content of a note: any text with lines."""
    content = not_blank(text(value, "content", CONTENT_LENGTH), "content")
    return no_controls(content, "content", allowed="\n\r\t")


def query(value: object) -> str:
    """Check a text to search for; an empty one finds everything."""
    return no_controls(text(value, "query", QUERY_LENGTH), "query")


def opaque(value: object, argument: str) -> str:
    """Check a cursor or token: only its length, for it is opened, and refused, elsewhere."""
    return text(value, argument, TOKEN_LENGTH)


def flag(value: object, argument: str) -> bool:
    """Check that a value is a real boolean: "true", 1 and null are not."""
    if not isinstance(value, bool):
        raise InvalidInputError(
            f"{argument} is not a boolean",
            cause=f"it is of type {type(value).__name__}",
            hint=f"give {argument} as true or false, without quotes",
        )
    return value


def whole_number(value: object, argument: str, least: int, most: int | None) -> int:
    """Check that a value is an integer within bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInputError(
            f"{argument} is not a whole number",
            cause=f"it is of type {type(value).__name__}",
            hint=f"give {argument} as a JSON number without a fraction",
        )
    if value < least or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"from {least} to {most}"
        raise InvalidInputError(
            f"{argument} is out of bounds",
            cause=f"it must be {bounds}",
            hint=f"give {argument} a value {bounds}",
        )
    return value


# seaworthy:begin api
def repository(value: object) -> str:
    """Check the name of a repository, which becomes part of an address."""
    name = text(value, "repository", REPOSITORY_LENGTH)
    owner, _, project = name.partition("/")
    is_owner = owner and not owner.startswith("-") and set(owner) <= _WORD | {"-"}
    is_project = set(project) <= _WORD | set("-._") and project not in ("", ".", "..")
    if not (is_owner and is_project):
        raise InvalidInputError(
            "repository is not of the form owner/name",
            cause="it needs an owner, one slash and a name, of letters, digits, - . and _",
            hint="give it such as octocat/hello-world",
        )
    return name


# seaworthy:end api
# seaworthy:begin sandbox
def code(value: object) -> str:
    """Check code to run: any text with lines."""
    source = not_blank(text(value, "code", CONTENT_LENGTH), "code")
    return no_controls(source, "code", allowed="\n\r\t\f")


# seaworthy:end sandbox
def page_size(value: object) -> int:
    """Check a page size; the cap holds whatever is asked."""
    return min(whole_number(value, "page_size", 1, None), PAGE_SIZE_CAP)
