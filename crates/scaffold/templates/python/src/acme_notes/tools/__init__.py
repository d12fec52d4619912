"""The tools, one a file. To add one: write its file, and put it into this list."""

from ..tool import Tool
from . import (
    add_note,
    delete_note,
    find_notes,
    # seaworthy:begin api
    import_issue,
    # seaworthy:end api
    read_note,
    # seaworthy:begin sandbox
    run_python,
    # seaworthy:end sandbox
)

# sorted by name: clients cache the list in this order
TOOLS: tuple[Tool, ...] = (
    add_note.TOOL,
    delete_note.TOOL,
    find_notes.TOOL,
    # seaworthy:begin api
    import_issue.TOOL,
    # seaworthy:end api
    read_note.TOOL,
    # seaworthy:begin sandbox
    run_python.TOOL,
    # seaworthy:end sandbox
)
