import pytest

from acme_notes.sealing import (
    Sealer,
    digest,
)


def test_only_what_was_sealed_for_a_purpose_opens() -> None:
    sealer = Sealer()
    sealed = sealer.seal("cursor", b"page 2")
    assert sealer.open("cursor", sealed) == b"page 2"
    assert sealer.open("confirm", sealed) is None
    assert Sealer().open("cursor", sealed) is None


def test_no_changed_character_opens() -> None:
    sealer = Sealer()
    sealed = sealer.seal("cursor", b"page 2!")
    for at, character in enumerate(sealed):
        forged = sealed[:at] + ("A" if character != "A" else "B") + sealed[at + 1 :]
        assert sealer.open("cursor", forged) is None, at


@pytest.mark.parametrize("nonsense", ["", "A", "====", "\u00e9", "a b", "A" * 100_000])
def test_nonsense_does_not_open(nonsense: str) -> None:
    assert Sealer().open("cursor", nonsense) is None


def test_a_digest_knows_where_its_parts_end() -> None:
    assert digest("ab", "c") != digest("a", "bc")
