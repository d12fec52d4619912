"""Rules over all tools, and that none is forgotten."""

from pathlib import Path

import pytest

from acme_notes import tools
from acme_notes.tool import Tool


def test_folder_and_list_agree() -> None:
    folder = Path(tools.__file__).parent
    files = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert [tool.name for tool in tools.TOOLS] == files


def test_each_tool_has_a_test_of_its_own() -> None:
    for tool in tools.TOOLS:
        assert Path(__file__).with_name(f"test_{tool.name}.py").exists()


@pytest.mark.parametrize("tool", tools.TOOLS, ids=lambda tool: str(tool.name))
def test_a_tool_is_described(tool: Tool) -> None:
    definition = tool.definition()
    assert definition.title
    assert 40 <= len(definition.description or "") <= 2_048
    hints = definition.annotations
    assert hints
    assert None not in (hints.read_only_hint, hints.destructive_hint)
    assert None not in (hints.idempotent_hint, hints.open_world_hint)


@pytest.mark.parametrize("tool", tools.TOOLS, ids=lambda tool: str(tool.name))
def test_a_tool_takes_nothing_that_is_not_described_and_bounded(tool: Tool) -> None:
    schema = tool.definition().input_schema
    assert schema["additionalProperties"] is False
    for name, parameter in schema["properties"].items():
        assert parameter["description"], name
        (kind,) = (part for part in parameter.get("anyOf", [parameter]) if part["type"] != "null")
        bounds = {"string": {"maxLength"}, "boolean": set()}
        expected = bounds.get(kind["type"], {"minimum", "maximum"})
        assert expected <= kind.keys() or {"const", "enum"} & kind.keys(), name
