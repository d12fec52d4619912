import httpx
import pytest

from harbor_tools.fetch import Constant, fetch, to_toml


def client(body: dict, status: int = 200) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(status, json=body)))


def test_constants_come_largest_first() -> None:
    rows = [{"name": "S2", "amp": "0.75", "phase": 148}, {"name": "M2", "amp": "2.05", "phase": 469}]
    found = fetch("shom", "brest", client({"constants": rows}))
    assert found == [Constant("M2", 2.05, 109.0), Constant("S2", 0.75, 148.0)]


def test_an_agency_that_is_down_is_an_error() -> None:
    with pytest.raises(httpx.HTTPStatusError):
        fetch("noaa", "8443970", client({}, status=503))


def test_toml_can_be_pasted() -> None:
    assert to_toml("brest", [Constant("M2", 2.05, 109.0)]).splitlines()[0] == "[brest.constants]"
