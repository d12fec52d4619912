"""Rules over all operations."""

import inspect
from dataclasses import fields
from typing import Any

import pytest

from acme_notes import operations

OPERATIONS: list[Any] = [
    found
    for _, found in inspect.getmembers(operations, inspect.isclass)
    if found.__module__ == operations.__name__
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_makes_its_request(operation: Any) -> None:  # noqa: ANN401 - any class
    values = {field.name: "7" for field in fields(operation)}
    request = operation(**values).request()
    assert request.path.startswith("/")
    assert (operation.__doc__ or "").startswith(f"{request.method} /")
