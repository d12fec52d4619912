"""What a tool is: its definition, the types of its arguments, and how a call of it is checked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Annotated, Any

from anyio import to_thread
from mcp.types import Tool as Definition
from mcp.types import ToolAnnotations
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from . import validation
from .confirm import Confirmations
from .errors import InvalidInputError, NotesError
from .sealing import Sealer
from .settings import Settings
from .store import Store


@dataclass(frozen=True)
class State:
    """What tools work on. Each server has its own: nothing is global."""

    settings: Settings
    store: Store
    sealer: Sealer
    confirmations: Confirmations


class Arguments(BaseModel):
    """Base of the arguments of a tool. Unknown ones are refused, so that typing errors show."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _checked(check: Callable[..., object], *arguments: object) -> BeforeValidator:
    return BeforeValidator(lambda value: check(value, *arguments))


Name = Annotated[
    str, _checked(validation.note_name), Field(min_length=1, max_length=validation.NAME_LENGTH)
]
Content = Annotated[
    str,
    _checked(validation.note_content),
    Field(min_length=1, max_length=validation.CONTENT_LENGTH),
]
Query = Annotated[str, _checked(validation.query), Field(max_length=validation.QUERY_LENGTH)]
PageSize = Annotated[int, Field(ge=1, le=validation.PAGE_SIZE_CAP), _checked(validation.page_size)]


def flag(argument: str) -> BeforeValidator:
    """Check a boolean."""
    return _checked(validation.flag, argument)


def number(argument: str, least: int, most: int) -> BeforeValidator:
    """Check a whole number. It stands behind its bounds: before them it would hide them."""
    return _checked(validation.whole_number, argument, least, most)


Opaque = Annotated[str, Field(max_length=validation.TOKEN_LENGTH)]


def opaque(argument: str) -> BeforeValidator:
    """Check a cursor or token that may be left out."""
    return BeforeValidator(lambda value: value and validation.opaque(value, argument))


@dataclass(frozen=True)
class Tool:
    """A tool. `run` gets the state and checked arguments, and gives the text of the answer.

    A plain function runs on a thread, so that the store does not hold up other calls.
    """

    name: str
    title: str
    description: str
    annotations: ToolAnnotations
    arguments: type[Arguments]
    run: Callable[[State, Any], str] | Callable[[State, Any], Awaitable[str]]

    def definition(self) -> Definition:
        """Give what clients see."""
        return Definition(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=_schema(self.arguments),
            annotations=self.annotations,
        )

    async def call(self, state: State, raw: dict[str, Any]) -> str:
        """Check the arguments and run the tool."""
        try:
            arguments = self.arguments.model_validate(raw)
        except ValidationError as error:
            raise _explain(error, self.arguments) from None
        if iscoroutinefunction(self.run):
            return str(await self.run(state, arguments))
        return str(await to_thread.run_sync(self.run, state, arguments))


def _explain(error: ValidationError, arguments: type[Arguments]) -> NotesError:
    """Turn the first finding of pydantic into an error of ours."""
    errors = error.errors(include_url=False)
    # a name that was mistyped explains why another argument is missing
    unknown = (error for error in errors if error["type"] == "extra_forbidden")
    found = next(unknown, errors[0])
    ours = found.get("ctx", {}).get("error")
    if isinstance(ours, NotesError):
        return ours
    argument = _label(".".join(str(part) for part in found["loc"]))
    known = ", ".join(arguments.model_fields)
    match found["type"]:
        case "missing":
            what, cause = f"{argument} is missing", "the tool cannot work without it"
        case "extra_forbidden":
            what, cause = f"{argument} is not an argument of this tool", f"it takes {known}"
        case _:
            what, cause = f"{argument} does not fit the schema", found["msg"].lower()
    return InvalidInputError(what, cause=cause, hint=f"correct {argument} and call again")


def _label(argument: str) -> str:
    """Name an argument that the caller made up, without repeating what it may hide."""
    shown = "".join(c for c in argument[:64] if c.isprintable())
    return shown or "an argument"


def _schema(arguments: type[Arguments]) -> dict[str, Any]:
    schema = arguments.model_json_schema()
    # the titles that pydantic makes up repeat the names, and cost tokens
    for key in ("title", "description"):
        schema.pop(key, None)
    for parameter in schema.get("properties", {}).values():
        parameter.pop("title", None)
    schema.setdefault("properties", {})
    return schema
