import pytest

from acme_notes import cursor
from acme_notes.errors import InvalidInputError
from acme_notes.sealing import Sealer


def test_a_cursor_goes_on_with_its_own_question_only() -> None:
    sealer = Sealer()
    sealed = cursor.seal(sealer, "milk", "b")
    assert cursor.unseal(sealer, "milk", sealed) == "b"
    with pytest.raises(InvalidInputError, match="another query"):
        cursor.unseal(sealer, "bread", sealed)


def test_a_cursor_of_another_run_is_refused_with_the_next_move() -> None:
    sealed = cursor.seal(Sealer(), "milk", "b")
    with pytest.raises(InvalidInputError, match="call again without cursor"):
        cursor.unseal(Sealer(), "milk", sealed)
