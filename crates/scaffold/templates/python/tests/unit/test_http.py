import pytest

from acme_notes.http import (
    AddressError,
    listen,
    origin_of,
    parse_address,
)


@pytest.mark.parametrize(
    ("address", "parsed"),
    [
        ("127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("[::1]:8000", ("::1", 8000)),
        (":8000", ("127.0.0.1", 8000)),
        ("8000", ("127.0.0.1", 8000)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),  # noqa: S104 - only because the address says so
    ],
)
def test_an_address_is_split(address: str, parsed: tuple[str, int]) -> None:
    assert parse_address(address) == parsed


@pytest.mark.parametrize("address", ["", "localhost", "localhost:", "a:65536", "a:-1", "a:\u0661"])
def test_a_wrong_address_is_told(address: str) -> None:
    with pytest.raises(AddressError, match="is not ADDR:PORT"):
        parse_address(address)


def test_a_port_that_is_taken_is_told() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert origin_of(first) == f"http://127.0.0.1:{port}"
        with pytest.raises(AddressError, match="cannot listen"):
            listen("127.0.0.1", port)
