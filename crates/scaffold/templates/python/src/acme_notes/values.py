"""Checks of arguments that become part of a request. None passes: the schema says where it may."""

import json

from pydantic import BeforeValidator

from . import validation
from .errors import InvalidInputError


def text(argument: str, longest: int, *, empty: bool = True) -> BeforeValidator:
    """Check a text: any with lines, without other control characters."""

    def check(value: object) -> object:
        if value is None:
            return None
        checked = validation.text(value, argument, longest)
        if not empty:
            validation.not_blank(checked, argument)
        return validation.no_controls(checked, argument, allowed="\n\r\t")

    return BeforeValidator(check)


def line(argument: str, longest: int) -> BeforeValidator:
    """Check an id or a word: one visible line that can be part of an address or a header."""

    def check(value: object) -> object:
        if value is None:
            return None
        checked = validation.not_blank(validation.text(value, argument, longest), argument)
        validation.no_controls(checked, argument)
        return validation.no_invisibles(checked, argument)

    return BeforeValidator(check)


def whole(argument: str, least: int, most: int) -> BeforeValidator:
    """Check a whole number."""
    return BeforeValidator(
        lambda value: (
            None if value is None else validation.whole_number(value, argument, least, most)
        )
    )


def decimal(argument: str, least: float, most: float) -> BeforeValidator:
    """Check a number."""

    def check(value: object) -> object:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidInputError(
                f"{argument} is not a number",
                cause=f"it is of type {type(value).__name__}",
                hint=f"give {argument} as a JSON number",
            )
        if not least <= value <= most:
            raise InvalidInputError(
                f"{argument} is out of bounds",
                cause=f"it must be from {least:g} to {most:g}",
                hint=f"give {argument} a value from {least:g} to {most:g}",
            )
        return float(value)

    return BeforeValidator(check)


def flag(argument: str) -> BeforeValidator:
    """Check a boolean."""
    return BeforeValidator(
        lambda value: None if value is None else validation.flag(value, argument)
    )


def json_text(argument: str, kind: type[dict[str, object]] | type[list[object]]) -> BeforeValidator:
    """Check a text that holds JSON of a kind."""

    def check(value: object) -> object:
        if value is None:
            return None
        checked = validation.text(value, argument, validation.CONTENT_LENGTH)
        if not isinstance(_read(checked), kind):
            name = "an array" if issubclass(kind, list) else "an object"
            raise InvalidInputError(
                f"{argument} is not JSON of {name}",
                cause="the API takes nothing else there",
                hint=f"give {argument} as a string that holds {name} of JSON",
            )
        return checked

    return BeforeValidator(check)


def parsed(value: str | None) -> object:
    """Give what a checked text of JSON holds."""
    return None if value is None else _read(value)


def _read(value: str) -> object:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
