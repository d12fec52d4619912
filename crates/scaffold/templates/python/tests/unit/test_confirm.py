import pytest

from acme_notes.confirm import (
    TOKEN_SECONDS,
    Confirmations,
)
from acme_notes.errors import (
    ConflictError,
    RefusedError,
)
from acme_notes.sealing import Sealer


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def confirmations(clock: Clock) -> Confirmations:
    return Confirmations(Sealer(), clock)


def test_a_token_works_once(confirmations: Confirmations) -> None:
    token = confirmations.issue("delete", "a", "1")
    confirmations.redeem(token, "delete", "a", "1")
    with pytest.raises(RefusedError, match="used before"):
        confirmations.redeem(token, "delete", "a", "1")


def test_a_token_is_needed(confirmations: Confirmations) -> None:
    with pytest.raises(RefusedError, match="needs the confirm_token"):
        confirmations.redeem(None, "delete", "a", "1")


def test_a_token_is_for_its_tool_and_arguments(confirmations: Confirmations) -> None:
    token = confirmations.issue("delete", "a", "1")
    for tool, arguments in (("delete", "b"), ("other", "a")):
        with pytest.raises(RefusedError, match="other arguments"):
            confirmations.redeem(token, tool, arguments, "1")


def test_a_token_is_for_the_previewed_state(confirmations: Confirmations) -> None:
    token = confirmations.issue("delete", "a", "1")
    with pytest.raises(ConflictError, match="changed since the preview"):
        confirmations.redeem(token, "delete", "a", "2")


def test_a_token_expires(confirmations: Confirmations, clock: Clock) -> None:
    token = confirmations.issue("delete", "a", "1")
    clock.now += TOKEN_SECONDS + 1
    with pytest.raises(RefusedError, match="has expired"):
        confirmations.redeem(token, "delete", "a", "1")


def test_spent_tokens_are_forgotten_when_they_have_expired(
    confirmations: Confirmations, clock: Clock
) -> None:
    for _ in range(3):
        token = confirmations.issue("delete", "a", "1")
        confirmations.redeem(token, "delete", "a", "1")
        clock.now += TOKEN_SECONDS + 1
    assert len(confirmations._spent) == 1  # noqa: SLF001 - memory is not seen from outside
