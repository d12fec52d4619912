"""`import_issue`: keeps an issue of GitHub as a note."""

from typing import Annotated

from anyio import to_thread
from mcp.types import ToolAnnotations
from pydantic import BeforeValidator, Field

from .. import api, validation
from ..answer import clean, one_line
from ..tool import Arguments, Name, State, Tool, number

_NUMBER_CAP = 1_000_000_000


class ImportIssue(Arguments):
    """Arguments of `import_issue`."""

    repository: Annotated[
        str,
        BeforeValidator(validation.repository),
        Field(
            description="Repository as owner/name, such as `octocat/hello-world`.",
            max_length=validation.REPOSITORY_LENGTH,
        ),
    ]
    number: Annotated[
        int,
        Field(description="Number of the issue, such as 42.", ge=1, le=_NUMBER_CAP),
        number("number", 1, _NUMBER_CAP),
    ]
    name: Annotated[
        Name | None,
        Field(description="Name for the note; left out, it is made of repository and number."),
    ] = None


async def run(state: State, arguments: ImportIssue) -> str:
    """Read the issue and keep it."""
    repository, issue_number = arguments.repository, arguments.number
    name = arguments.name or f"{repository.replace('/', ' ')} issue {issue_number}"
    issue = await api.read_issue(state.settings, repository, issue_number)
    text = (
        f"# {one_line(issue.title, 300)}\n\n{repository}#{issue_number}, "
        f"{one_line(issue.state, 20)}, by {one_line(issue.author, 60)}\n\n{clean(issue.body)}"
    )
    content = text[: validation.CONTENT_LENGTH]
    await to_thread.run_sync(state.store.add, name, content)
    cut = (
        f"; {len(text) - len(content)} further characters were left out" if text != content else ""
    )
    return (
        f"Imported {repository}#{issue_number} as note {name!r} ({len(content)} characters{cut}). "
        "Read it with read_note."
    )


TOOL = Tool(
    name="import_issue",
    title="Import issue",
    description=(
        "Imports one issue of GitHub: fetches issue `number` of `repository` over the network with "
        "the operator's key, and writes title, state, author and text to this server's database as "
        "a new note. Returns one line with the note's name and length; a name that is taken is "
        "refused. Changes nothing on GitHub. Not for searching issues, nor for comments."
    ),
    annotations=ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
    ),
    arguments=ImportIssue,
    run=run,
)
